import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { OoneexNxError } from "../../errors.js";

const FILE = ".nx/workspace-data/ooneex-nx.lock";

/** Milliseconds. An install at the end of a generator takes most of them. */
const PATIENCE = 120_000;
const PAUSE = 50;

interface Holder {
  readonly pid: number;
  readonly generator: string;
}

/**
 * Waits until no other generator is between reading the workspace and having written it. The lock of a process that is gone
 * counts for nothing.
 *
 * @param patience - milliseconds
 * @returns what gives the lock back
 * @throws OoneexNxError `GENERATOR_BUSY` where the other one does not end in time
 */
export async function takeLock(root: string, generator: string, patience = PATIENCE): Promise<() => void> {
  const file = join(root, FILE);
  const own = `${file}.${process.pid}`;
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(own, JSON.stringify({ pid: process.pid, generator }));
  try {
    for (const end = Date.now() + patience; !link(own, file); await setTimeout(PAUSE)) {
      const holder = readHolder(file);
      if (holder !== undefined && !isAlive(holder.pid)) removeStale(file, own);
      else if (Date.now() > end) throw busy(holder);
    }
  } finally {
    rmSync(own, { force: true });
  }
  const release = (): void => {
    process.off("exit", release);
    if (readHolder(file)?.pid === process.pid) rmSync(file, { force: true });
  };
  process.once("exit", release);
  return release;
}

/** Moves a lock away before it is looked at again: it may be another one by now, which is then put back. */
function removeStale(file: string, own: string): void {
  const aside = `${own}.stale`;
  try {
    renameSync(file, aside);
  } catch {
    return;
  }
  const holder = readHolder(aside);
  if (holder !== undefined && isAlive(holder.pid)) link(aside, file);
  rmSync(aside, { force: true });
}

/** Makes the lock with its content in it, where there is none. */
function link(from: string, to: string): boolean {
  try {
    linkSync(from, to);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  }
}

function readHolder(file: string): Holder | undefined {
  try {
    return JSON.parse(readFileSync(file, "utf8")) as Holder;
  } catch {
    return undefined;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

function busy(holder: Holder | undefined): OoneexNxError {
  return new OoneexNxError({
    code: "GENERATOR_BUSY",
    what: `the generator ${holder?.generator ?? "of another process"} is at work in this workspace${holder === undefined ? "" : `, as process ${holder.pid}`}`,
    where: FILE,
    remedy: "wait until it has ended, then run again; delete that file where no such process runs",
  });
}
