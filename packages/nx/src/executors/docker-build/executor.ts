import { type ExecutorContext, logger, type PromiseExecutor } from "@nx/devkit";
import { existsSync, mkdirSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { OoneexNxError } from "../../errors.js";
import { buildCommands, formatCommand } from "../../image/build-command.js";
import type { BuildPlan, Command } from "../../image/build-plan.js";
import { isInterrupt, runCommand } from "../../image/engine.js";
import { detectOrAssume } from "../detect-or-assume.js";
import { readProject } from "../project.js";
import { reportErrors } from "../report-errors.js";
import { resolveBuildPlan } from "./lib/resolve-build-plan.js";
import type { DockerBuildOptions } from "./schema.js";

/** Builds a service's image from its Dockerfile, with the repository root as build context. */
const dockerBuild: PromiseExecutor<DockerBuildOptions> = reportErrors(async (options, context) => {
  const plan = resolveBuildPlan(options, readProject(context));
  if (!hasDockerfile(plan.file, context)) {
    if (options.optional !== true) throw dockerfileMissing(plan.file);
    logger.info(`There is no ${plan.file}, so there is no image to build.`);
    return { success: true };
  }
  const builder = await detectOrAssume(options);
  const commands = buildCommands(plan, builder);
  if (options.dryRun) {
    logger.info(`Would run in ${context.root}:`);
    for (const command of commands) logger.info(`  ${formatCommand(command)}`);
    return { success: true };
  }
  // The engine writes the file at the very end of a build, and fails it where the folder is missing.
  if (plan.metadataFile !== undefined) mkdirSync(dirname(resolve(context.root, plan.metadataFile)), { recursive: true });
  for (const command of commands) {
    const code = await runCommand(command, context.root);
    if (code !== 0) {
      throw buildFailed(plan, command, code);
    }
  }
  return { success: true };
});

export default dockerBuild;

function hasDockerfile(file: string, context: ExecutorContext): boolean {
  return existsSync(resolve(context.root, file));
}

function dockerfileMissing(file: string): OoneexNxError {
  return new OoneexNxError({
    code: "DOCKERFILE_MISSING",
    what: "there is no Dockerfile to build",
    where: file,
    remedy: "write one, or say where it is with the option file",
  });
}

function buildFailed({ file, platforms }: BuildPlan, { argv: [engine] }: Command, code: number): OoneexNxError {
  const wasInterrupted = isInterrupt(code);
  return new OoneexNxError({
    code: wasInterrupted ? "BUILD_INTERRUPTED" : "BUILD_FAILED",
    what: `${engine} ended with exit code ${code}`,
    where: file,
    remedy:
      platforms.length > 1 && !wasInterrupted
        ? "see the engine's own message above; for several platforms, name a builder of driver docker-container with --builder"
        : "see the engine's own message above",
  });
}
