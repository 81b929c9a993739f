import type { Tree } from "@nx/devkit";
import { posix } from "node:path";
import { OoneexNxError } from "../../../errors.js";
import { readImports } from "../../../workspace/imports.js";
import type { ModuleNames } from "../../../workspace/names.js";
import { walkFiles } from "../../walk-files.js";

const SOURCE_FILE = /\.(?:ts|tsx|mts|cts|js|jsx|mjs|cjs)$/;

/**
 * Refuses to remove a module that another one imports.
 *
 * @throws OoneexNxError `MODULE_IMPORTED`, which names the files
 */
export function refuseImporters(tree: Tree, names: ModuleNames): void {
  const importers = listImporters(tree, names);
  if (importers.length === 0) return;
  throw new OoneexNxError({
    code: "MODULE_IMPORTED",
    what: `other modules import ${names.kebab}`,
    where: importers.join(", "),
    remedy: "take those imports out first, or remove the service all the same with --force",
  });
}

/** Files outside a module that import it by its alias, its package or a relative path, and manifests that depend on it. */
function listImporters(tree: Tree, names: ModuleNames): string[] {
  return walkFiles(tree).filter((path) => {
    if (path.startsWith(`${names.root}/`)) return false;
    const isManifest = posix.basename(path) === "package.json";
    if (!isManifest && !SOURCE_FILE.test(path)) return false;
    const text = tree.read(path, "utf8") ?? "";
    // Whatever imports the module has its name in it, and few files do.
    if (!text.includes(names.kebab)) return false;
    return isManifest ? dependsOn(text, names) : readImports(path, text).some(({ specifier }) => reaches(path, specifier, names));
  });
}

function reaches(file: string, specifier: string, { packageName, root }: ModuleNames): boolean {
  const target = specifier.startsWith(".") ? posix.join(posix.dirname(file), specifier) : specifier;
  return [packageName, root].some((prefix) => target === prefix || target.startsWith(`${prefix}/`));
}

function dependsOn(text: string, { packageName }: ModuleNames): boolean {
  const manifest = JSON.parse(text) as Record<string, unknown>;
  return ["dependencies", "devDependencies", "peerDependencies", "optionalDependencies"].some((field) => {
    const dependencies = manifest[field];
    return typeof dependencies === "object" && dependencies !== null && packageName in dependencies;
  });
}
