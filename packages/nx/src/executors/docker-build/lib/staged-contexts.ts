import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, statSync, symlinkSync, utimesSync, writeFileSync } from "node:fs";
import { dirname, join, posix } from "node:path";
import { OoneexNxError } from "../../../errors.js";
import { type ContextFile, type ContextFiles, hashContexts } from "../../../image/context-files.js";
import { makeOwnFolder, OWN_FOLDER } from "../../../workspace/own-folder.js";

/** How long a staged context stays that no build has used, in milliseconds. */
const KEPT = 24 * 60 * 60 * 1_000;

/** The name that a Dockerfile has in the folder of its contexts. */
const DOCKERFILE = "Dockerfile";

/** Files that a build gets as named contexts instead of the whole repository. */
export interface StagedContexts {
  /** Workspace-relative folder, named by its content, so that two builds at once never write into each other's. */
  readonly folder: string;
  /** Files by the name of the context. */
  readonly contexts: Readonly<Record<string, ContextFiles>>;
  /** The Dockerfile, of a build that reads nothing else; `undefined` where it stays in the repository. */
  readonly dockerfile: ContextFile | undefined;
}

/** Puts contexts, and perhaps their Dockerfile, into a folder that is named by what is in them. */
export function layOutStage(imageName: string, contexts: StagedContexts["contexts"], dockerfile: ContextFile | undefined): StagedContexts & { readonly hash: string } {
  const beside = dockerfile === undefined ? {} : { "": new Map([[DOCKERFILE, dockerfile]]) };
  const hash = hashContexts({ ...contexts, ...beside });
  return { folder: posix.join(OWN_FOLDER, `${imageName}-${hash.slice(0, 16)}`), contexts, dockerfile, hash };
}

/** Workspace-relative folder of each context by its name. */
export function locateContexts({ folder, contexts }: StagedContexts): Record<string, string> {
  return Object.fromEntries(Object.keys(contexts).map((name) => [name, posix.join(folder, name)]));
}

/** Workspace-relative path of the Dockerfile; `undefined` where it is not staged. */
export function locateDockerfileCopy({ folder, dockerfile }: StagedContexts): string | undefined {
  return dockerfile === undefined ? undefined : posix.join(folder, DOCKERFILE);
}

/**
 * Writes the contexts, unless the same ones are there already. They appear under their name all at once, so a build that
 * is killed while it stages leaves nothing that another would take for whole.
 *
 * @param root - absolute path of the workspace
 * @throws OoneexNxError `STAGE_UNWRITABLE` where the file system refuses, as one that is full does
 */
export function writeStage(root: string, stage: StagedContexts): void {
  try {
    stageOnce(root, stage);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    throw new OoneexNxError({
      code: "STAGE_UNWRITABLE",
      what: `the files of the build cannot be written: ${message.replaceAll(`${root}/`, "")}`,
      where: stage.folder,
      remedy: `make room for them, and see that ${OWN_FOLDER} is a folder that you may write to; the folders in it can be removed at any time`,
    });
  }
}

function stageOnce(root: string, stage: StagedContexts): void {
  const target = join(root, stage.folder);
  const parent = dirname(target);
  makeOwnFolder(root);
  if (!touch(target)) writeWhole(target, stage);
  sweep(parent, target);
  // Another run may have swept it at the very moment at which it was touched.
  if (!existsSync(target)) writeWhole(target, stage);
}

function writeWhole(target: string, { contexts, dockerfile }: StagedContexts): void {
  const draft = mkdtempSync(`${target}.`);
  try {
    chmodSync(draft, 0o755);
    for (const [name, files] of Object.entries(contexts)) writeContext(draft, name, files);
    if (dockerfile !== undefined) writeContextFile(join(draft, DOCKERFILE), dockerfile);
    renameSync(draft, target);
  } catch (error) {
    rmSync(draft, { recursive: true, force: true });
    // Another run has staged the same in the meantime.
    if (!existsSync(target)) throw error;
  }
}

function writeContext(draft: string, name: string, files: ContextFiles): void {
  makeFolder(draft, name);
  for (const [path, file] of files) {
    makeFolder(draft, posix.dirname(posix.join(name, path)));
    writeContextFile(join(draft, name, path), file);
  }
}

/** Makes a folder and those above it, up to one that is there. */
function makeFolder(root: string, path: string): void {
  if (path === "." || existsSync(join(root, path))) return;
  makeFolder(root, posix.dirname(path));
  mkdirSync(join(root, path));
  chmodSync(join(root, path), 0o755);
}

/** The same permissions on every machine, whatever the user's mask. */
function writeContextFile(path: string, { content, kind }: ContextFile): void {
  if (kind === "link") {
    symlinkSync(Buffer.from(content).toString("utf8"), path);
    return;
  }
  writeFileSync(path, content);
  chmodSync(path, kind === "executable" ? 0o755 : 0o644);
}

/**
 * Removes what no build has used for a day, drafts of killed runs among it. It goes under another name first, since a folder
 * that is half removed must not be taken for whole. Files there belong to the generators.
 */
function sweep(parent: string, own: string): void {
  for (const name of readdirSync(parent)) {
    const path = join(parent, name);
    const trash = `${path}.trash-${process.pid}`;
    const stats = statSync(path, { throwIfNoEntry: false });
    if (path === own || stats?.isDirectory() !== true || Date.now() - stats.mtimeMs <= KEPT) continue;
    try {
      renameSync(path, trash);
      rmSync(trash, { recursive: true, force: true });
    } catch {
      // Another run removes it.
    }
  }
}

/** @returns `false` where it is not there */
function touch(path: string): boolean {
  try {
    const now = new Date();
    utimesSync(path, now, now);
    return true;
  } catch {
    return false;
  }
}
