import { rmSync } from "node:fs";
import { mkdir, mkdtemp, readdir } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startRegistry } from "../tools/registry/registry.js";
import { packFramework } from "./framework.js";
import { runProcess } from "./process.js";
import type { WorkspaceHost } from "./workspace/template.js";

/** What stands ready before the first workspace is made: the packed plugin, and a registry that serves it. */
export interface TestBed {
  readonly host: WorkspaceHost;
  /** Absolute path of the plugin's tarball, the one that users get. */
  readonly tarball: string;
  /** Stops the registry and removes everything; `KEEP=1` leaves the workspaces. */
  readonly close: () => Promise<void>;
}

const REPOSITORY = join(import.meta.dirname, "..");

/** Builds and packs the plugin, and publishes it with the stand-ins for the framework to a registry of its own. */
export async function openTestBed(): Promise<TestBed> {
  const root = await mkdtemp(join(tmpdir(), "ooneex-nx-e2e-"));
  const registry = await startRegistry();
  const removeRoot = () => {
    if (process.env["KEEP"] !== "1") rmSync(root, { recursive: true, force: true, maxRetries: 3 });
  };
  // For an interrupted run, which vitest ends without a teardown.
  process.once("exit", removeRoot);
  const close = async (): Promise<void> => {
    await registry.stop();
    process.removeListener("exit", removeRoot);
    removeRoot();
  };
  try {
    const [tarball, framework] = await Promise.all([
      packPlugin(join(root, "plugin")),
      packFramework(join(root, "framework")),
    ]);
    await registry.publish([tarball, ...framework]);
    return { host: { registry: registry.url, upstream: registry.upstream, root }, tarball, close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function packPlugin(folder: string): Promise<string> {
  await mkdir(folder, { recursive: true });
  const npm = (...argv: string[]) => runProcess(["npm", ...argv], { cwd: REPOSITORY, env: process.env });
  await npm("run", "build");
  await npm("pack", "--workspace", "packages/nx", "--pack-destination", folder);
  const [tarball] = await readdir(folder);
  if (tarball === undefined) throw new Error("npm pack --workspace packages/nx made no tarball");
  return join(folder, tarball);
}
