import type { ExecutorContext, PromiseExecutor } from "@nx/devkit";
import { buildImage } from "../docker-build/executor.js";
import type { CommandOutput } from "../docker-build/lib/run-build.js";
import { logger } from "../logger.js";
import { reportErrors } from "../report-errors.js";
import { decidePush, openPushWorkspace } from "./lib/decide-push.js";
import type { DockerPushOptions } from "./schema.js";

/** Pushes a service's image under a tag of the git revision, and builds it where it is not in the registry yet. */
const dockerPush: PromiseExecutor<DockerPushOptions> = pushImage({});

export default dockerPush;

/** @param output - where the engine's output goes, by default to the terminal */
export function pushImage(output: CommandOutput): PromiseExecutor<DockerPushOptions> {
  return reportErrors((options, context) => push(options, context, output));
}

async function push(options: DockerPushOptions, context: ExecutorContext, output: CommandOutput): Promise<{ success: boolean }> {
  const decision = await decidePush(options, context, openPushWorkspace(context));
  if (decision.is === "build") return buildImage(output)(decision.options, context);
  logger.info(decision.line);
  return { success: true };
}
