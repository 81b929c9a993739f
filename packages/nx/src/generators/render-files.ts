import { generateFiles, normalizePath, type Tree } from "@nx/devkit";

/**
 * Renders a folder of templates without writing them: the same files are written by one generator and compared by another.
 *
 * @param templates - absolute path of the folder
 * @param target - workspace-relative folder that the files are for; `""` for the root
 * @param substitutions - what the templates and their names are filled in with
 * @returns workspace-relative path to text
 */
export function renderFiles(templates: string, target: string, substitutions: object): ReadonlyMap<string, string> {
  const files = new Map<string, string>();
  const recorder = {
    write: (path: string, text: string | Buffer) => void files.set(normalizePath(path), text.toString()),
    exists: () => false,
  };
  generateFiles(recorder as unknown as Tree, templates, target, { ...substitutions });
  return files;
}
