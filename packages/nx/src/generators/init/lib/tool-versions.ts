import type { Tree } from "@nx/devkit";
import { readInstalledBun } from "../../installed-bun.js";

/** What the workspace works with; `undefined` where a tool is not there. */
export interface ToolVersions {
  readonly nx: string | undefined;
  readonly typescript: string | undefined;
  readonly bun: string | undefined;
  /** `lockfileVersion` of bun.lock. */
  readonly lockfile: number | undefined;
}

/** Reads the versions of the tools that the workspace works with, from what is installed. */
export function readToolVersions(tree: Tree): ToolVersions {
  const lockfile = /"lockfileVersion":\s*(\d+)/.exec(tree.read("bun.lock", "utf8") ?? "")?.[1];
  return {
    nx: readInstalledVersion(tree, "nx"),
    typescript: readInstalledVersion(tree, "typescript"),
    bun: readInstalledBun(tree),
    lockfile: lockfile === undefined ? undefined : Number(lockfile),
  };
}

function readInstalledVersion(tree: Tree, packageName: string): string | undefined {
  const manifest = tree.read(`node_modules/${packageName}/package.json`, "utf8");
  return manifest === null ? undefined : (JSON.parse(manifest) as { version?: string }).version;
}
