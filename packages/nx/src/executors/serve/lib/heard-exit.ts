import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { major } from "semver";

/** Exit code of a process that an interruption has ended (128 + SIGINT). */
const INTERRUPTED = 130;

/**
 * Lets Nx fail with a continuous task that has failed. Nx 23 counts one that no other task waits for as done, whatever its exit
 * code, unless that is one of an interruption: the task is then told as stopped, and `nx` ends with 130.
 *
 * @param workspaceRoot - absolute path
 * @see https://github.com/nrwl/nx/blob/23.2.1/packages/nx/src/tasks-runner/task-orchestrator.ts `handleContinuousTaskExit`
 */
export function endHeard(workspaceRoot: string): void {
  if (readNxMajor(workspaceRoot) !== 23) return;
  process.once("exit", (code) => {
    if (code !== 0) process.exitCode = INTERRUPTED;
  });
}

/** Of the Nx that runs the workspace, which need not be the one that this package's own dependencies come from. */
function readNxMajor(workspaceRoot: string): number | undefined {
  try {
    const path = createRequire(import.meta.url).resolve("nx/package.json", { paths: [workspaceRoot] });
    return major((JSON.parse(readFileSync(path, "utf8")) as { version: string }).version);
  } catch {
    return undefined;
  }
}
