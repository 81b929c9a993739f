import type { ExecutorContext, TaskGraph } from "@nx/devkit";
import { askAhead } from "./lib/ask-ahead.js";
import type { BatchResult } from "./lib/build-batch.js";
import type { DockerBuildOptions } from "./schema.js";

/**
 * Builds the images of many services in one process.
 *
 * @param inputs - options by the id of the task, with the command line's merged in
 * @param _overrides - what the command line says, which is in the options already
 */
export default async function* dockerBuildBatch(
  taskGraph: TaskGraph,
  inputs: Readonly<Record<string, DockerBuildOptions>>,
  _overrides: unknown,
  context: ExecutorContext,
): AsyncGenerator<BatchResult> {
  const { ask, labelled } = askAhead(Object.values(inputs));
  // Loaded while the engine answers.
  const [{ buildBatch }, { openBuildWorkspace }] = await Promise.all([import("./lib/build-batch.js"), import("./lib/build-workspace.js")]);
  yield* buildBatch(taskGraph, inputs, context, { workspace: openBuildWorkspace(context, ask), labelled });
}
