import type { Tree } from "@nx/devkit";
import type { ModuleNames } from "../../../workspace/names.js";
import { listChangedFiles } from "../../changed-files.js";
import { renderModuleFiles } from "../../module/lib/module.js";
import { readTags } from "../../project-tags.js";

/**
 * Lists what a person added to a regular module or changed, for the options that the files themselves tell.
 *
 * @returns workspace-relative paths
 */
export async function listOwnFiles(tree: Tree, names: ModuleNames): Promise<string[]> {
  const read = (name: string): string => tree.read(`${names.root}/${name}`, "utf8") ?? "";
  const framework = read(`src/${names.pascal}Module.ts`).includes('"@talosjs/') ? "@talosjs" : "@ooneex";
  const rendered = renderModuleFiles({ names, framework, tags: readTags(read("package.json")) });
  return listChangedFiles(tree, names.root, rendered);
}
