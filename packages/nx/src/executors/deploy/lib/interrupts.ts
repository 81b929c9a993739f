import { setTimeout } from "node:timers/promises";
import { INTERRUPTS } from "../../../image/engine.js";

/**
 * Does what must not end in the middle: an interrupt does not end this process meanwhile, and the work learns of it instead.
 *
 * @param work - is given a signal that is aborted by the first interrupt
 */
export async function whileHeedingInterrupts<T>(work: (interrupt: AbortSignal) => Promise<T>): Promise<T> {
  const controller = new AbortController();
  const abort = (): void => controller.abort();
  for (const signal of INTERRUPTS) process.on(signal, abort);
  try {
    return await work(controller.signal);
  } finally {
    for (const signal of INTERRUPTS) process.off(signal, abort);
  }
}

/**
 * Waits, unless it is interrupted.
 *
 * @returns whether it was interrupted
 */
export async function pause(seconds: number, interrupt: AbortSignal): Promise<boolean> {
  // The wait rejects where it is aborted, and for no other reason.
  await setTimeout(seconds * 1000, undefined, { signal: interrupt }).catch(() => undefined);
  return interrupt.aborted;
}
