import { type GeneratorCallback, logger, type Tree } from "@nx/devkit";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { readGitHead } from "../git-head.js";
import { installPackages } from "../install-packages.js";
import { isHeld, takeLock } from "./lock.js";
import { listNotes, locateNote, moveNoteAside, type Note, readNote, removeDrafts, removeNote, type Request, writeNote } from "./note.js";
import { finish, hasBegun, isBeyondReturn, listChanged, rewind } from "./resume.js";

type Result = GeneratorCallback | undefined;

/** A generator as Nx runs it. */
type Wrapped<O> = (tree: Tree, options: O) => Promise<GeneratorCallback>;

/**
 * Makes a generator's writes come through as a whole. Nx writes the files of a tree one after the other once the generator has
 * returned, and a full disk or a signal may end that half-way.
 *
 * What is about to be written is noted down first. The same command on the same commit finishes what a left-over note is of; any
 * other one says that it is there. Between reading and writing no other generator of the plugin is let in.
 *
 * @param name - of the generator
 * @param isReading - whether it writes nothing with these options, or only what it makes anew from all the rest
 * @throws OoneexNxError `GENERATOR_BUSY` where another one does not end in time, `GENERATOR_LOCK_UNWRITABLE` where that cannot be
 *   told, and what the generator throws
 */
export function atomic<O extends object>(
  name: string,
  generate: (tree: Tree, options: O) => Result | Promise<Result> | void | Promise<void>,
  isReading: (options: O) => boolean = () => false,
): Wrapped<O> {
  return async (tree, options) => {
    const { root } = tree;
    const run = async (): Promise<GeneratorCallback> => (await generate(tree, options)) ?? (() => undefined);
    // A tree of a test is on no disk. A generator that another one calls is part of that one's writes.
    if (!existsSync(root) || isHeld(root)) return run();
    const request: Request = { generator: name, options: JSON.stringify(options ?? {}), head: readGitHead(root) };
    // Nx tells in no other way that nothing will be written.
    const isDry = process.env["NX_DRY_RUN"] === "true";
    const early = isDry || (isReading(options) && !existsSync(join(root, locateNote(request)))) ? await run() : undefined;
    if (early !== undefined && (isDry || tree.listChanges().length === 0)) {
      warnOfNotes(root, listNotes(root));
      return early;
    }
    const release = await takeLock(root, name);
    if (release === undefined) return early ?? run();
    try {
      return await proceed(tree, request, early === undefined ? run : () => Promise.resolve(early), release);
    } catch (error) {
      release();
      throw error;
    }
  };
}

/** Runs a generator that has the lock. Its callback is called once everything is written, and not at all where that fails. */
async function proceed(tree: Tree, request: Request, run: () => Promise<GeneratorCallback>, release: () => void): Promise<GeneratorCallback> {
  const { root } = tree;
  const own = locateNote(request);
  const interrupted = readLeftNotes(root, own);
  const changed = interrupted === undefined ? [] : listChanged(root, interrupted);
  const callback = await resume(tree, request, interrupted, run);
  return async () => {
    try {
      removeNote(root, own);
      if (interrupted !== undefined) logger.info(`The generator ${request.generator} was interrupted earlier. What it had not written is written now.`);
      if (changed.length > 0) logger.warn(`Somebody has changed since, and the generator has kept: ${changed.join(", ")}. nx g @ooneex/nx:doctor says what is missing.`);
      await callback();
    } finally {
      release();
    }
  };
}

async function resume(tree: Tree, request: Request, interrupted: Note | undefined, run: () => Promise<GeneratorCallback>): Promise<GeneratorCallback> {
  if (interrupted !== undefined && isBeyondReturn(tree.root, interrupted)) {
    // What it was to remove is half gone, and it would refuse that. Its note holds what remains to be done.
    finish(tree, interrupted);
    const paths = [...interrupted.files.map(({ path }) => path), ...interrupted.folders.flatMap(({ files }) => Object.keys(files))];
    // The lockfile names every workspace package.
    return () => (paths.some((path) => path.endsWith("package.json")) ? installPackages(tree) : undefined);
  }
  const rewound = interrupted === undefined ? undefined : rewind(tree, interrupted);
  try {
    const callback = await run();
    rewound?.settle();
    writeNote(tree, request, rewound?.before ?? new Map());
    return callback;
  } catch (error) {
    rewound?.restore();
    throw error;
  }
}

/**
 * Notes of which nothing is written have nothing to finish, on whatever commit; they go, and the secrets in them.
 *
 * @returns the note of the same request, where it has begun; of others it is said that they are there
 */
function readLeftNotes(root: string, own: string): Note | undefined {
  removeDrafts(root);
  const left: string[] = [];
  for (const file of listNotes(root)) {
    const note = readNote(root, file);
    if (note === undefined) {
      const aside = moveNoteAside(root, file);
      if (aside !== undefined) logger.warn(`${file} cannot be read and is now ${aside}: an interrupted generator may have left files half-written.`);
    } else if (!hasBegun(root, note)) removeNote(root, file);
    else if (file !== own) left.push(file);
  }
  warnOfNotes(root, left);
  return readNote(root, own);
}

function warnOfNotes(root: string, files: readonly string[]): void {
  for (const file of files) {
    const note = readNote(root, file);
    if (note === undefined || !hasBegun(root, note)) continue;
    const at = note.head === "" ? "" : ` on ${note.head.replace(/(?<=\b[0-9a-f]{7})[0-9a-f]+$/, "")}`;
    logger.warn(`The generator ${note.generator} was interrupted${at}. To finish it, run there: ${describeCommand(note)}. To forget it, delete ${file}`);
  }
}

/** The command as a shell takes it. Nx reads a list with commas between its items. */
function describeCommand({ generator, options }: Note): string {
  const flags = Object.entries(JSON.parse(options) as Readonly<Record<string, unknown>>).map(([key, value]) => `--${key}=${quote(Array.isArray(value) ? value.join(",") : value)}`);
  return ["nx g", `@ooneex/nx:${generator}`, ...flags].join(" ");
}

function quote(value: unknown): string {
  const text = typeof value === "string" ? value : JSON.stringify(value);
  return /^[\w./@:,-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
