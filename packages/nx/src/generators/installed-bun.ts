import type { Tree } from "@nx/devkit";
import { spawnSync } from "node:child_process";

/** How long Bun may take to say its version, in milliseconds. */
const TIMEOUT = 10_000;

/**
 * Version of the Bun on the PATH, `undefined` where there is none. It is asked in the workspace, since a version manager
 * may pick one for each folder.
 */
export function readInstalledBun(tree: Tree): string | undefined {
  const { status, stdout } = spawnSync("bun", ["--version"], {
    cwd: tree.root,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "ignore"],
    timeout: TIMEOUT,
  });
  return status === 0 ? stdout.trim() : undefined;
}
