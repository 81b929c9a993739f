import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import type { ImportStatement } from "../workspace/imports.js";

/**
 * Imports that led to no project and no package when their file was last read, by workspace-relative file.
 *
 * Nx keeps the edges of a file until the file changes. What it imports may come later, though: a module that is not created
 * yet, a package that is not installed yet. These are the imports to look at again, until their file changes.
 */
export type UnresolvedImports = Readonly<Record<string, readonly ImportStatement[]>>;

/** Reads what the last run left; nothing where there was none, or where the file is damaged. */
export function readUnresolvedImports(workspaceRoot: string): UnresolvedImports {
  try {
    const imports: unknown = JSON.parse(readFileSync(locate(workspaceRoot), "utf8"));
    return typeof imports === "object" && imports !== null ? (imports as UnresolvedImports) : {};
  } catch {
    return {};
  }
}

/** Leaves them for the next run. The file is replaced as a whole, since the daemon and a command may run at once. */
export function writeUnresolvedImports(workspaceRoot: string, imports: UnresolvedImports): void {
  const path = locate(workspaceRoot);
  const draft = `${path}.${process.pid}`;
  try {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(draft, JSON.stringify(imports));
    renameSync(draft, path);
  } catch {
    // A read-only workspace has its graph all the same.
  }
}

/** Beside Nx's own file map, so that `nx reset` forgets both. */
function locate(workspaceRoot: string): string {
  const folder = process.env["NX_WORKSPACE_DATA_DIRECTORY"] ?? process.env["NX_PROJECT_GRAPH_CACHE_DIRECTORY"];
  return resolve(workspaceRoot, folder ?? ".nx/workspace-data", "ooneex-nx-unresolved-imports.json");
}
