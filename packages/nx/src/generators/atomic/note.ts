import type { Tree } from "@nx/devkit";
import { createHash } from "node:crypto";
import { lstatSync, readdirSync, readFileSync, readlinkSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join, posix } from "node:path";
import { makeOwnFolder, OWN_FOLDER } from "../../workspace/own-folder.js";

/** Which run of a generator a note is of. */
export interface Request {
  readonly generator: string;
  /** Its options as JSON, in the order in which they were given. */
  readonly options: string;
  /** What git has checked out. */
  readonly head: string;
}

/** What a generator is about to write and to delete. */
export interface Note extends Request {
  readonly version: 1;
  readonly files: readonly NotedFile[];
  readonly folders: readonly NotedFolder[];
}

export interface NotedFile {
  /** Workspace-relative. */
  readonly path: string;
  /** Content in base64; `null` for no file. */
  readonly before: string | null;
  readonly after: string | null;
}

/** A folder that goes with all that is in it. */
export interface NotedFolder {
  readonly path: string;
  /** Digest of each file in it by its workspace-relative path. */
  readonly files: Readonly<Record<string, string>>;
}

const NAME = /^ooneex-nx-[0-9a-f]{16}\.json$/;
const DRAFT = /^ooneex-nx-[0-9a-f]{16}\.json\.draft$/;

/** Workspace-relative path of a request's note. One request, in whatever order its options are given, has one note, so that none takes another's place. */
export function locateNote({ generator, options, head }: Request): string {
  return posix.join(OWN_FOLDER, `ooneex-nx-${digest(JSON.stringify([generator, sortKeys(JSON.parse(options)), head])).slice(0, 16)}.json`);
}

/** @returns workspace-relative paths */
export function listNotes(root: string): string[] {
  return listOwn(root, NAME);
}

/** Takes away what killed processes have left of writing their notes. Only who has the lock may: no other process is at it then. */
export function removeDrafts(root: string): void {
  for (const draft of listOwn(root, DRAFT)) rmSync(join(root, draft), { force: true });
}

function listOwn(root: string, pattern: RegExp): string[] {
  try {
    return readdirSync(join(root, OWN_FOLDER)).filter((name) => pattern.test(name)).sort().map((name) => posix.join(OWN_FOLDER, name));
  } catch {
    return [];
  }
}

/** @returns `undefined` for one that is not there, is damaged, or is of another version */
export function readNote(root: string, file: string): Note | undefined {
  try {
    const note: unknown = JSON.parse(readFileSync(join(root, file), "utf8"));
    return isNote(note) ? note : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Notes down what a tree is about to become, all at once and on the disk before anything else is: a note that is there is whole.
 * It may hold secrets, since env files are among what is written.
 *
 * @param before - what was there before an earlier run was interrupted, by path; `null` for no file
 */
export function writeNote(tree: Tree, request: Request, before: ReadonlyMap<string, string | null>): void {
  const changes = tree.listChanges().map(({ path }) => path);
  const folders = changes.filter((path) => isFolder(tree.root, path));
  const paths = new Set([...changes.filter((path) => !folders.includes(path)), ...before.keys()]);
  if (paths.size + folders.length === 0) return;
  const files = [...paths].map((path): NotedFile => {
    const known = before.get(path);
    return { path, before: known === undefined ? encode(read(tree.root, path)) : known, after: encode(readFromTree(tree, path)) };
  });
  const note: Note = { version: 1, ...request, files, folders: folders.map((path) => ({ path, files: digestFolder(tree.root, path) })) };
  const target = join(tree.root, locateNote(request));
  const draft = `${target}.draft`;
  makeOwnFolder(tree.root);
  try {
    writeFileSync(draft, JSON.stringify(note), { mode: 0o600, flush: true });
    renameSync(draft, target);
  } catch (error) {
    rmSync(draft, { force: true });
    throw error;
  }
}

export function removeNote(root: string, file: string): void {
  rmSync(join(root, file), { force: true });
}

/** @returns where it is now; `undefined` where another process has been faster */
export function moveNoteAside(root: string, file: string): string | undefined {
  const aside = `${file}.damaged`;
  try {
    renameSync(join(root, file), join(root, aside));
    return aside;
  } catch {
    return undefined;
  }
}

/** @returns `undefined` where there is no such file */
export function read(root: string, path: string): Buffer | undefined {
  try {
    return readFileSync(join(root, path));
  } catch {
    return undefined;
  }
}

export function readFromTree(tree: Tree, path: string): Buffer | undefined {
  return (tree.isFile(path) ? tree.read(path) : undefined) ?? undefined;
}

/**
 * Digests every file of a folder; of a link, where it leads to.
 *
 * @returns digest by workspace-relative path
 */
export function digestFolder(root: string, folder: string): Record<string, string> {
  const digests: Record<string, string> = {};
  for (const entry of list(root, folder)) {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory()) Object.assign(digests, digestFolder(root, path));
    else digests[path] = entry.isSymbolicLink() ? `link ${readlinkSync(join(root, path))}` : digest(read(root, path) ?? "unreadable");
  }
  return digests;
}

function list(root: string, folder: string) {
  try {
    return readdirSync(join(root, folder), { withFileTypes: true });
  } catch {
    return [];
  }
}

function isFolder(root: string, path: string): boolean {
  return lstatSync(join(root, path), { throwIfNoEntry: false })?.isDirectory() === true;
}

function encode(content: Buffer | undefined): string | null {
  return content?.toString("base64") ?? null;
}

/** A value with the keys of all its objects in one order. */
function sortKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sortKeys);
  if (!isObject(value)) return value;
  const entries = Object.entries(value as object).sort(([one], [other]) => (one < other ? -1 : 1));
  return Object.fromEntries(entries.map(([key, part]) => [key, sortKeys(part)]));
}

function digest(content: Buffer | string): string {
  return createHash("sha256").update(content).digest("hex");
}

function isNote(value: unknown): value is Note {
  const note = value as Partial<Note> | null;
  return (
    note?.version === 1 &&
    [note.generator, note.options, note.head].every((part) => typeof part === "string") &&
    isObject(JSON.parse(note.options ?? "")) &&
    isList(note.files, ({ path, before, after }: NotedFile) => isPath(path) && isContent(before) && isContent(after)) &&
    isList(note.folders, ({ path, files }: NotedFolder) => isPath(path) && isObject(files) && Object.entries(files).every(([file, hash]) => isPath(file) && typeof hash === "string"))
  );
}

function isList<T extends object>(value: unknown, isItem: (item: T) => boolean): boolean {
  return Array.isArray(value) && value.every((item: T) => isObject(item) && isItem(item));
}

function isObject(value: unknown): boolean {
  return typeof value === "object" && value !== null;
}

function isContent(value: unknown): boolean {
  return value === null || typeof value === "string";
}

/** Nothing outside the workspace is written or deleted, whoever has written the note. */
function isPath(value: unknown): boolean {
  return typeof value === "string" && value !== "" && !posix.isAbsolute(value) && !value.split(/[\\/]/).includes("..");
}
