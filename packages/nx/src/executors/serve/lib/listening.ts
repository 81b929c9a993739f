import { connect } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";

/** Milliseconds between two tries. */
const PAUSE = 100;

/** Milliseconds after which a host that does not answer counts as nobody there. */
const ANSWER = 1_000;

/** Tells whether somebody listens on a TCP port. */
export function isListening(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port });
    const settle = (answer: boolean): void => {
      socket.destroy();
      resolve(answer);
    };
    socket.setTimeout(ANSWER, () => settle(false));
    socket.once("connect", () => settle(true));
    socket.once("error", () => settle(false));
  });
}

/**
 * Waits until somebody listens on a TCP port.
 *
 * @param timeout - in milliseconds
 * @param signal - ends the waiting
 * @returns whether somebody does
 */
export async function waitUntilListening(host: string, port: number, timeout: number, signal: AbortSignal): Promise<boolean> {
  const deadline = Date.now() + timeout;
  while (Date.now() < deadline && !signal.aborted) {
    if (await isListening(host, port)) return true;
    await sleep(PAUSE);
  }
  return false;
}
