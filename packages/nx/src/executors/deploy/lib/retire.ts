import { OoneexNxError } from "../../../errors.js";
import { isInterrupt, runCommand } from "../../../image/engine.js";
import { logger } from "../../logger.js";
import { isHealthy, isStarted, readContainer, type Running, showImage } from "./containers.js";
import { pause, whileHeedingInterrupts } from "./interrupts.js";
import type { RollOut } from "./situation.js";

/**
 * Has a container finish what it does, for as long as the compose file gives it, and removes it.
 *
 * @throws OoneexNxError `DEPLOY_FAILED` or `DEPLOY_INTERRUPTED`
 */
export async function retire({ container }: Running, { plan, situation, root }: RollOut): Promise<void> {
  for (const argv of [["docker", "stop", container], ["docker", "rm", container]] as const) {
    const code = await runCommand({ argv, env: {} }, root, { onOutput: () => undefined });
    if (code === 0) continue;
    const what = `another container serves, and the previous one is still there: ${argv.join(" ")} ended with ${code}`;
    const error = isInterrupt(code) ? "DEPLOY_INTERRUPTED" : "DEPLOY_FAILED";
    throw new OoneexNxError({ code: error, what, where: `${plan.service}, ${situation.image}`, remedy: `deploy again, or take it away: docker rm --force ${container}` });
  }
}

/**
 * Finishes what an earlier deployment has left half done, such as one whose job was killed while both containers ran: the one
 * that the service runs in stays, and the others are retired when every caller knows of it.
 *
 * @param kept - the container that stays
 * @throws OoneexNxError `DEPLOY_FAILED` or `DEPLOY_INTERRUPTED`
 */
export async function retireLeftovers(kept: Running, job: RollOut): Promise<void> {
  const { plan, situation } = job;
  const { service, settle } = plan;
  const leftovers = situation.containers.filter(({ container }) => container !== kept.container);
  if (leftovers.length === 0) return;
  const where = `${service}, ${situation.image}`;
  const wait = leftovers.some(isStarted) ? settle : 0;
  const count = leftovers.length === 1 ? "a container is" : `${leftovers.length} containers are`;
  logger.info(`${service}: ${count} left of an earlier deployment, and stopped in ${wait} s; ${showImage(kept)} (${kept.state}) serves`);
  await whileHeedingInterrupts(async (interrupt) => {
    if (await pause(wait, interrupt)) {
      const what = "interrupted before what an earlier deployment has left was taken away; nothing has changed";
      throw new OoneexNxError({ code: "DEPLOY_INTERRUPTED", what, where, remedy: "run the command again" });
    }
    const state = await readContainer(kept.container, job);
    if (state === undefined || !isHealthy(state)) {
      const what = `of ${situation.containers.length} containers the newest healthy one is ${state?.state ?? "gone"} ${wait} s later; nothing has changed`;
      throw new OoneexNxError({ code: "DEPLOY_FAILED", what, where, remedy: "run the command again, or with --rolling=false" });
    }
    for (const leftover of leftovers) await retire(leftover, job);
  });
}
