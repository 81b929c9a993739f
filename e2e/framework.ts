import { cp, mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { runProcess } from "./process.js";

/** The scopes under which the framework's packages exist. */
export type FrameworkScope = "@ooneex" | "@talosjs";

const SCOPES: readonly FrameworkScope[] = ["@ooneex", "@talosjs"];

/** The scope that the sources are written in. */
const WRITTEN_IN: FrameworkScope = "@ooneex";

const SOURCES = join(import.meta.dirname, "framework");

/**
 * Packs the stand-ins for the framework's packages, once under each of its scopes.
 *
 * @param folder - an empty folder for the sources with their scope rewritten and for the tarballs
 * @returns the absolute paths of the tarballs
 */
export async function packFramework(folder: string): Promise<string[]> {
  const entries = await readdir(SOURCES, { withFileTypes: true });
  const names = entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
  const tarballs = join(folder, "tarballs");
  await mkdir(tarballs, { recursive: true });
  const sources = SCOPES.flatMap((scope) => names.map((name) => ({ scope, name, path: join(folder, scope, name) })));
  for (const { scope, name, path } of sources) await copyInScope(join(SOURCES, name), path, scope);
  // One npm for all of them: each start of it costs more than all the packing.
  const argv = ["npm", "pack", "--pack-destination", tarballs, ...sources.map(({ path }) => path)];
  await runProcess(argv, { cwd: folder, env: process.env });
  return (await readdir(tarballs)).map((file) => join(tarballs, file));
}

async function copyInScope(from: string, to: string, scope: FrameworkScope): Promise<void> {
  await cp(from, to, { recursive: true });
  for (const file of await readdir(to)) {
    const text = await readFile(join(to, file), "utf8");
    await writeFile(join(to, file), text.replaceAll(`"${WRITTEN_IN}/`, `"${scope}/`));
  }
}
