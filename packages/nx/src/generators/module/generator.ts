import { type GeneratorCallback, logger, type Tree } from "@nx/devkit";
import { atomic } from "../atomic/atomic.js";
import { isExistingModule } from "../existing-module.js";
import { formatTexts } from "../format-texts.js";
import { installPackages } from "../install-packages.js";
import { listMissingRegistries, planComposition } from "../module-registrations.js";
import { applyEdits, planMembership } from "../registrations.js";
import { readTsconfigWarnings } from "../tsconfig-warning.js";
import { renderModuleFiles, resolveModule } from "./lib/module.js";
import type { ModuleOptions } from "./schema.js";

/**
 * Creates a regular module, and composes it into AppModule and SharedModule.
 *
 * A module that exists is left as it is. Nothing is written before every check has passed.
 */
export async function moduleGenerator(tree: Tree, options: ModuleOptions): Promise<GeneratorCallback> {
  if (isExistingModule(tree, options.name, "module")) return () => undefined;
  const module = resolveModule(tree, options);
  const rendered = renderModuleFiles(module);
  const files = options.skipFormat === true ? rendered : await formatTexts(tree, rendered);
  const edits = [...planComposition(tree, module.names), ...planMembership(tree, module.names)];
  const missing = listMissingRegistries(tree);
  const warnings = readTsconfigWarnings(tree);

  for (const [path, text] of files) tree.write(path, text);
  applyEdits(tree, edits);

  return () => {
    // The lockfile names every workspace package.
    installPackages(tree);
    for (const path of missing) logger.warn(`There is no ${path}, so ${module.names.kebab} is not composed into it`);
    for (const warning of warnings) logger.warn(warning);
  };
}

export default atomic("module", moduleGenerator);
