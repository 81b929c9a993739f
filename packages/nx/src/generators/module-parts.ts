import type { Tree } from "@nx/devkit";
import { OoneexNxError } from "../errors.js";
import { addModulePart, type ModulePart, removeModulePart } from "../workspace/module-registry.js";
import type { ModuleNames } from "../workspace/names.js";
import type { FileEdit } from "./registrations.js";

/** The health controller as a part of its own module. */
const HEALTH: ModulePart = {
  name: "HealthController",
  specifier: "./controllers/HealthController",
  synonyms: [],
  arrays: ["controllers"],
  form: "item",
};

/** The files that a regular module has as well, and that stay what they are when it becomes a service and when it is none. */
export function listModuleFiles({ root, kebab, pascal }: ModuleNames): string[] {
  return [`${kebab}.yml`, "package.json", "tsconfig.json", `src/${pascal}Module.ts`, `tests/${pascal}Module.spec.ts`].map(
    (path) => `${root}/${path}`,
  );
}

/**
 * Plans that a module lists its health controller.
 *
 * @throws OoneexNxError `MODULE_FILE_MISSING`, or as `addModulePart` does
 */
export function planHealthController(tree: Tree, names: ModuleNames): FileEdit {
  return planEdit(tree, names, addModulePart);
}

/** The exact inverse of {@link planHealthController}. */
export function planHealthRemoval(tree: Tree, names: ModuleNames): FileEdit {
  return planEdit(tree, names, removeModulePart);
}

function planEdit(tree: Tree, { root, pascal }: ModuleNames, edit: typeof addModulePart): FileEdit {
  const path = `${root}/src/${pascal}Module.ts`;
  const text = tree.read(path, "utf8");
  if (text !== null) return { path, text: edit(text, { path, object: `${pascal}Module` }, HEALTH) };
  throw new OoneexNxError({
    code: "MODULE_FILE_MISSING",
    what: `there is no ${pascal}Module`,
    where: path,
    remedy: `write export const ${pascal}Module: ModuleType = { … } there, with its five arrays`,
  });
}
