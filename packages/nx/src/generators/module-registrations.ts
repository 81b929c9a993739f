import type { Tree } from "@nx/devkit";
import { addModulePart, type ModuleFile, type ModulePart, removeModulePart } from "../workspace/module-registry.js";
import type { ModuleNames } from "../workspace/names.js";
import type { FileEdit } from "./registrations.js";

/** The modules that regular ones are composed into, with the arrays that each takes of them. */
const REGISTRIES: readonly { readonly file: ModuleFile; readonly arrays: ModulePart["arrays"] }[] = [
  {
    file: { path: "modules/app/src/AppModule.ts", object: "AppModule" },
    arrays: ["controllers", "middlewares", "cronJobs", "events"],
  },
  { file: { path: "modules/shared/src/SharedModule.ts", object: "SharedModule" }, arrays: ["entities"] },
];

/**
 * Plans how a regular module is composed into the app, as far as AppModule and SharedModule exist.
 *
 * @returns the files that change
 * @throws OoneexNxError as `addModulePart` does
 */
export function planComposition(tree: Tree, names: ModuleNames): FileEdit[] {
  return planEdits(tree, names, addModulePart);
}

/** The exact inverse of {@link planComposition}. */
export function planDecomposition(tree: Tree, names: ModuleNames): FileEdit[] {
  return planEdits(tree, names, removeModulePart);
}

/** The registries that the workspace lacks, workspace-relative. */
export function listMissingRegistries(tree: Tree): string[] {
  return REGISTRIES.map(({ file }) => file.path).filter((path) => !tree.exists(path));
}

function planEdits(tree: Tree, { kebab, pascal, packageName }: ModuleNames, edit: typeof addModulePart): FileEdit[] {
  const name = `${pascal}Module`;
  const paths = [`${packageName}/${name}`, `../../${kebab}/src/${name}`] as const;
  // The alias stands in the root tsconfig; without one, only a path leads there.
  const [specifier, synonym] = tree.exists("tsconfig.json") ? paths : [paths[1], paths[0]];
  return REGISTRIES.flatMap(({ file, arrays }) => {
    const before = tree.read(file.path, "utf8");
    if (before === null) return [];
    const text = edit(before, file, { name, specifier, synonyms: [synonym], arrays, form: "spread" });
    return text === before ? [] : [{ path: file.path, text }];
  });
}
