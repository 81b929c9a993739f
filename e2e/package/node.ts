import { existsSync } from "node:fs";
import { mkdir, mkdtemp, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { runProcess } from "../process.js";

/** Kept between runs: some 40 MB are loaded for each. */
const CACHE = join(import.meta.dirname, "..", "..", "node_modules", ".cache", "ooneex-nx");

/**
 * Makes a Node of a version be there, from the npm package that holds its binary for this platform.
 *
 * @param version - such as `20.19.0`
 * @returns the absolute path of a folder for the PATH
 * @throws Error with npm's output when there is no such package for this platform
 */
export async function installNode(version: string): Promise<string> {
  const name = `node-${process.platform}-${process.arch}`;
  const folder = join(CACHE, `${name}-${version}`);
  const binaries = join(folder, "node_modules", name, "bin");
  if (existsSync(join(binaries, "node"))) return binaries;
  await mkdir(CACHE, { recursive: true });
  const draft = await mkdtemp(join(CACHE, "draft-"));
  await writeFile(join(draft, "package.json"), '{ "private": true }\n');
  const argv = ["npm", "install", `${name}@${version}`, "--ignore-scripts", "--no-audit", "--no-fund"];
  await runProcess(argv, { cwd: draft, env: process.env });
  // What another run has made meanwhile is the same.
  await rename(draft, folder).catch(() => rm(draft, { recursive: true }));
  return binaries;
}
