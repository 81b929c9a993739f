import type { ExecutorContext, PromiseExecutor } from "@nx/devkit";
import { buildImage } from "../docker-build/executor.js";
import { logger } from "../logger.js";
import { reportErrors } from "../report-errors.js";
import { decidePush, openPushWorkspace } from "./lib/decide-push.js";
import type { DockerPushOptions } from "./schema.js";

/** Pushes a service's image under a tag of the git revision, and builds it where it is not in the registry yet. */
const dockerPush: PromiseExecutor<DockerPushOptions> = reportErrors(push);

export default dockerPush;

async function push(options: DockerPushOptions, context: ExecutorContext): Promise<{ success: boolean }> {
  const shared = openPushWorkspace(context);
  const decision = await decidePush(options, context, shared);
  if (decision.is === "build") return buildImage({}, shared.workspace)(decision.options, context);
  logger.info(decision.line);
  return { success: true };
}
