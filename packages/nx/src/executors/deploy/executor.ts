import type { PromiseExecutor } from "@nx/devkit";
import { addArguments, type Compose, composeCommand, type DeployPlan, namesRegistry, swapArguments } from "../../deployment/deploy-plan.js";
import { OoneexNxError } from "../../errors.js";
import { formatCommand } from "../../image/build-command.js";
import { logger } from "../logger.js";
import { readProject } from "../project.js";
import { reportErrors } from "../report-errors.js";
import { readEngineHost } from "./lib/engine-host.js";
import { findCompose } from "./lib/find-compose.js";
import { readPushedImage } from "./lib/pushed-image.js";
import { requireEnvFiles } from "./lib/require-env-files.js";
import { resolveDeployPlan } from "./lib/resolve-deploy-plan.js";
import { rollOut } from "./lib/roll-out.js";
import type { DeployOptions } from "./schema.js";

/** Replaces one service of a compose file by a new image, and goes back when that does not become healthy. */
const deploy: PromiseExecutor<DeployOptions> = reportErrors(async (options, context) => {
  const project = readProject(context);
  const image = options.image ?? (options.pushed ? readPushedImage(project, context.root) : undefined);
  if (options.pushed && image === undefined) {
    logger.info(`There is no ${project.root}/Dockerfile, so no image of ${project.name} is deployed`);
    return { success: true };
  }
  const plan = resolveDeployPlan(image === undefined ? options : { ...options, image }, project, context.root, context.targetName, context.nxJsonConfiguration);
  requireEnvFiles(plan, context.root, await readEngineHost());
  if (options.dryRun) {
    logger.info(`Would run in ${context.root}:`);
    for (const line of formatPlan(plan, await findOrAssume())) logger.info(`  ${line}`);
    return { success: true };
  }
  await rollOut(plan, await findCompose(), context.root);
  return { success: true };
});

/** A dry run shows what would run where compose is, so it does not need one and says what it assumes. */
async function findOrAssume(): Promise<Compose> {
  try {
    return await findCompose();
  } catch (error) {
    if (!(error instanceof OoneexNxError)) throw error;
    logger.warn(`${error.what}; with it this would run:`);
    return ["docker", "compose"];
  }
}

function formatPlan(plan: DeployPlan, compose: Compose): string[] {
  // Which image a compose file names is only known to compose, so without --image the pull is a condition.
  const isPulled = plan.pull ?? (plan.image === undefined ? undefined : namesRegistry(plan.image));
  const format = (args: readonly string[], condition?: string): string => {
    const { argv, stdin } = composeCommand(plan, compose, args, plan.image);
    const notes = [...(stdin === undefined ? [] : [`reads ${stdin}`]), ...(condition === undefined ? [] : [condition])];
    return [formatCommand({ argv, env: {} }), ...notes.map((note) => `# ${note}`)].join("  ");
  };
  return [
    ...(isPulled === false ? [] : [format(["pull", plan.service], isPulled === undefined ? "where the image's name has a registry" : undefined)]),
    ...(plan.rolling === false ? [] : [format(addArguments(plan), "where two can run at once"), `docker stop <the previous container>  # ${plan.settle} s later`]),
    ...(plan.rolling === true ? [] : [format(swapArguments(plan), plan.rolling === false ? undefined : "where they cannot")]),
  ];
}

export default deploy;
