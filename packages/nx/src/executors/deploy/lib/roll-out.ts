import { type Compose, composeCommand, type DeployPlan, namesRegistry, previousReference, swapArguments } from "../../../deployment/deploy-plan.js";
import { OoneexNxError } from "../../../errors.js";
import { formatCommand } from "../../../image/build-command.js";
import { isInterrupt, runProbe, TIMED_OUT } from "../../../image/engine.js";
import { logger } from "../../logger.js";
import { type Inquiry, runCompose } from "./compose-calls.js";
import { readRunning, type Running, showImage } from "./containers.js";
import { quoteLastLines } from "./last-lines.js";
import { findObstacle } from "./obstacle.js";
import { isCurrent, replace } from "./replace.js";
import { retireLeftovers } from "./retire.js";
import { readImageId, readSituation, type RollOut } from "./situation.js";

/**
 * Puts a new image in the place of a service's, and the previous one back when the new one does not become healthy. No
 * other service is touched.
 *
 * @param root - absolute path of the workspace
 * @throws OoneexNxError `ROLLING_IMPOSSIBLE`, `PULL_FAILED`, `PULL_TIMEOUT`, `IMAGE_MISSING`, `DEPLOY_FAILED`, `DEPLOY_INTERRUPTED` or `ROLLBACK_FAILED`,
 *   and as reading the situation does
 */
export async function rollOut(plan: DeployPlan, compose: Compose, root: string): Promise<void> {
  const inquiry: Inquiry = { plan, compose, root, probe: runProbe };
  const situation = await readSituation(inquiry);
  const job: RollOut = { ...inquiry, situation };
  const obstacle = plan.rolling === false ? undefined : await findObstacle(job);
  if (plan.rolling === true && obstacle !== undefined) throw rollingImpossible(obstacle, job);
  await fetchImage(job);
  await keepPrevious(job);

  const { running: before, image } = situation;
  if (before !== undefined && plan.rolling !== false && obstacle === undefined) await retireLeftovers(before, job);
  if (before !== undefined && plan.rolling !== false && !(await isCurrent(before, job))) {
    if (obstacle === undefined) return await replace(before, job);
    logger.info(`${plan.service}: swapped at once, and not there meanwhile: ${obstacle}`);
  }
  const code = await runCompose(job, swapArguments(plan), plan.image);
  if (code === 0) {
    const after = await readRunning(job);
    const isSame = before !== undefined && after?.container === before.container;
    logger.info(`${plan.service}: ${image} ${isSame ? "ran already" : "runs"} (${showImage(after)}, ${after?.state ?? "unknown"})`);
    return;
  }
  if (isInterrupt(code)) throw await interrupted(job);
  await goBack(job);
}

function rollingImpossible(obstacle: string, { plan }: RollOut): OoneexNxError {
  return new OoneexNxError({
    code: "ROLLING_IMPOSSIBLE",
    what: `a second container cannot run beside the previous one: ${obstacle}; nothing has changed`,
    where: `${plan.service}, ${plan.file}`,
    remedy: "mend that in the compose file, or leave --rolling out to have the service swapped, without an answer for a moment",
  });
}

async function fetchImage(job: RollOut): Promise<void> {
  const { plan, situation } = job;
  const { image } = situation;
  if (plan.pull ?? namesRegistry(image)) {
    const { pullTimeout: timeout } = plan;
    const code = await runCompose(job, ["pull", plan.service], plan.image, { timeout });
    if (isInterrupt(code)) {
      const what = "interrupted while the image was pulled; nothing has changed";
      throw new OoneexNxError({ code: "DEPLOY_INTERRUPTED", what, where: plan.service, remedy: "run the command again" });
    }
    if (code === TIMED_OUT) {
      throw new OoneexNxError({
        code: "PULL_TIMEOUT",
        what: `the image was not pulled within ${(timeout ?? 0) / 1_000} s; nothing has changed`,
        where: image,
        remedy: "see whether its registry answers; --pull-timeout=<seconds> gives it longer, what is here by then is not pulled again",
      });
    }
    if (code !== 0) {
      throw new OoneexNxError({
        code: "PULL_FAILED",
        what: "the image cannot be pulled; nothing has changed",
        where: image,
        remedy: "log in to its registry with docker login, or take one that is on this machine with --pull=false",
      });
    }
  }
  if ((await readImageId(image, job)) === undefined) {
    throw new OoneexNxError({
      code: "IMAGE_MISSING",
      what: "there is no such image on this machine; nothing has changed",
      where: image,
      remedy: `build it with nx docker-build ${plan.service}, or name one of a registry with --image`,
    });
  }
}

/**
 * Gives the image that runs a name, unless that very name is to be deployed. It is said before anything changes: of a
 * command that is interrupted, Nx may not show the end.
 */
async function keepPrevious(job: RollOut): Promise<void> {
  const { plan, situation } = job;
  const { project, running, image } = situation;
  const previous = previousReference(project, plan.service);
  if (running === undefined || image === previous || running.image === (await readImageId(image, job))) return;
  const { code } = await job.probe(["docker", "tag", running.image, previous]);
  if (code !== 0) return;
  logger.info(`${plan.service}: ${showImage(running)} runs. Should this be interrupted, it is brought back by: ${wayBack(job)}`);
}

async function goBack(job: RollOut): Promise<never> {
  const { plan, compose, situation } = job;
  const { running: before, image } = situation;
  const after = await readRunning(job);
  const where = `${plan.service}, ${image}`;
  if (before !== undefined && after?.container === before.container && after.image === before.image) {
    const what = `the service was not swapped, and is as it was (${after.state})`;
    throw new OoneexNxError({ code: "DEPLOY_FAILED", what, where, remedy: "see compose's message above" });
  }
  const reason = `not healthy within ${plan.timeout} s${await quoteLastLines(job)}`;
  if (before === undefined || before.image === after?.image) {
    const left = before === undefined ? "nothing ran before" : "it is the image that ran before, so its settings are at fault";
    throw new OoneexNxError({
      code: "DEPLOY_FAILED",
      what: `${reason}\n  ${left}; the container was left as it is (${after?.state ?? "gone"})`,
      where,
      remedy: `mend what the last lines name, then deploy again; to take it away: ${formatCommand({ argv: composeCommand(plan, compose, ["rm", "--stop", "--force", plan.service]).argv, env: {} })}`,
    });
  }
  logger.warn(`${plan.service} did not become healthy; going back to ${showImage(before)}`);
  const code = await runCompose(job, swapArguments(plan), before.image);
  if (code !== 0) throw await rollbackFailed(job, before, reason, isInterrupt(code));
  throw new OoneexNxError({
    code: "DEPLOY_FAILED",
    what: `${reason}\n  rolled back: ${showImage(before)} runs again`,
    where,
    remedy: "mend what the last lines name, build a new image and deploy that; until then every other start of this service takes the failed one",
  });
}

async function rollbackFailed(job: RollOut, before: Running, reason: string, isInterrupted: boolean): Promise<OoneexNxError> {
  const { plan, situation } = job;
  const after = await readRunning(job);
  const end = isInterrupted ? "the way back was interrupted" : "the way back failed too";
  return new OoneexNxError({
    code: "ROLLBACK_FAILED",
    what: `${reason}\n  ${end}: the service has ${describe(after)}`,
    where: `${plan.service}, ${situation.image}`,
    remedy: `the image before was ${before.image}: ${wayBack(job)}`,
  });
}

async function interrupted(job: RollOut): Promise<OoneexNxError> {
  const { plan, situation } = job;
  const after = await readRunning(job);
  const before = situation.running;
  const isSwapped = after !== undefined && after.container !== before?.container;
  const back = isSwapped && before !== undefined && after.image !== before.image ? `; to go back: ${wayBack(job)}` : "";
  return new OoneexNxError({
    code: "DEPLOY_INTERRUPTED",
    what: `interrupted: the service has ${isSwapped ? "the new" : "the previous"} container, ${describe(after)}, and nothing waits for it any more`,
    where: `${plan.service}, ${situation.image}`,
    remedy: `to go on: ${plan.command}${plan.image === undefined ? "" : ` --image=${plan.image}`}${back}`,
  });
}

/** The command that brings the image before back. */
function wayBack({ plan, situation }: RollOut): string {
  return `${plan.command} --image=${previousReference(situation.project, plan.service)} --pull=false`;
}

function describe(running: Running | undefined): string {
  return running === undefined ? "no container" : `${showImage(running)} (${running.state})`;
}
