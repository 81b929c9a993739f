import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, resolve } from "node:path";

/**
 * Reads a file that an earlier run of the graph left.
 *
 * @returns `undefined` where there is none
 */
export function readWorkspaceData(workspaceRoot: string, name: string): string | undefined {
  try {
    return readFileSync(locate(workspaceRoot, name), "utf8");
  } catch {
    return undefined;
  }
}

/** Leaves a file for the next run. It is replaced as a whole, since the daemon and a command may run at once. */
export function writeWorkspaceData(workspaceRoot: string, name: string, text: string): void {
  const path = locate(workspaceRoot, name);
  const draft = `${path}.${process.pid}`;
  try {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(draft, text);
    renameSync(draft, path);
  } catch {
    // A read-only workspace, or one on a full disk, has its graph all the same.
    rmSync(draft, { force: true });
  }
}

/** Beside Nx's own file map, so that `nx reset` forgets both. */
function locate(workspaceRoot: string, name: string): string {
  const folder = process.env["NX_WORKSPACE_DATA_DIRECTORY"] ?? process.env["NX_PROJECT_GRAPH_CACHE_DIRECTORY"];
  return resolve(workspaceRoot, folder ?? ".nx/workspace-data", `ooneex-nx-${name}`);
}
