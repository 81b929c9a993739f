import type { Tree } from "@nx/devkit";
import { OoneexNxError } from "../errors.js";
import { addModulePart, type ModulePart, removeModulePart } from "../workspace/module-registry.js";
import type { ModuleNames } from "../workspace/names.js";
import type { FileEdit } from "./registrations.js";

/** What the module of a service lists, and a regular one does not: what answers for its health, and what drains it. */
export const SERVICE_PARTS: readonly ModulePart[] = [
  { name: "HealthController", specifier: "./controllers/HealthController", synonyms: [], arrays: ["controllers"], form: "item" },
  { name: "DrainMiddleware", specifier: "./middlewares/DrainMiddleware", synonyms: [], arrays: ["middlewares"], form: "item", first: true },
];

/** The files that a regular module has as well, and that stay what they are when it becomes a service and when it is none. */
export function listModuleFiles({ root, kebab, pascal }: ModuleNames): string[] {
  return [`${kebab}.yml`, "package.json", "tsconfig.json", `src/${pascal}Module.ts`, `tests/${pascal}Module.spec.ts`].map(
    (path) => `${root}/${path}`,
  );
}

/**
 * Plans that a module lists what only a service has: its health controller, and the middleware that drains it.
 *
 * @throws OoneexNxError `MODULE_FILE_MISSING`, or as `addModulePart` does
 */
export function planServiceParts(tree: Tree, names: ModuleNames): FileEdit {
  return planEdit(tree, names, SERVICE_PARTS, addModulePart);
}

/** The exact inverse of {@link planServiceParts}. */
export function planServicePartsRemoval(tree: Tree, names: ModuleNames): FileEdit {
  return planEdit(tree, names, SERVICE_PARTS.toReversed(), removeModulePart);
}

function planEdit(tree: Tree, { root, pascal }: ModuleNames, parts: readonly ModulePart[], edit: typeof addModulePart): FileEdit {
  const path = `${root}/src/${pascal}Module.ts`;
  const file = { path, object: `${pascal}Module` };
  const text = tree.read(path, "utf8");
  if (text !== null) {
    // Each one by itself first, so that an error names a line of the file as it is.
    for (const part of parts) edit(text, file, part);
    return { path, text: parts.reduce((edited, part) => edit(edited, file, part), text) };
  }
  throw new OoneexNxError({
    code: "MODULE_FILE_MISSING",
    what: `there is no ${pascal}Module`,
    where: path,
    remedy: `write export const ${pascal}Module: ModuleType = { … } there, with its five arrays`,
  });
}
