import type { FileData } from "@nx/devkit";
import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { readImportHeader } from "../workspace/import-header.js";
import type { ImportStatement, readImports } from "../workspace/imports.js";
import { type CachedImports, readImportCache, writeImportCache } from "./import-cache.js";

/** A source file with the project that it belongs to. */
export interface SourceFile extends FileData {
  readonly project: string;
}

/** What source files import. */
export interface FileImports {
  /** Of each file, in the order of the files. */
  readonly imports: readonly (readonly ImportStatement[])[];
  /** Keeps what was read for the next time; `undefined` where nothing new was, or too little. Takes a while. */
  readonly save: (() => void) | undefined;
}

/** What the files that were read before are remembered by. */
export interface ImportMemory {
  /** Whether the files are so many that it pays to read and to write the cache. */
  readonly isCached: boolean;
  /** Lists all source files of the workspace, of which the cache is made. */
  readonly listAll: () => readonly SourceFile[];
}

/**
 * Milliseconds that a file must have been left alone to be kept in the cache. Nx took its hash a moment before it is read,
 * and a file that changed in between would be kept under the hash of another content.
 */
const SETTLED_AFTER = 10_000;

/**
 * Reads what each of some source files imports. A file that is gone imports nothing.
 *
 * Where the cache is used, those whose content was read before are not read again.
 *
 * @param files - the files to read
 * @param now - milliseconds since 1970
 */
export async function readImportsOfFiles(
  workspaceRoot: string,
  files: readonly SourceFile[],
  { isCached, listAll }: ImportMemory,
  now = Date.now(),
): Promise<FileImports> {
  const cache = isCached ? readImportCache(workspaceRoot) : new Map<string, CachedImports>();
  const fresh = new Map<string, CachedImports>();
  const imports: (readonly ImportStatement[])[] = [];
  // Loaded for the first file that takes it: a native module costs more than reading a few files.
  let parse: typeof readImports | undefined;
  for (const { file, hash } of files) {
    const cached = cache.get(file);
    if (cached?.hash === hash) {
      imports.push(cached.imports);
      continue;
    }
    const text = readText(join(workspaceRoot, file));
    const header = readImportHeader(file, text);
    if (header === undefined) parse ??= (await import("../workspace/imports.js")).readImports;
    const read = header ?? parse?.(file, text) ?? [];
    imports.push(read);
    fresh.set(file, { hash, imports: read });
  }
  if (!isCached || fresh.size === 0) return { imports, save: undefined };

  const save = (): void => {
    const kept = new Map<string, CachedImports>();
    for (const { file, hash } of listAll()) {
      const cached = cache.get(file);
      const entry = cached?.hash === hash ? cached : isSettled(join(workspaceRoot, file), now) ? fresh.get(file) : undefined;
      if (entry !== undefined) kept.set(file, entry);
    }
    writeImportCache(workspaceRoot, kept);
  };
  return { imports, save };
}

/** A file that is gone by the time it is read is one that the next run does not list. */
function readText(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}

/** Goes by the last change of the file or of its properties, a time that no tool can set back. */
function isSettled(path: string, now: number): boolean {
  const changed = statSync(path, { throwIfNoEntry: false })?.ctimeMs;
  return changed !== undefined && changed < now - SETTLED_AFTER;
}
