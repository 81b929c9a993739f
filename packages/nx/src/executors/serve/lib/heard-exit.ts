import type { ExecutorContext } from "@nx/devkit";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { basename } from "node:path";
import { major } from "semver";

/** Exit code of a process that an interruption has ended (128 + SIGINT). */
const INTERRUPTED = 130;

/** The program in which Nx runs one task. */
const WORKER = "run-executor.js";

/** Which process a task is run in. */
interface TaskProcess {
  /** Its program and arguments. */
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** What of an executor's context decides. */
type Context = Pick<ExecutorContext, "root" | "projectName" | "targetName" | "taskGraph">;

/**
 * Lets Nx fail with a continuous task that has failed. Nx 23 counts one that no other task waits for as done, whatever its exit
 * code, unless that is one of an interruption: the task is then told as stopped, and `nx` ends with 130. Where another task waits
 * for it, any exit code fails both, and one of an interruption would have that one told as stopped, too.
 *
 * @see https://github.com/nrwl/nx/blob/23.2.1/packages/nx/src/tasks-runner/task-orchestrator.ts `handleContinuousTaskExit`
 */
export function endHeard(context: Context): void {
  if (!isOverheard(context, process, readNxMajor(context.root))) return;
  process.once("exit", (code) => {
    if (code !== 0) process.exitCode = INTERRUPTED;
  });
}

/**
 * Tells whether Nx takes the exit code of this process for success. Whoever calls the executor from another program, or from
 * another task, decides alone how that ends.
 *
 * @param nxMajor - of the Nx that runs the workspace
 */
export function isOverheard({ projectName, targetName, taskGraph }: Context, { argv, env }: TaskProcess, nxMajor: number | undefined): boolean {
  if (nxMajor !== 23 || basename(argv[1] ?? "") !== WORKER) return false;
  if (env["NX_TASK_TARGET_PROJECT"] !== projectName || env["NX_TASK_TARGET_TARGET"] !== targetName) return false;
  const awaited = Object.values(taskGraph?.continuousDependencies ?? {}).flat();
  return !awaited.some((id) => isTask(id, projectName, targetName, taskGraph));
}

function isTask(id: string, projectName: string | undefined, targetName: string | undefined, taskGraph: Context["taskGraph"]): boolean {
  const target = taskGraph?.tasks[id]?.target;
  return target?.project === projectName && target?.target === targetName;
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
