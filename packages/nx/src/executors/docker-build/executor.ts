import type { ExecutorContext, PromiseExecutor } from "@nx/devkit";
import { buildCommands, formatCommand } from "../../image/build-command.js";
import { detectOrAssume } from "../detect-or-assume.js";
import { logger } from "../logger.js";
import { readProject } from "../project.js";
import { reportErrors } from "../report-errors.js";
import { type BuildWorkspace, openBuildWorkspace } from "./lib/build-workspace.js";
import { finishBuild } from "./lib/finish-build.js";
import { isForced } from "./lib/forced.js";
import { describeObstacle, describeUpToDate, lookUp, type UpToDate } from "./lib/look-up.js";
import { passOver } from "./lib/pass-over.js";
import { type PreparedBuild, prepareBuild } from "./lib/prepare-build.js";
import { buildAndKeep, type CommandOutput } from "./lib/run-build.js";
import { writeStage } from "./lib/staged-contexts.js";
import { requireKnownOptions } from "./lib/unknown-option.js";
import type { DockerBuildOptions } from "./schema.js";

/** Builds a service's image from what the service needs, unless an image of just that is there already. */
const dockerBuild: PromiseExecutor<DockerBuildOptions> = buildImage({});

export default dockerBuild;

/**
 * @param output - where the engine's output goes, by default to the terminal
 * @param opened - the workspace of the context, where that is open already
 */
export function buildImage(output: CommandOutput, opened?: BuildWorkspace): PromiseExecutor<DockerBuildOptions> {
  return reportErrors((options, context) => build(options, context, { output, workspace: opened ?? openBuildWorkspace(context) }));
}

/** What a build is run with. */
interface Surroundings {
  readonly output: CommandOutput;
  readonly workspace: BuildWorkspace;
}

async function build(options: DockerBuildOptions, context: ExecutorContext, { output, workspace }: Surroundings): Promise<{ success: boolean }> {
  requireKnownOptions(options);
  const project = readProject(context);
  const passedOver = passOver(options, project, workspace);
  if (passedOver !== undefined) {
    logger.info(passedOver);
    return { success: true };
  }
  const builder = await detectOrAssume(options, workspace.ask);
  const prepared = await prepareBuild(options, project, { workspace, builder, now: Date.now() });
  if (options.quiet !== true) for (const notice of prepared.notices) logger.info(notice);
  if (options.dryRun) {
    const commands = buildCommands(prepared.plan, builder);
    if (prepared.stage !== undefined) writeStage(context.root, prepared.stage);
    logger.info(`Would run in ${context.root}:`);
    for (const command of commands) logger.info(`  ${formatCommand(command)}`);
    return { success: true };
  }
  const { found, obstacle } = (isForced(options) ? undefined : (await lookUp([prepared], builder)).get(prepared)) ?? {};
  if (found !== undefined) {
    announce(prepared, found, options);
    await finishBuild(prepared, options, { found, isBuilt: false, builder, root: context.root });
    return { success: true };
  }
  const tell = (line: string): void => void (options.quiet === true || logger.info(line));
  if (obstacle !== undefined) tell(describeObstacle(obstacle));
  const { build: built, kept } = await buildAndKeep(prepared, { builder, root: context.root, output, tell });
  await finishBuild(built, options, { found: kept, isBuilt: true, builder, root: context.root });
  return { success: true };
}

/** With `quiet` the engine prints the image's id and nothing else, and so does an image that was there. */
function announce(build: PreparedBuild, found: UpToDate, { quiet }: DockerBuildOptions): void {
  if (quiet === true) process.stdout.write(`${found.digest}\n`);
  else logger.info(describeUpToDate(build, found));
}
