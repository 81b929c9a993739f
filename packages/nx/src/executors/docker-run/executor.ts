import type { PromiseExecutor } from "@nx/devkit";
import { OoneexNxError } from "../../errors.js";
import { formatCommand } from "../../image/build-command.js";
import { engineOf } from "../../image/build-plan.js";
import { isInterrupt, runCommand, runProbe } from "../../image/engine.js";
import { buildRunCommand, formatHost } from "../../image/run-plan.js";
import { detectOrAssume } from "../detect-or-assume.js";
import { logger } from "../logger.js";
import { readProject } from "../project.js";
import { reportErrors } from "../report-errors.js";
import { resolveRunPlan } from "./lib/resolve-run-plan.js";
import type { DockerRunOptions } from "./schema.js";

/** Runs a service's image in the foreground until it ends or is interrupted. */
const dockerRun: PromiseExecutor<DockerRunOptions> = reportErrors(async (options, context) => {
  const plan = resolveRunPlan(options, readProject(context), context.root);
  const builder = await detectOrAssume(options);
  const command = buildRunCommand(plan, engineOf(builder));
  if (options.dryRun) {
    logger.info(`Would run in ${context.root}:`);
    // The variables' values may be secrets, and the command line names them without.
    logger.info(`  ${formatCommand({ ...command, env: {} })}`);
    return { success: true };
  }
  logger.info(`${plan.image} on http://${formatHost(plan.host)}:${plan.port}`);
  const code = await runCommand(command, context.root);
  // The container of a client that had to be killed goes on without it.
  if (code > 128) await runProbe([command.argv[0], "rm", "--force", plan.name]);
  if (code === 0 || isInterrupt(code)) return { success: true };
  throw new OoneexNxError({
    code: "RUN_FAILED",
    what: `the container ended with exit code ${code}`,
    where: plan.image,
    remedy: "see the message above; a service that misses a variable names it",
  });
});

export default dockerRun;
