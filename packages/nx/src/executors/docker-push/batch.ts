import type { ExecutorContext, TaskGraph } from "@nx/devkit";
import { attempt } from "../docker-build/lib/attempt.js";
import { type BatchResult, buildBatch } from "../docker-build/lib/build-batch.js";
import type { DockerBuildOptions } from "../docker-build/schema.js";
import { decidePush, openPushWorkspace } from "./lib/decide-push.js";
import type { DockerPushOptions } from "./schema.js";

/**
 * Pushes the images of many services in one process: git is asked once, the registry at once for all of them, and one bake
 * builds and pushes those that are not there. Each task gets a result, whatever happens.
 *
 * @param inputs - options by the id of the task, with the command line's merged in
 * @param _overrides - what the command line says, which is in the options already
 */
export default async function* dockerPushBatch(
  taskGraph: TaskGraph,
  inputs: Readonly<Record<string, DockerPushOptions>>,
  _overrides: unknown,
  context: ExecutorContext,
): AsyncGenerator<BatchResult> {
  const startTime = Date.now();
  const shared = openPushWorkspace(context);
  // Whoever asks for it is told, and a task that does not ask leaves no failure unheard.
  shared.revision.catch(() => undefined);
  const decisions = await Promise.all(
    Object.entries(taskGraph.tasks).map(async ([id, task]) => {
      const { project: projectName, target: targetName, configuration } = task.target;
      const own = { ...context, projectName, targetName, ...(configuration === undefined ? {} : { configurationName: configuration }) };
      return { id, decided: await attempt(() => decidePush(inputs[id] ?? {}, own, shared)) };
    }),
  );
  const wanted: Record<string, DockerBuildOptions> = {};
  for (const { id, decided } of decisions) {
    if ("failure" in decided) yield toResult(id, false, decided.failure, startTime);
    else if (decided.value.is === "done") yield toResult(id, true, decided.value.line, startTime);
    else wanted[id] = decided.value.options;
  }
  if (Object.keys(wanted).length === 0) return;
  const { workspace } = shared;
  yield* buildBatch(pick(taskGraph, new Set(Object.keys(wanted))), wanted, context, { workspace, labelled: undefined });
}

/** The part of a graph that some of its tasks are. */
function pick(taskGraph: TaskGraph, ids: ReadonlySet<string>): TaskGraph {
  const keep = <T>(record: Record<string, T>): Record<string, T> => Object.fromEntries(Object.entries(record).filter(([id]) => ids.has(id)));
  return { ...taskGraph, tasks: keep(taskGraph.tasks), dependencies: keep(taskGraph.dependencies), roots: taskGraph.roots.filter((id) => ids.has(id)) };
}

function toResult(task: string, success: boolean, text: string, startTime: number): BatchResult {
  return { task, result: { success, terminalOutput: `${text}\n`, startTime, endTime: Date.now() } };
}
