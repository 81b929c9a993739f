import type { Tree } from "@nx/devkit";

/** Folders of tools: large, and never written by hand. */
const TOOLS = new Set(["node_modules", ".git", ".nx"]);

/** What tools write beside a manifest. Deeper down, a name such as `coverage` is one like any other. */
const OUTPUTS = new Set(["dist", "coverage", "tmp"]);

/** Lists the files below a folder that a person may have written, workspace-relative, those that git ignores included. */
export function walkFiles(tree: Tree, folder = ""): string[] {
  const children = tree.children(folder);
  const isProject = children.includes("package.json");
  return children.flatMap((child) => {
    if (TOOLS.has(child) || (isProject && OUTPUTS.has(child))) return [];
    const path = folder === "" ? child : `${folder}/${child}`;
    return tree.isFile(path) ? [path] : walkFiles(tree, path);
  });
}
