import { readdir, readFile } from "node:fs/promises";

/** Milliseconds of a tick, in which Linux counts the time of processes; it has been a hundred a second on every machine since 2.6. */
const TICK = 10;

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
export async function listDescendants(): Promise<Set<number> | undefined> {
  const pids = (await readdir("/proc").catch(() => [])).filter((name) => /^\d+$/.test(name)).map(Number);
  if (pids.length === 0) return undefined;
  const parents = new Map(await Promise.all(pids.map(async (pid) => [pid, await readParent(pid)] as const)));
  const isOurs = (pid: number | undefined): boolean => pid !== undefined && (pid === process.pid || isOurs(parents.get(pid)));
  return new Set(pids.filter((pid) => pid !== process.pid && isOurs(pid)));
}

async function readParent(pid: number): Promise<number | undefined> {
  const parent = Number((await readStat(pid))[1]);
  return parent > 0 ? parent : undefined;
}

/** Time that a process has had a core for, in milliseconds; 0 once it is gone. */
export async function readUsed(pid: number): Promise<number> {
  const fields = await readStat(pid);
  return fields.length === 0 ? 0 : (Number(fields[11]) + Number(fields[12])) * TICK;
}

/** Time that those children of this process have had a core for which have ended, theirs included, in milliseconds. */
export async function readUsedByEnded(): Promise<number> {
  const fields = await readStat(process.pid);
  return fields.length === 0 ? 0 : (Number(fields[13]) + Number(fields[14])) * TICK;
}

/** What proc(5) says of a process, from its state on; nothing where there is none. */
async function readStat(pid: number): Promise<string[]> {
  const text = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => "");
  // The name, in brackets, may hold anything.
  return text === "" ? [] : text.slice(text.lastIndexOf(")") + 1).trim().split(" ");
}

/** In kB; 0 once it is gone. */
export async function readResident(pid: number): Promise<number> {
  const text = await readFile(`/proc/${pid}/status`, "utf8").catch(() => "");
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(text)?.[1] ?? 0);
}
