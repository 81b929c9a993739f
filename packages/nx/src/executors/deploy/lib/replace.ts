import { addArguments } from "../../../deployment/deploy-plan.js";
import { OoneexNxError } from "../../../errors.js";
import { isInterrupt } from "../../../image/engine.js";
import { logger } from "../../logger.js";
import { PATIENCE, runCompose } from "./compose-calls.js";
import { isHealthy, readContainer, readContainers, type Running, showImage, unlessSilent } from "./containers.js";
import { pause, whileHeedingInterrupts } from "./interrupts.js";
import { quoteLastLinesOf } from "./last-lines.js";
import { retire } from "./retire.js";
import { readImageId, type RollOut } from "./situation.js";

/**
 * Tells whether a container runs the image that is to run, with the settings that the compose file gives it now. Where
 * compose cannot say so, as before 2.18, it does not.
 *
 * @throws OoneexNxError `DEPLOY_INTERRUPTED`
 */
export async function isCurrent(running: Running, job: RollOut): Promise<boolean> {
  const { plan, situation } = job;
  if (running.image !== (await readImageId(situation.image, job))) return false;
  let output = "";
  const args = ["up", "--dry-run", "--detach", "--no-deps", "--no-build", "--pull", "never", plan.service];
  const code = await runCompose(job, args, plan.image, { onOutput: (text) => void (output += text) });
  if (isInterrupt(code)) throw await interrupted([], job);
  return code === 0 && !/\bRecreated?\b/.test(output);
}

/**
 * Starts a container of the new image beside the one that runs, waits until it is healthy and every caller has had the time to
 * learn of it, and only then has the previous one finish what it does. Until then that one serves as before, so a new one
 * that fails is taken away and nobody has noticed.
 *
 * @throws OoneexNxError `DEPLOY_FAILED` or `DEPLOY_INTERRUPTED`
 */
export async function replace(before: Running, job: RollOut): Promise<void> {
  await whileHeedingInterrupts(async (interrupt) => {
    const { plan, situation } = job;
    const { service, timeout, settle } = plan;
    const code = await runCompose(job, addArguments(plan), plan.image);
    const known = new Set(situation.containers.map(({ container }) => container));
    const found = await unlessSilent(readContainers(job));
    if (found === undefined) throw unknown(job);
    const added = found.map(({ container }) => container).filter((container) => !known.has(container));
    if (isInterrupt(code) || interrupt.aborted) throw await interrupted(added, job);
    if (code !== 0) throw await failed(added, `not healthy within ${timeout} s`, job);
    const [container = ""] = added;
    logger.info(`${service}: ${situation.image} is healthy; ${showImage(before)} is stopped in ${settle} s, when every caller knows of both`);
    if (await pause(settle, interrupt)) throw await interrupted(added, job);
    const after = await readContainer(container, job);
    if (interrupt.aborted) throw await interrupted(added, job);
    if (after === undefined || !isHealthy(after)) throw await failed(added, `healthy at first, and ${after?.state ?? "gone"} ${settle} s later`, job);
    await retire(before, job);
    logger.info(`${service}: ${situation.image} runs (${showImage(after)}, ${after.state})`);
  });
}

function unknown({ plan, situation }: RollOut): OoneexNxError {
  return new OoneexNxError({
    code: "DEPLOY_FAILED",
    what: `the engine does not say which container is the new one; ${showImage(situation.running)} was not stopped`,
    where: `${plan.service}, ${situation.image}`,
    remedy: "see whether the engine answers: docker version; then deploy again, which takes away what is left",
  });
}

async function failed(added: readonly string[], reason: string, job: RollOut): Promise<OoneexNxError> {
  const { plan, situation } = job;
  const [container] = added;
  const where = `${plan.service}, ${situation.image}`;
  if (container === undefined) {
    const what = `the service has no new container, and is as it was (${situation.running?.state})`;
    return new OoneexNxError({ code: "DEPLOY_FAILED", what, where, remedy: "see compose's message above" });
  }
  const lines = await quoteLastLinesOf(container, job);
  const left = await discard(added, job);
  return new OoneexNxError({
    code: "DEPLOY_FAILED",
    what: `${reason}${lines}\n  rolled back: ${showImage(situation.running)} runs as before, and was never stopped${left}`,
    where,
    remedy: "mend what the last lines name, build a new image and deploy that; until then every other start of this service takes the failed one",
  });
}

async function interrupted(added: readonly string[], job: RollOut): Promise<OoneexNxError> {
  const { plan, situation } = job;
  const left = await discard(added, job);
  return new OoneexNxError({
    code: "DEPLOY_INTERRUPTED",
    what: `interrupted: ${showImage(situation.running)} runs as before, and was never stopped${left}`,
    where: `${plan.service}, ${situation.image}`,
    remedy: `to go on: ${plan.command}${plan.image === undefined ? "" : ` --image=${plan.image}`}`,
  });
}

/** Takes new containers away. @returns what is left of them, as the end of a sentence */
async function discard(added: readonly string[], { probe }: RollOut): Promise<string> {
  if (added.length === 0) return "";
  const { code } = await probe(["docker", "rm", "--force", "--volumes", ...added], PATIENCE);
  return code === 0 ? "" : `; what is left of the new one is taken away by: docker rm --force ${added.join(" ")}`;
}
