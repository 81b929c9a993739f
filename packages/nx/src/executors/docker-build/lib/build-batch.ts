import type { ExecutorContext, Task, TaskGraph } from "@nx/devkit";
import { nameTargets } from "../../../image/bake-definition.js";
import { buildImage } from "../executor.js";
import type { DockerBuildOptions } from "../schema.js";
import type { AskedAhead } from "./ask-ahead.js";
import { readParallel } from "./batch-parallel.js";
import { openBatchPreparation } from "./batch-preparation.js";
import { orderWaves, readDependencies } from "./batch-waves.js";
import type { BuildWorkspace } from "./build-workspace.js";
import { foldLog, openProgressLines } from "./progress-lines.js";
import { runWave, type TaskOutcome, type Wave } from "./run-wave.js";

/** What Nx is told of a task. */
export interface BatchResult {
  readonly task: string;
  readonly result: {
    success: boolean;
    terminalOutput: string;
    startTime: number;
    endTime: number;
    /** Of a task that was not even tried, since one that it waits for has failed. */
    status?: "skipped";
  };
}

/**
 * Lines that fit into a batch's pane of Nx's terminal UI, in a window of 24. A batch writes into a pipe, and is not told how
 * many there are.
 */
const PANE_ROWS = 20;

/** What asks a process to end; `disconnect` is the end of the Nx that has started it. */
const ENDS = ["SIGINT", "SIGTERM", "SIGHUP", "disconnect"] as const;

/** What the builds of a batch share from its first moment on. */
export interface BatchSurroundings extends Pick<AskedAhead, "labelled"> {
  readonly workspace: BuildWorkspace;
}

/**
 * Builds the images of many services: the workspace is read once, the engine is asked once which of them are there already,
 * and one bake builds the others. Each task gets a result, whatever happens.
 *
 * @param inputs - options by the id of the task, with the command line's merged in
 */
export async function* buildBatch(
  taskGraph: TaskGraph,
  inputs: Readonly<Record<string, DockerBuildOptions>>,
  context: ExecutorContext,
  { workspace, labelled }: BatchSurroundings,
): AsyncGenerator<BatchResult> {
  const [only, ...others] = Object.values(taskGraph.tasks);
  if (only !== undefined && others.length === 0) {
    yield await runOnly(only, inputs[only.id] ?? {}, context, workspace);
    return;
  }
  const open = new Set(Object.keys(taskGraph.tasks));
  const startTime = Date.now();
  const calledOff = new AbortController();
  const callOff = (): void => calledOff.abort();
  for (const event of ENDS) process.on(event, callOff);
  try {
    for await (const each of runTasks(taskGraph, inputs, { context, workspace, labelled, signal: calledOff.signal })) {
      open.delete(each.task);
      yield each;
    }
  } catch (error) {
    const { stack, message } = error as Error;
    for (const task of open) yield toResult({ id: task, success: false, log: stack ?? message, startTime, endTime: Date.now() });
  } finally {
    for (const event of ENDS) process.off(event, callOff);
  }
}

/** A single build shows the engine's own output while it runs, as it does without a batch. */
async function runOnly(task: Task, options: DockerBuildOptions, context: ExecutorContext, workspace: BuildWorkspace): Promise<BatchResult> {
  const startTime = Date.now();
  const { project: projectName, target: targetName } = task.target;
  // The end of the Nx that has started this process reaches the engine as a signal does.
  const end = (): void => void process.kill(process.pid, "SIGTERM");
  process.on("disconnect", end);
  try {
    // Of this process Nx shows only the standard output.
    const run = buildImage({ onOutput: (text) => void process.stdout.write(text) }, workspace);
    const { success } = await run(options, { ...context, projectName, targetName });
    return { task: task.id, result: { success, terminalOutput: "", startTime, endTime: Date.now() } };
  } finally {
    process.off("disconnect", end);
  }
}

/** What the tasks of a batch are run with. */
interface Surroundings extends BatchSurroundings {
  readonly context: ExecutorContext;
  readonly signal: AbortSignal;
}

async function* runTasks(
  taskGraph: TaskGraph,
  inputs: Readonly<Record<string, DockerBuildOptions>>,
  { context, workspace, labelled, signal }: Surroundings,
): AsyncGenerator<BatchResult> {
  const names = new Map([...nameTargets(Object.keys(taskGraph.tasks))].map(([name, id]) => [id, name]));
  const show = openProgressLines([...names.values()], {
    write: (text) => void process.stdout.write(text),
    rows: process.env["NX_TUI"] === "true" ? PANE_ROWS : undefined,
  });
  const wave: Wave = {
    preparation: openBatchPreparation(context, { workspace, labelled, now: Date.now() }),
    root: context.root,
    parallel: readParallel(process.env, context.nxJsonConfiguration),
    signal,
    report: (id, state) => show(names.get(id) ?? id, state),
  };
  const dependencies = readDependencies(taskGraph);
  const failed = new Set<string>();
  for (const ids of orderWaves(dependencies)) {
    const isHeldUp = (id: string): boolean => dependencies.get(id)?.some((other) => failed.has(other)) === true;
    for (const id of ids.filter(isHeldUp)) {
      failed.add(id);
      yield skip(id);
    }
    const tasks = ids.filter((id) => !isHeldUp(id)).flatMap((id) => {
      const task = taskGraph.tasks[id];
      return task === undefined ? [] : [{ task, options: inputs[id] ?? {} }];
    });
    for await (const outcome of runWave(tasks, wave)) {
      if (!outcome.success) failed.add(outcome.id);
      yield toResult(outcome);
    }
  }
}

function toResult({ id, success, log, startTime, endTime }: TaskOutcome): BatchResult {
  const text = success ? log : foldLog(id, log, startTime, process.env);
  return { task: id, result: { success, terminalOutput: `${text}\n`, startTime, endTime } };
}

function skip(id: string): BatchResult {
  const now = Date.now();
  const terminalOutput = "A build that this one waits for has failed.\n";
  return { task: id, result: { success: false, status: "skipped", terminalOutput, startTime: now, endTime: now } };
}
