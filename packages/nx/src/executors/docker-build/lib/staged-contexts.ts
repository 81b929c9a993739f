import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, statSync, symlinkSync, utimesSync, writeFileSync } from "node:fs";
import { dirname, join, posix } from "node:path";
import type { ContextFile, ContextFiles } from "../../../image/context-files.js";

/** Folder of the staged contexts. Nx's own folder is ignored by git and by every build already. */
const STAGE = ".nx/ooneex";

/** How long a staged context stays that no build has used, in milliseconds. */
const KEPT = 24 * 60 * 60 * 1_000;

/** Files that a build gets as named contexts instead of the whole repository. */
export interface StagedContexts {
  /** Workspace-relative folder, named by its content, so that two builds at once never write into each other's. */
  readonly folder: string;
  /** Files by the name of the context. */
  readonly contexts: Readonly<Record<string, ContextFiles>>;
}

/** @param hash - of the contexts' content */
export function nameStage(imageName: string, hash: string): string {
  return posix.join(STAGE, `${imageName}-${hash.slice(0, 16)}`);
}

/** Workspace-relative folder of each context by its name. */
export function locateContexts({ folder, contexts }: StagedContexts): Record<string, string> {
  return Object.fromEntries(Object.keys(contexts).map((name) => [name, posix.join(folder, name)]));
}

/**
 * Writes the contexts, unless the same ones are there already. They appear under their name all at once, so a build that
 * is killed while it stages leaves nothing that another would take for whole.
 *
 * @param root - absolute path of the workspace
 */
export function writeStage(root: string, { folder, contexts }: StagedContexts): void {
  const target = join(root, folder);
  const parent = dirname(target);
  mkdirSync(parent, { recursive: true });
  sweep(parent);
  if (existsSync(target)) {
    touch(target);
    return;
  }
  const draft = mkdtempSync(`${target}.`);
  for (const [name, files] of Object.entries(contexts)) {
    mkdirSync(join(draft, name));
    for (const [path, file] of files) {
      mkdirSync(dirname(join(draft, name, path)), { recursive: true });
      writeContextFile(join(draft, name, path), file);
    }
  }
  try {
    renameSync(draft, target);
  } catch (error) {
    rmSync(draft, { recursive: true, force: true });
    // Another run has staged the same in the meantime.
    if (!existsSync(target)) throw error;
  }
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

/** Removes what no build has used for a day, drafts of killed runs among it. */
function sweep(parent: string): void {
  for (const name of readdirSync(parent)) {
    const path = join(parent, name);
    const stats = statSync(path, { throwIfNoEntry: false });
    if (stats !== undefined && Date.now() - stats.mtimeMs > KEPT) rmSync(path, { recursive: true, force: true });
  }
}

function touch(path: string): void {
  const now = new Date();
  utimesSync(path, now, now);
}
