import { type FileChange, formatFiles, type Tree } from "@nx/devkit";

/**
 * Formats texts as the workspace's own formatter does, if it is one that Nx knows. Biome is none, so the templates are
 * laid out as Biome wants them.
 *
 * @param files - workspace-relative path to text
 */
export async function formatTexts(
  tree: Tree,
  files: ReadonlyMap<string, string>,
): Promise<ReadonlyMap<string, string>> {
  const formatted = new Map(files);
  const changes = [...files].map(([path, text]): FileChange => ({ path, type: "CREATE", content: Buffer.from(text) }));
  // Nx formats what is changed in a tree. Seen through this one, only these files are, and the tree itself stays.
  const view = Object.assign(Object.create(tree) as Tree, {
    listChanges: () => changes,
    write: (path: string, text: string | Buffer) => void formatted.set(path, text.toString()),
  });
  // The aliases of the root tsconfig stay in the order that their owner gave them.
  await formatFiles(view, { sortRootTsconfigPaths: false });
  return formatted;
}
