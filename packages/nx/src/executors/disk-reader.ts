import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import type { WorkspaceReader } from "../workspace/service-model.js";

/**
 * Reads a workspace from disk.
 *
 * @param root - absolute path
 */
export function readDisk(root: string): WorkspaceReader {
  const stat = (path: string) => statSync(join(root, path), { throwIfNoEntry: false });
  return {
    read: (path) => (stat(path)?.isFile() === true ? readFileSync(join(root, path), "utf8") : undefined),
    list: (folder) => (stat(folder)?.isDirectory() === true ? readdirSync(join(root, folder)) : []),
  };
}
