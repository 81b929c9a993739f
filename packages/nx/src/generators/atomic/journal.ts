import type { FileChange } from "@nx/devkit";
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

/** What a generator is about to write. */
export interface Journal {
  readonly generator: string;
  /** Its options as JSON. */
  readonly options: string;
  readonly entries: readonly JournalEntry[];
}

interface JournalEntry {
  /** Workspace-relative. */
  readonly path: string;
  /** Digest of what is there before; `null` for no file. */
  readonly before: string | null;
  /** Content in base64; `null` where the file goes. */
  readonly after: string | null;
}

/** Nx's own folder for what it knows of a workspace, which git leaves out. */
const FILE = ".nx/workspace-data/ooneex-nx-journal.json";

/** One at a time writes it: who has the lock. */
const DRAFT = `${FILE}.draft`;

/**
 * Notes down what is about to be written, all at once: a note that is there is whole.
 *
 * @returns the note; one without entries is not written
 */
export function writeJournal(root: string, request: Pick<Journal, "generator" | "options">, changes: readonly FileChange[]): Journal {
  const entries = changes.map(({ path, type, content }): JournalEntry => {
    const present = read(root, path);
    return { path, before: present === undefined ? null : digest(present), after: type === "DELETE" ? null : (content ?? Buffer.alloc(0)).toString("base64") };
  });
  const journal = { ...request, entries };
  if (entries.length > 0) write(root, journal);
  return journal;
}

/** Takes the note away, or puts an earlier one in its place. */
export function removeJournal(root: string, earlier: Journal | undefined): void {
  if (earlier !== undefined) return write(root, earlier);
  for (const file of [FILE, DRAFT]) rmSync(join(root, file), { force: true });
}

/** @returns `undefined` where no generator was interrupted */
export function readJournal(root: string): Journal | undefined {
  const text = read(root, FILE);
  return text === undefined ? undefined : (JSON.parse(text.toString()) as Journal);
}

/** Whether anything of a note has been written, whole or in part. A dry run and a full disk leave notes of which nothing has. */
export function hasBegun(root: string, { entries }: Journal): boolean {
  return entries.some((entry) => stateOf(root, entry) === "after" || stateOf(root, entry) === "torn");
}

/** What of a note is still to be written, and which of its files somebody has changed since. */
export function restOf(root: string, { entries }: Journal): { rest: JournalEntry[]; changed: string[] } {
  const states = entries.map((entry) => ({ entry, state: stateOf(root, entry) }));
  return {
    rest: states.filter(({ state }) => state === "before" || state === "torn").map(({ entry }) => entry),
    changed: states.filter(({ state }) => state === "changed").map(({ entry }) => entry.path),
  };
}

type State = "before" | "after" | "torn" | "changed";

/** A file whose writing broke off holds the first bytes of what it was to hold, and may hold none. */
function stateOf(root: string, { path, before, after }: JournalEntry): State {
  const present = read(root, path);
  const wanted = after === null ? undefined : Buffer.from(after, "base64");
  if (present === undefined) return wanted === undefined ? "after" : before === null ? "before" : "changed";
  if (wanted?.equals(present) === true) return "after";
  if (digest(present) === before) return "before";
  return wanted?.subarray(0, present.length).equals(present) === true ? "torn" : "changed";
}

function write(root: string, journal: Journal): void {
  const file = join(root, FILE);
  const draft = join(root, DRAFT);
  mkdirSync(dirname(file), { recursive: true });
  try {
    writeFileSync(draft, JSON.stringify(journal));
    renameSync(draft, file);
  } catch (error) {
    rmSync(draft, { force: true });
    throw error;
  }
}

/** @returns `undefined` where there is no such file; a folder counts as an empty one, as Nx deletes both alike */
function read(root: string, path: string): Buffer | undefined {
  try {
    return readFileSync(join(root, path));
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EISDIR" ? Buffer.alloc(0) : undefined;
  }
}

function digest(content: Buffer): string {
  return createHash("sha256").update(content).digest("hex");
}
