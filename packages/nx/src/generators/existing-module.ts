import { logger, type Tree } from "@nx/devkit";
import { OoneexNxError } from "../errors.js";
import { readModuleType } from "../workspace/manifest.js";
import { type ModuleNames, resolveNames } from "../workspace/names.js";
import { walkFiles } from "./walk-files.js";

/** Folders that a tool makes in a module and that git leaves out; they alone do not make a module. */
const LEFTOVERS = new Set(["node_modules", "dist", "coverage"]);

/**
 * Tells whether a module of that name and kind exists already, and says so.
 *
 * @param wanted - the kind, as manifests call it
 * @throws OoneexNxError a refusal of the name, or `MODULE_EXISTS` where the folder holds anything else
 */
export function isExistingModule(tree: Tree, name: string, wanted: "microservice" | "module"): boolean {
  const names = resolveNames(name, (root) => tree.exists(root));
  const manifest = `${names.root}/${names.kebab}.yml`;
  const type = tree.exists(manifest) ? readModuleType(tree.read(manifest, "utf8") ?? "", manifest) : undefined;
  if (type === wanted) {
    logger.info(`${names.kebab} exists already and is left as it is, whatever the options say`);
    return true;
  }
  refuseOccupied(tree, names, type === undefined ? "no module, but not empty either" : `a module of type ${type}`);
  return false;
}

function refuseOccupied(tree: Tree, { root, kebab }: ModuleNames, occupant: string): void {
  if (!isOccupied(tree, root)) return;
  throw new OoneexNxError({
    code: "MODULE_EXISTS",
    what: `${kebab} exists already and is ${occupant}`,
    where: root,
    remedy: "choose another name, or move that folder away",
  });
}

/** Whether a path leads to a file, or to a folder with files in it that are no leftovers. */
function isOccupied(tree: Tree, root: string): boolean {
  const paths = tree
    .children(root)
    .filter((child) => !LEFTOVERS.has(child))
    .map((child) => `${root}/${child}`);
  return tree.isFile(root) || paths.some((path) => tree.isFile(path) || walkFiles(tree, path).length > 0);
}
