import type { Tree } from "@nx/devkit";

/** Folders of tools and of their outputs: large, and never written by hand. */
const SKIPPED = new Set(["node_modules", ".git", ".nx", "dist", "coverage", "tmp"]);

/** Lists every file below a folder, workspace-relative, those that git ignores included. */
export function walkFiles(tree: Tree, folder = "", skipped: ReadonlySet<string> = SKIPPED): string[] {
  return tree.children(folder).flatMap((child) => {
    if (skipped.has(child)) return [];
    const path = folder === "" ? child : `${folder}/${child}`;
    return tree.isFile(path) ? [path] : walkFiles(tree, path, skipped);
  });
}
