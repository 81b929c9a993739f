import { readdir, readFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";

/** Between two looks, in milliseconds. */
const INTERVAL = 25;
const BYTES_PER_KB = 1024;

/**
 * Measures the most memory that the processes which something starts hold at one time, children included.
 *
 * It is the sum of their resident sets, so what several share counts several times; the engine is no child.
 *
 * @returns millions of bytes; `undefined` where there is no /proc
 */
export async function measurePeak(work: () => Promise<unknown>): Promise<number | undefined> {
  const before = await listDescendants();
  if (before === undefined) return undefined;
  const running = { value: true };
  const done = work().finally(() => (running.value = false));
  let peak = 0;
  while (running.value) {
    const now = (await listDescendants()) ?? new Set();
    const sizes = await Promise.all([...now].filter((pid) => !before.has(pid)).map(readResident));
    peak = Math.max(peak, sizes.reduce((sum, size) => sum + size, 0));
    await sleep(INTERVAL);
  }
  await done;
  return (peak * BYTES_PER_KB) / 1_000_000;
}

/** Ends every process that comes from this one, as a person's Ctrl-C would. */
export async function endDescendants(): Promise<void> {
  for (const pid of (await listDescendants()) ?? []) {
    try {
      process.kill(pid, "SIGTERM");
    } catch {
      // It has ended by itself.
    }
  }
}

/** Every process that comes from this one; `undefined` where there is no /proc to read it from. */
async function listDescendants(): Promise<Set<number> | undefined> {
  const pids = (await readdir("/proc").catch(() => [])).filter((name) => /^\d+$/.test(name)).map(Number);
  if (pids.length === 0) return undefined;
  const parents = new Map(await Promise.all(pids.map(async (pid) => [pid, await readParent(pid)] as const)));
  const isOurs = (pid: number | undefined): boolean => pid !== undefined && (pid === process.pid || isOurs(parents.get(pid)));
  return new Set(pids.filter((pid) => pid !== process.pid && isOurs(pid)));
}

async function readParent(pid: number): Promise<number | undefined> {
  // The name, in brackets, may hold anything; what follows it are the state and the parent.
  const text = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => "");
  const parent = Number(text.slice(text.lastIndexOf(")") + 1).trim().split(" ")[1]);
  return parent > 0 ? parent : undefined;
}

/** In kB. */
async function readResident(pid: number): Promise<number> {
  const text = await readFile(`/proc/${pid}/status`, "utf8").catch(() => "");
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(text)?.[1] ?? 0);
}
