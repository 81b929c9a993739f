import type { Tree } from "@nx/devkit";
import { formatTexts } from "./format-texts.js";
import { walkFiles } from "./walk-files.js";

/**
 * Lists what a person added to a module or changed: the files that differ from what a generator writes, be it formatted or
 * not.
 *
 * @param root - workspace-relative folder
 * @param rendered - workspace-relative path to what the generator writes
 * @returns workspace-relative paths
 */
export async function listChangedFiles(tree: Tree, root: string, rendered: ReadonlyMap<string, string>): Promise<string[]> {
  const differing = listDiffering(tree, walkFiles(tree, root), rendered);
  return differing.length === 0 ? [] : listDiffering(tree, differing, await formatTexts(tree, rendered));
}

/**
 * Git may check files out with Windows' line endings, and a fresh clone gets its environment as a copy of the example: neither
 * is a change of a person.
 */
function listDiffering(tree: Tree, paths: readonly string[], texts: ReadonlyMap<string, string>): string[] {
  return paths.filter((path) => {
    const text = tree.read(path, "utf8")?.replaceAll("\r\n", "\n");
    const example = texts.get(path.replace(/\/\.env\.yml$/, "/.env.example.yml"));
    return text !== texts.get(path) && text !== example;
  });
}
