import { posix } from "node:path";
import type { Place, WorkspaceFiles } from "./workspace-files.js";

/** What asks for a module; Bun tries other names for each. */
export type ImportKind = "import" | "require";

/** A file that a path means for Bun. */
export interface FoundFile {
  readonly place: Place;
  /** The package.json of a folder that says which of its files is meant. */
  readonly manifest: string | undefined;
}

/** Tried behind a path in this order; the first file that exists is meant. Measured with Bun 1.3 and 1.4. */
const EXTENSIONS: Readonly<Record<ImportKind, readonly string[]>> = {
  import: [".tsx", ".jsx", ".mts", ".ts", ".mjs", ".js", ".cts", ".cjs", ".json"],
  require: [".tsx", ".ts", ".jsx", ".cts", ".cjs", ".js", ".mjs", ".mts", ".json"],
};

/** What TypeScript compiles to the extension that an import names. */
const COMPILED_FROM: Readonly<Record<string, readonly string[]>> = {
  ".js": [".ts", ".tsx", ".mts"],
  ".jsx": [".ts", ".tsx", ".mts"],
  ".mjs": [".mts"],
  ".cjs": [".cts"],
};

/** Fields of a package.json that name a folder's module, the first one that leads to a file. */
const MAIN_FIELDS: Readonly<Record<ImportKind, readonly string[]>> = { import: ["module", "main"], require: ["main"] };

/** Ends of a declaration's name: types that a compiler finds where a bundler finds nothing. */
const DECLARATIONS = [".d.ts", ".d.mts", ".d.cts", "/index.d.ts"];

/**
 * Finds the file that a path means for Bun's bundler: the file, the path with an extension behind it, the TypeScript that it
 * is compiled from, or the folder's module.
 *
 * @param path - workspace-relative; a slash at its end leaves only the folder
 */
export function findModule(files: WorkspaceFiles, path: string, kind: ImportKind): FoundFile | undefined {
  const own = path.replace(/\/+$/, "");
  const file = path === own && own !== "" ? findModuleFile(files, own, kind) : undefined;
  return file === undefined ? findFolderModule(files, own, kind) : { place: file, manifest: undefined };
}

/** Finds the file that a path means, a folder's module left out: what a package's `exports` may lead to. */
export function findModuleFile(files: WorkspaceFiles, path: string, kind: ImportKind): Place | undefined {
  const exact = files.findFile(path) ?? findWithExtension(files, path, EXTENSIONS[kind]);
  if (exact !== undefined) return exact;
  const extension = posix.extname(path);
  return findWithExtension(files, path.slice(0, path.length - extension.length), COMPILED_FROM[extension] ?? []);
}

/** Whether there are types in the place of a module: Bun drops an import that nothing but types comes from. */
export function isDeclared(files: WorkspaceFiles, path: string): boolean {
  const stem = path.replace(/\/+$/, "").replace(/\.[cm]?jsx?$/, "");
  return DECLARATIONS.some((ending) => files.findFile(stem + ending) !== undefined) || files.findFile(path) !== undefined;
}

function findFolderModule(files: WorkspaceFiles, folder: string, kind: ImportKind): FoundFile | undefined {
  if (files.find(folder)?.kind !== "folder") return undefined;
  const manifest = posix.join(folder, "package.json");
  const fields = files.readObject(manifest) ?? {};
  for (const field of MAIN_FIELDS[kind]) {
    const main = fields[field];
    if (typeof main !== "string" || main === "") continue;
    const path = posix.join(folder, main).replace(/\/+$/, "");
    const place = findModuleFile(files, path, kind) ?? findIndex(files, path, kind);
    // A linked folder has its manifest where it really is.
    if (place !== undefined) return { place, manifest: files.findFile(manifest)?.path };
  }
  const place = findIndex(files, folder, kind);
  return place === undefined ? undefined : { place, manifest: undefined };
}

function findIndex(files: WorkspaceFiles, folder: string, kind: ImportKind): Place | undefined {
  return findWithExtension(files, posix.join(folder, "index"), EXTENSIONS[kind]);
}

function findWithExtension(files: WorkspaceFiles, stem: string, extensions: readonly string[]): Place | undefined {
  for (const extension of extensions) {
    const place = files.findFile(stem + extension);
    if (place !== undefined) return place;
  }
  return undefined;
}
