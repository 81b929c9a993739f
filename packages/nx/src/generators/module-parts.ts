import type { Tree } from "@nx/devkit";
import { OoneexNxError } from "../errors.js";
import { addModulePart, type ModuleFile, type ModulePart, removeModulePart } from "../workspace/module-registry.js";
import type { ModuleNames } from "../workspace/names.js";
import type { FileEdit } from "./registrations.js";

/** What a service's module has that a regular one has not: it answers for its health, and is stopped by itself. */
const SERVICE_PARTS: readonly ModulePart[] = [
  { name: "HealthController", specifier: "./controllers/HealthController", synonyms: [], arrays: ["controllers"], form: "item" },
  { name: "DrainMiddleware", specifier: "./middlewares/DrainMiddleware", synonyms: [], arrays: ["middlewares"], form: "item" },
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
  return planEdit(tree, names, (text, file) => SERVICE_PARTS.reduce((edited, part) => addModulePart(edited, file, part), text));
}

/** The exact inverse of {@link planServiceParts}. */
export function planServicePartsRemoval(tree: Tree, names: ModuleNames): FileEdit {
  return planEdit(tree, names, (text, file) => SERVICE_PARTS.reduceRight((edited, part) => removeModulePart(edited, file, part), text));
}

function planEdit(tree: Tree, { root, pascal }: ModuleNames, edit: (text: string, file: ModuleFile) => string): FileEdit {
  const path = `${root}/src/${pascal}Module.ts`;
  const text = tree.read(path, "utf8");
  if (text !== null) return { path, text: edit(text, { path, object: `${pascal}Module` }) };
  throw new OoneexNxError({
    code: "MODULE_FILE_MISSING",
    what: `there is no ${pascal}Module`,
    where: path,
    remedy: `write export const ${pascal}Module: ModuleType = { … } there, with its five arrays`,
  });
}
