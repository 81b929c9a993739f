import { addArguments, composeCommand } from "../../../deployment/deploy-plan.js";
import { OoneexNxError } from "../../../errors.js";
import { isInterrupt, runCommand } from "../../../image/engine.js";
import { logger } from "../../logger.js";
import { quoteLines, type RollOut, run, shorten } from "./job.js";
import { pause } from "./pause.js";
import { listContainers, readContainer, readImageId, type Running } from "./situation.js";

/** Asking the engine to take a container away, in milliseconds. */
const PATIENCE = 60_000;

/**
 * Tells whether a container runs the image that is to run, with the settings that the compose file gives it now. A compose
 * that cannot say so, before 2.18, is left to decide it when it swaps.
 */
export async function isCurrent(running: Running, job: RollOut): Promise<boolean> {
  const { plan, compose, root, situation } = job;
  if (running.image !== (await readImageId(situation.image, job))) return false;
  const { argv, stdin } = composeCommand(plan, compose, ["up", "--dry-run", "--detach", "--no-deps", "--no-build", "--pull", "never", plan.service], plan.image);
  let output = "";
  const onOutput = (text: string): void => void (output += text);
  await runCommand({ argv, env: {} }, root, stdin === undefined ? { onOutput } : { stdin, onOutput });
  return !/\bRecreated?\b/.test(output);
}

/**
 * Starts a container of the new image beside the one that runs, waits until it is healthy and every caller has had the time to
 * learn of it, and only then has the previous one finish what it does. Until then that one serves as before, so a new one
 * that fails is taken away and nobody has noticed.
 *
 * @throws OoneexNxError `DEPLOY_FAILED` or `DEPLOY_INTERRUPTED`
 */
export async function replace(before: Running, job: RollOut): Promise<void> {
  const { plan, situation } = job;
  const { service, timeout, settle } = plan;
  const code = await run(job, addArguments(plan), plan.image);
  const added = (await listContainers(job)).filter((container) => !situation.containers.includes(container));
  if (isInterrupt(code)) throw await interrupted(added, job);
  if (code !== 0) throw await failed(added, `not healthy within ${timeout} s`, job);
  const [container = ""] = added;
  logger.info(`${service}: ${situation.image} is healthy; ${shorten(before.image)} is stopped in ${settle} s, when every caller knows of both`);
  if (await pause(settle)) throw await interrupted(added, job);
  const after = await readContainer(container, job);
  if (!after?.state.endsWith(", healthy")) throw await failed(added, `healthy at first, and ${after?.state ?? "gone"} ${settle} s later`, job);
  await retire(before, job);
  logger.info(`${service}: ${situation.image} runs (${shorten(after.image)}, ${after.state})`);
}

/** Has a container finish what it does, for as long as the compose file gives it, and removes it. */
async function retire({ container }: Running, job: RollOut): Promise<void> {
  const { plan, situation, root } = job;
  for (const argv of [["docker", "stop", container], ["docker", "rm", container]] as const) {
    const code = await runCommand({ argv, env: {} }, root, { onOutput: () => undefined });
    if (code === 0) continue;
    const what = `the new container serves, and the previous one is still there: ${argv.join(" ")} ended with ${code}`;
    const error = isInterrupt(code) ? "DEPLOY_INTERRUPTED" : "DEPLOY_FAILED";
    throw new OoneexNxError({ code: error, what, where: `${plan.service}, ${situation.image}`, remedy: `take it away: docker rm --force ${container}` });
  }
}

async function failed(added: readonly string[], reason: string, job: RollOut): Promise<OoneexNxError> {
  const { plan, situation, probe } = job;
  const [container] = added;
  const where = `${plan.service}, ${situation.image}`;
  if (container === undefined) {
    const what = `the service has no new container, and is as it was (${situation.running?.state})`;
    return new OoneexNxError({ code: "DEPLOY_FAILED", what, where, remedy: "see compose's message above" });
  }
  const { stdout, stderr } = await probe(["docker", "logs", "--tail", "20", container], PATIENCE);
  const left = await discard(added, job);
  return new OoneexNxError({
    code: "DEPLOY_FAILED",
    what: `${reason}${quoteLines(`${stdout}${stderr}`.trimEnd())}\n  rolled back: ${shorten(situation.running?.image)} runs as before, and was never stopped${left}`,
    where,
    remedy: "mend what the last lines name, build a new image and deploy that; until then every other start of this service takes the failed one",
  });
}

async function interrupted(added: readonly string[], job: RollOut): Promise<OoneexNxError> {
  const { plan, situation } = job;
  const left = await discard(added, job);
  return new OoneexNxError({
    code: "DEPLOY_INTERRUPTED",
    what: `interrupted: ${shorten(situation.running?.image)} runs as before, and was never stopped${left}`,
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
