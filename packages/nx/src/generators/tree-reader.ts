import type { Tree } from "@nx/devkit";
import type { WorkspaceReader } from "../workspace/service-model.js";

/** Reads a workspace by way of a generator's tree. */
export function readTree(tree: Tree): WorkspaceReader {
  return {
    read: (path) => (tree.isFile(path) ? (tree.read(path, "utf8") ?? undefined) : undefined),
    list: (folder) => tree.children(folder),
  };
}
