import { logger } from "@nx/devkit";
import { accessSync, closeSync, constants, lstatSync, openSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { dirname, join, posix } from "node:path";
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

/** What the file system says of a folder that cannot be written, and of a file or a broken link in its place. */
const UNWRITABLE = new Set(["EROFS", "EACCES", "EPERM", "ENOTDIR", "EEXIST", "ENOENT", "ELOOP"]);

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
 * @returns what gives the lock back; `undefined` where the workspace's own folder cannot be written
 * @throws OoneexNxError `GENERATOR_BUSY` where the other one does not end in time, `GENERATOR_LOCK_UNWRITABLE` where the workspace
 *   can be written and the lock's folder cannot, so that two generators would not know of each other
 */
export async function takeLock(root: string, generator: string, patience = PATIENCE): Promise<(() => void) | undefined> {
  const file = join(root, FILE);
  try {
    makeOwnFolder(root);
  } catch (error) {
    return refuse(root, error);
  }
  const own: Holder = { host: hostname(), pid: process.pid, started: startOf(process.pid), generator };
  const end = Date.now() + patience;
  for (let isTold = false; ; await setTimeout(PAUSE)) {
    try {
      if (make(file, own)) return hold(file);
      if (isStale(file) && removeStale(file)) continue;
    } catch (error) {
      // Windows refuses a file as well that is just being deleted.
      const isPassing = ["EACCES", "EPERM"].includes(codeOf(error)) && isWritable(dirname(file));
      if (!isPassing) return refuse(root, error);
    }
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

/** @returns whether there was none */
function make(file: string, holder: Holder): boolean {
  try {
    // Another user's generator has to be able to read whose it is.
    closeSync(openSync(file, "wx", 0o644));
  } catch (error) {
    if (codeOf(error) === "EEXIST") return false;
    throw error;
  }
  try {
    writeFileSync(file, JSON.stringify(holder));
    return true;
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
  } catch (error) {
    if (codeOf(error) !== "EEXIST") throw error;
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

/** Where the workspace itself cannot be written there is nothing that two could write at once. */
function refuse(root: string, error: unknown): undefined {
  const code = codeOf(error);
  if (!UNWRITABLE.has(code)) throw error;
  if (!isWritable(root)) return;
  const inTheWay = [posix.dirname(OWN_FOLDER), OWN_FOLDER].find((path) => isNoFolder(join(root, path)));
  throw new OoneexNxError({
    code: "GENERATOR_LOCK_UNWRITABLE",
    what: inTheWay === undefined ? `${OWN_FOLDER} cannot be written (${code}), so nobody knows whether another generator is at work` : `${inTheWay} is no folder, and generators keep their lock in ${OWN_FOLDER}`,
    where: inTheWay ?? OWN_FOLDER,
    remedy: inTheWay === undefined ? `give it back to the user that you are, as by sudo chown -R "$USER" ${posix.dirname(OWN_FOLDER)}` : "move it away, then run again",
  });
}

function isWritable(folder: string): boolean {
  try {
    accessSync(folder, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

function isNoFolder(path: string): boolean {
  const isThere = lstatSync(path, { throwIfNoEntry: false }) !== undefined;
  return isThere && statSync(path, { throwIfNoEntry: false })?.isDirectory() !== true;
}

function codeOf(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? "";
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
