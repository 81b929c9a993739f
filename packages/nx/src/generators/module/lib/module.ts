import type { Tree } from "@nx/devkit";
import { join } from "node:path";
import { type Framework, resolveFramework } from "../../../workspace/framework.js";
import { type ModuleNames, resolveNames } from "../../../workspace/names.js";
import { renderFiles } from "../../render-files.js";
import type { ModuleOptions } from "../schema.js";

/** A regular module as it is generated: every option resolved. Two equal values give the same files. */
export interface Module {
  readonly names: ModuleNames;
  readonly framework: Framework;
  readonly tags: readonly string[];
}

/**
 * Reads the workspace and fills in what the user left out.
 *
 * @throws OoneexNxError where an option cannot be taken
 */
export function resolveModule(tree: Tree, options: ModuleOptions): Module {
  return {
    names: resolveNames(options.name, (root) => tree.exists(root)),
    framework: options.framework ?? resolveFramework(tree.read("package.json", "utf8") ?? "{}"),
    tags: options.tags ?? [],
  };
}

/**
 * Renders the files that a regular module owns.
 *
 * @returns workspace-relative path to text; the same module always gives the same bytes
 */
export function renderModuleFiles({ names, framework, tags }: Module): ReadonlyMap<string, string> {
  return renderFiles(join(import.meta.dirname, "..", "files"), names.root, { ...names, framework, tags });
}
