import { type GeneratorCallback, logger, type Tree } from "@nx/devkit";
import { resolveNames } from "../../workspace/names.js";
import { atomic } from "../atomic/atomic.js";
import { confirmLoss, type Terminal } from "../confirm-loss.js";
import { listImportSites, refuseImporters } from "../importers.js";
import { installPackages } from "../install-packages.js";
import { planDecomposition } from "../module-registrations.js";
import { applyEdits, planDeparture } from "../registrations.js";
import { requireModule } from "../require-module.js";
import { listOwnFiles } from "./lib/own-files.js";
import type { ModuleRemoveOptions } from "./schema.js";

/**
 * Removes a regular module and takes it out of AppModule and SharedModule. Right after its creation that is the exact inverse.
 *
 * What a person added or changed is deleted only with a yes or with `--force`.
 *
 * @param terminal - where that person is asked
 */
export async function moduleRemoveGenerator(
  tree: Tree,
  options: ModuleRemoveOptions,
  terminal: Terminal = process,
): Promise<GeneratorCallback> {
  const names = resolveNames(options.name, (root) => tree.exists(root));
  requireModule(tree, names, "module", "is removed");
  const edits = [...planDecomposition(tree, names), ...planDeparture(tree, names)];
  const importers = listImportSites(tree, names, edits);
  if (options.force !== true) {
    refuseImporters(names, importers);
    await confirmLoss(names, await listOwnFiles(tree, names), terminal);
  }

  applyEdits(tree, edits);
  tree.delete(names.root);

  return () => {
    for (const importer of importers) logger.warn(`${importer} still imports ${names.kebab}, which is gone`);
    // The lockfile names every workspace package, this one no longer.
    installPackages(tree);
  };
}

export default atomic("module-remove", (tree: Tree, options: Parameters<typeof moduleRemoveGenerator>[1]) => moduleRemoveGenerator(tree, options));
