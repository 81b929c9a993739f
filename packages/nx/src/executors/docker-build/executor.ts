import { type ExecutorContext, logger, type PromiseExecutor } from "@nx/devkit";
import { existsSync, mkdirSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { OoneexNxError } from "../../errors.js";
import { buildCommands, formatCommand } from "../../image/build-command.js";
import { runCommand } from "../../image/engine.js";
import { detectOrAssume } from "../detect-or-assume.js";
import { readProject } from "../project.js";
import { reportErrors } from "../report-errors.js";
import { resolveBuildPlan } from "./lib/resolve-build-plan.js";
import type { DockerBuildOptions } from "./schema.js";

/** Builds a service's image from its Dockerfile, with the repository root as build context. */
const dockerBuild: PromiseExecutor<DockerBuildOptions> = reportErrors(async (options, context) => {
  const plan = resolveBuildPlan(options, readProject(context));
  requireDockerfile(plan.file, context);
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
      throw new OoneexNxError({
        code: code > 128 ? "BUILD_INTERRUPTED" : "BUILD_FAILED",
        what: `${command.argv[0]} ended with exit code ${code}`,
        where: plan.file,
        remedy: "see the engine's own message above",
      });
    }
  }
  return { success: true };
});

export default dockerBuild;

function requireDockerfile(file: string, context: ExecutorContext): void {
  if (existsSync(join(context.root, file))) return;
  throw new OoneexNxError({
    code: "DOCKERFILE_MISSING",
    what: "there is no Dockerfile to build",
    where: file,
    remedy: "write one, or say where it is with the option file",
  });
}
