import { spawnSync } from "node:child_process";

/**
 * Names what is checked out: the branch and its commit.
 *
 * @param root - absolute path of the workspace
 * @returns what of both there is; an empty text where there is no git or no repository
 */
export function readGitHead(root: string): string {
  const ask = (args: readonly string[]): string => spawnSync("git", args, { cwd: root, encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }).stdout ?? "";
  const branch = ask(["symbolic-ref", "--quiet", "--short", "HEAD"]).trim();
  const commit = ask(["rev-parse", "--quiet", "--verify", "HEAD"]).trim();
  return [branch, commit].filter((part) => part !== "").join(" ");
}
