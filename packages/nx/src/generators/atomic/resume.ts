import type { Tree } from "@nx/devkit";
import { digestFolder, type Note, type NotedFile, type NotedFolder, read, readFromTree } from "./note.js";

type State = "before" | "after" | "torn" | "changed";

/** Whether anything of a note has been written or deleted, whole or in part. A dry run and a full disk leave notes of which nothing has. */
export function hasBegun(root: string, note: Note): boolean {
  return note.files.some((file) => ["after", "torn"].includes(stateOf(root, file))) || isBeyondReturn(root, note);
}

/** Whether a generator was interrupted while it deleted a folder, so that it cannot be run on what was there before. */
export function isBeyondReturn(root: string, { files, folders }: Note): boolean {
  const kept = new Set(files.map(({ path }) => path));
  return folders.some((folder) => {
    const present = digestFolder(root, folder.path);
    return Object.keys(folder.files).some((path) => present[path] === undefined && !kept.has(path));
  });
}

/** Files that are neither as the interrupted generator has found them nor as it leaves them. */
export function listChanged(root: string, { files, folders }: Note): string[] {
  const changed = files.filter((file) => stateOf(root, file) === "changed").map(({ path }) => path);
  return [...changed, ...folders.flatMap((folder) => splitFolder(root, folder).foreign)].sort();
}

/** What a note's generator is shown when it runs again: the workspace as it was before its first run. */
export interface Rewound {
  /** Content before the first run by path, in base64; `null` for no file. */
  readonly before: ReadonlyMap<string, string | null>;
  /** Keeps what the generator has not written again as the disk has it, or finishes it where its writing broke off. */
  readonly settle: () => void;
  /** Takes all of it back, where the generator refuses. */
  readonly restore: () => void;
}

/**
 * Takes back, in the tree alone, what an interrupted generator has written. It can then run as it did, to the end and with its
 * callback. What somebody has changed since is not taken back; a file that it has created goes out of its sight meanwhile.
 */
export function rewind(tree: Tree, { files }: Note): Rewound {
  const states = files.map((file) => ({ file, state: stateOf(tree.root, file), disk: read(tree.root, file.path) }));
  const written = states.filter(({ state }) => state === "after" || state === "torn");
  const hidden = states.filter(({ file, state }) => state === "changed" && file.before === null);
  for (const { file } of written) put(tree, file.path, decode(file.before));
  for (const { file } of hidden) put(tree, file.path, undefined);
  const restore = (those: typeof states): void => {
    for (const { file, disk } of those) put(tree, file.path, disk);
  };
  return {
    before: new Map(written.map(({ file }) => [file.path, file.before])),
    settle: () => {
      for (const { file } of written) {
        const isUntouched = same(readFromTree(tree, file.path), decode(file.before));
        if (isUntouched) put(tree, file.path, decode(file.after));
      }
      restore(hidden);
    },
    restore: () => restore([...written, ...hidden]),
  };
}

/** Does the rest of what a generator was interrupted at, in the tree. Nothing goes but what it has seen. */
export function finish(tree: Tree, { files, folders }: Note): void {
  for (const file of files) if (["before", "torn"].includes(stateOf(tree.root, file))) put(tree, file.path, decode(file.after));
  for (const folder of folders) {
    const { own, foreign } = splitFolder(tree.root, folder);
    for (const path of foreign.length === 0 ? [folder.path] : own) tree.delete(path);
  }
}

function splitFolder(root: string, { path, files }: NotedFolder): { own: string[]; foreign: string[] } {
  const present = Object.entries(digestFolder(root, path));
  const isOwn = ([file, hash]: [string, string]): boolean => files[file] === hash;
  return { own: present.filter(isOwn).map(([file]) => file), foreign: present.filter((entry) => !isOwn(entry)).map(([file]) => file) };
}

/** A file whose writing broke off holds the first bytes of what it was to hold, and may hold none. */
function stateOf(root: string, { path, before, after }: NotedFile): State {
  const present = read(root, path);
  const wanted = decode(after);
  if (same(present, wanted)) return "after";
  if (same(present, decode(before))) return "before";
  return present !== undefined && wanted?.subarray(0, present.length).equals(present) === true ? "torn" : "changed";
}

function put(tree: Tree, path: string, content: Buffer | undefined): void {
  if (content !== undefined) tree.write(path, content);
  else if (tree.exists(path)) tree.delete(path);
}

function same(one: Buffer | undefined, other: Buffer | undefined): boolean {
  return one === undefined || other === undefined ? one === other : one.equals(other);
}

function decode(content: string | null): Buffer | undefined {
  return content === null ? undefined : Buffer.from(content, "base64");
}
