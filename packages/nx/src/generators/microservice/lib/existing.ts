import { logger, type Tree } from "@nx/devkit";
import { OoneexNxError } from "../../../errors.js";
import { readModuleType } from "../../../workspace/manifest.js";
import { type ModuleNames, resolveNames } from "../../../workspace/names.js";

/** Folders that a tool makes in a module and that git leaves out; they alone do not make a module. */
const LEFTOVERS = new Set(["node_modules", "dist", "coverage"]);

/**
 * Tells whether a service of that name exists already, and says so.
 *
 * @throws OoneexNxError a refusal of the name, or `MODULE_EXISTS` where the folder holds anything else
 */
export function isExistingService(tree: Tree, name: string): boolean {
  const names = resolveNames(name);
  const manifest = `${names.root}/${names.kebab}.yml`;
  const type = tree.exists(manifest) ? readModuleType(tree.read(manifest, "utf8") ?? "", manifest) : undefined;
  if (type === "microservice") {
    logger.info(`${names.kebab} exists already and is left as it is`);
    return true;
  }
  refuseOccupied(tree, names, type === undefined ? "a folder with other files" : `a module of type ${type}`);
  return false;
}

function refuseOccupied(tree: Tree, { root, kebab }: ModuleNames, occupant: string): void {
  const isOccupied = tree.exists(root) && tree.children(root).some((child) => !LEFTOVERS.has(child));
  if (!isOccupied) return;
  throw new OoneexNxError({
    code: "MODULE_EXISTS",
    what: `${kebab} exists already and is ${occupant}`,
    where: root,
    remedy: "choose another name, or move that folder away",
  });
}
