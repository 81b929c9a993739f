import type { ImportStatement } from "../workspace/imports.js";
import { readWorkspaceData, writeWorkspaceData } from "./workspace-data.js";

/**
 * Imports that led to no project and no package when their file was last read, by workspace-relative file.
 *
 * Nx keeps the edges of a file until the file changes. What it imports may come later, though: a module that is not created
 * yet, a package that is not installed yet. These are the imports to look at again, until their file changes.
 */
export type UnresolvedImports = Readonly<Record<string, readonly ImportStatement[]>>;

const FILE = "unresolved-imports.json";

/** Reads what the last run left; nothing where there was none, or where the file is damaged. */
export function readUnresolvedImports(workspaceRoot: string): UnresolvedImports {
  try {
    const imports: unknown = JSON.parse(readWorkspaceData(workspaceRoot, FILE) ?? "{}");
    return typeof imports === "object" && imports !== null ? (imports as UnresolvedImports) : {};
  } catch {
    return {};
  }
}

/** Leaves them for the next run. */
export function writeUnresolvedImports(workspaceRoot: string, imports: UnresolvedImports): void {
  writeWorkspaceData(workspaceRoot, FILE, JSON.stringify(imports));
}
