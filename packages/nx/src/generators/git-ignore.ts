import { spawnSync } from "node:child_process";

/**
 * Asks git whether it leaves a file out.
 *
 * @param root - absolute path of the workspace
 * @param path - workspace-relative
 * @returns `undefined` where there is no git or no repository to ask
 */
export function isIgnoredByGit(root: string, path: string): boolean | undefined {
  const { status } = spawnSync("git", ["check-ignore", "--quiet", path], { cwd: root, stdio: "ignore" });
  return status === 0 || status === 1 ? status === 0 : undefined;
}
