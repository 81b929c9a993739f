import { setTimeout as sleep } from "node:timers/promises";
import { listDescendants, readResident, readUsed, readUsedByEnded } from "./processes.js";

/** Between two looks, in milliseconds. */
const INTERVAL = 25;
const BYTES_PER_KB = 1024;

/** What something takes, the processes that it starts included. An engine is none of them. */
export interface Cost {
  /** Milliseconds from the start to the end. */
  readonly wall: number;
  /** Milliseconds that the processes have had a core for, which on a busy machine changes far less than how long they take. */
  readonly cpu: number;
  /**
   * Millions of bytes that they hold at one time at most: the sum of their resident sets, so what several share counts several
   * times.
   */
  readonly peak: number;
}

/**
 * Measures what some work takes, while this process starts nothing else.
 *
 * @returns `undefined` where there is no /proc
 */
export async function measureCost(work: () => Promise<unknown>): Promise<Cost | undefined> {
  const before = await listDescendants();
  if (before === undefined) return undefined;
  const [start, ended] = [performance.now(), await readUsedByEnded()];
  const state = { wall: 0 };
  const done = work().finally(() => (state.wall = performance.now() - start));
  // It is told below, once the last look is over.
  done.catch(() => undefined);
  const used = new Map<number, number>();
  let peak = 0;
  while (state.wall === 0) {
    const now = [...((await listDescendants()) ?? [])].filter((pid) => !before.has(pid));
    const sizes = await Promise.all(now.map(readResident));
    peak = Math.max(peak, sizes.reduce(sum, 0));
    for (const pid of now) used.set(pid, Math.max(used.get(pid) ?? 0, await readUsed(pid)));
    await sleep(INTERVAL);
  }
  await done;
  // A process that outlives its parent is in no count of the kernel's, and one that ends between two looks was never seen.
  const cpu = Math.max((await readUsedByEnded()) - ended, [...used.values()].reduce(sum, 0));
  return { wall: state.wall, cpu, peak: (peak * BYTES_PER_KB) / 1_000_000 };
}

/**
 * Measures the most memory that the processes which something starts hold at one time.
 *
 * @returns as {@link Cost.peak}; `undefined` where there is no /proc
 */
export async function measurePeak(work: () => Promise<unknown>): Promise<number | undefined> {
  return (await measureCost(work))?.peak;
}

function sum(left: number, right: number): number {
  return left + right;
}
