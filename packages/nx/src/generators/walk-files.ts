import type { Tree } from "@nx/devkit";
import { lstatSync } from "node:fs";
import { join } from "node:path";

/** Folders of tools: large, and never written by hand. */
const TOOLS = new Set(["node_modules", ".git", ".nx"]);

/** What tools write beside a manifest. Deeper down, a name such as `coverage` is one like any other. */
const OUTPUTS = new Set(["dist", "coverage", "tmp"]);

/**
 * Lists the files below a folder that a person may have written, workspace-relative, those that git ignores included. A link
 * to a folder is not followed: it may lead out of the workspace, or back to where it stands.
 */
export function walkFiles(tree: Tree, folder = ""): string[] {
  const children = tree.children(folder);
  const isProject = children.includes("package.json");
  return children.flatMap((child) => {
    if (TOOLS.has(child) || (isProject && OUTPUTS.has(child))) return [];
    const path = folder === "" ? child : `${folder}/${child}`;
    if (tree.isFile(path)) return [path];
    return isLink(join(tree.root, path)) ? [] : walkFiles(tree, path);
  });
}

/** What is only in the tree, and not yet on disk, is no link. */
function isLink(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() === true;
}
