import { logger } from "@nx/devkit";
import { closeSync, openSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { join, posix } from "node:path";
import { setTimeout } from "node:timers/promises";
import { OoneexNxError } from "../../errors.js";
import { makeOwnFolder, OWN_FOLDER } from "../../workspace/own-folder.js";
import { isGone, startOf } from "./process-start.js";

const FILE = posix.join(OWN_FOLDER, "ooneex-nx.lock");

/** Milliseconds. An install at the end of a generator takes most of them. */
const PATIENCE = 120_000;
const PAUSE = 100;

/**
 * Milliseconds within which who has made a file has also filled it. A busy machine may let a process wait in between, and a lock
 * that is taken for left over then is two processes'.
 */
const FILLED = 10_000;

/** File systems that cannot be written hold nothing that two could write at once. */
const UNWRITABLE = new Set(["EROFS", "EACCES", "EPERM", "ENOTDIR", "EEXIST"]);

interface Holder {
  readonly host: string;
  readonly pid: number;
  /** When that process has started, where the system tells; another one may get its number later. */
  readonly started: string | undefined;
  readonly generator: string;
}

/** Lock files of this process. */
const held = new Set<string>();

/** Whether this process has the lock of a workspace, so that a generator in it was called by another one. */
export function isHeld(root: string): boolean {
  const file = join(root, FILE);
  return held.has(file) && readHolder(file)?.pid === process.pid;
}

/**
 * Waits until no other generator is between reading the workspace and having written it. The lock of a process that is gone
 * counts for nothing; whether one of another machine is, only a person can tell.
 *
 * @param patience - milliseconds
 * @returns what gives the lock back; `undefined` where the workspace cannot be written, and needs none
 * @throws OoneexNxError `GENERATOR_BUSY` where the other one does not end in time
 */
export async function takeLock(root: string, generator: string, patience = PATIENCE): Promise<(() => void) | undefined> {
  const file = join(root, FILE);
  try {
    makeOwnFolder(root);
  } catch (error) {
    if (isUnwritable(error)) return undefined;
    throw error;
  }
  const own: Holder = { host: hostname(), pid: process.pid, started: startOf(process.pid), generator };
  const end = Date.now() + patience;
  for (let isTold = false; ; await setTimeout(PAUSE)) {
    const taken = make(file, own);
    if (taken === "unwritable") return undefined;
    if (taken === "made") return hold(file);
    if (isStale(file) && removeStale(file)) continue;
    const holder = readHolder(file);
    if (Date.now() >= end) throw busy(holder);
    if (!isTold) logger.warn(`waiting for ${describe(holder)} (${FILE})`);
    isTold = true;
  }
}

function hold(file: string): () => void {
  // One listener for all locks of the process, which may be many.
  if (held.size === 0) process.once("exit", releaseAll);
  held.add(file);
  return () => {
    if (!held.delete(file)) return;
    giveBack(file);
    if (held.size === 0) process.off("exit", releaseAll);
  };
}

function releaseAll(): void {
  for (const file of held) giveBack(file);
}

/** Somebody may have deleted it by hand, and another process have taken it since. */
function giveBack(file: string): void {
  const holder = readHolder(file);
  if (holder === undefined || (holder.host === hostname() && holder.pid === process.pid)) rmSync(file, { force: true });
}

function make(file: string, holder: Holder): "made" | "taken" | "unwritable" {
  try {
    closeSync(openSync(file, "wx", 0o600));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return "taken";
    if (isUnwritable(error)) return "unwritable";
    throw error;
  }
  try {
    writeFileSync(file, JSON.stringify(holder));
    return "made";
  } catch (error) {
    rmSync(file, { force: true });
    throw error;
  }
}

/** One at a time looks again and removes, so that nobody removes the lock which another one has just made in its place. */
function removeStale(file: string): boolean {
  const claim = `${file}.stale`;
  try {
    closeSync(openSync(claim, "wx"));
  } catch {
    // Whoever was about to remove it may have been killed at that.
    if (isOld(claim)) rmSync(claim, { force: true });
    return false;
  }
  try {
    if (isStale(file)) rmSync(file, { force: true });
    return true;
  } finally {
    rmSync(claim, { force: true });
  }
}

function isStale(file: string): boolean {
  const holder = readHolder(file);
  if (holder === undefined) return isOld(file);
  if (holder.host !== hostname()) return false;
  return holder.pid === process.pid ? !held.has(file) : isGone(holder.pid, holder.started);
}

function isOld(file: string): boolean {
  const stats = statSync(file, { throwIfNoEntry: false });
  return stats !== undefined && Date.now() - stats.mtimeMs > FILLED;
}

function readHolder(file: string): Holder | undefined {
  try {
    const holder = JSON.parse(readFileSync(file, "utf8")) as Partial<Holder> | null;
    return typeof holder?.host === "string" && Number.isInteger(holder.pid) && Number(holder.pid) > 0 && typeof holder.generator === "string" ? (holder as Holder) : undefined;
  } catch {
    return undefined;
  }
}

function isUnwritable(error: unknown): boolean {
  return UNWRITABLE.has((error as NodeJS.ErrnoException).code ?? "");
}

function describe(holder: Holder | undefined): string {
  return holder === undefined ? "a generator of another process" : `the generator ${holder.generator}, process ${holder.pid} on ${holder.host}`;
}

function busy(holder: Holder | undefined): OoneexNxError {
  return new OoneexNxError({
    code: "GENERATOR_BUSY",
    what: `at work in this workspace is ${describe(holder)}`,
    where: FILE,
    remedy: "wait until it has ended, then run again; delete that file where no such process runs",
  });
}
