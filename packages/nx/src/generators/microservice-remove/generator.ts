import { type GeneratorCallback, logger, type Tree } from "@nx/devkit";
import { resolveNames } from "../../workspace/names.js";
import { atomic } from "../atomic/atomic.js";
import { confirmLoss, type Terminal } from "../confirm-loss.js";
import { listImporters, refuseImporters } from "../importers.js";
import { installPackages } from "../install-packages.js";
import { applyEdits, planWithdrawal } from "../registrations.js";
import { requireModule } from "../require-module.js";
import { listOwnFiles } from "./lib/own-files.js";
import type { MicroserviceRemoveOptions } from "./schema.js";

/**
 * Removes a microservice and everything that was declared for it. Right after its creation that is the exact inverse.
 *
 * What a person added or changed is deleted only with a yes or with `--force`.
 *
 * @param terminal - where that person is asked
 */
export async function microserviceRemoveGenerator(
  tree: Tree,
  options: MicroserviceRemoveOptions,
  terminal: Terminal = process,
): Promise<GeneratorCallback> {
  const names = resolveNames(options.name, (root) => tree.exists(root));
  requireModule(tree, names, "microservice", "is removed");
  const withdrawal = planWithdrawal(tree, names);
  const importers = listImporters(tree, names);
  if (options.force !== true) {
    refuseImporters(names, importers);
    await confirmLoss(names, await listOwnFiles(tree, names), terminal);
  }

  applyEdits(tree, withdrawal);
  tree.delete(names.root);

  return () => {
    for (const importer of importers) logger.warn(`${importer} still imports ${names.kebab}, which is gone`);
    // The lockfile names every workspace package, this one no longer.
    installPackages(tree);
  };
}

export default atomic("microservice-remove", (tree: Tree, options: Parameters<typeof microserviceRemoveGenerator>[1]) => microserviceRemoveGenerator(tree, options));
