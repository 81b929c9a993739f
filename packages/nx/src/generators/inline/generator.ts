import { type GeneratorCallback, logger, type Tree } from "@nx/devkit";
import { resolveNames } from "../../workspace/names.js";
import { atomic } from "../atomic/atomic.js";
import { confirmLoss, type Terminal } from "../confirm-loss.js";
import { listMissingRegistries } from "../module-registrations.js";
import { applyEdits } from "../registrations.js";
import { isModuleOfKind, requireModule } from "../require-module.js";
import { planInlining } from "./lib/inlining.js";
import type { InlineOptions } from "./schema.js";

/**
 * Turns a microservice back into a regular module: takes away what only a service has, withdraws it from the app's
 * declarations, and composes it into AppModule and SharedModule. Right after `extract` that is the exact inverse.
 *
 * What a person added to the files that go is deleted only with a yes or with `--force`.
 *
 * @param terminal - where that person is asked
 */
export async function inlineGenerator(
  tree: Tree,
  options: InlineOptions,
  terminal: Terminal = process,
): Promise<GeneratorCallback> {
  const names = resolveNames(options.name, (root) => tree.exists(root));
  if (isModuleOfKind(tree, names, "module")) {
    logger.info(`${names.kebab} is a regular module already and is left as it is`);
    return () => undefined;
  }
  requireModule(tree, names, "microservice", "is inlined");
  const { edits, losses } = await planInlining(tree, names);
  const missing = listMissingRegistries(tree);
  if (options.force !== true) await confirmLoss(names, losses, terminal);

  applyEdits(tree, edits);

  return () => {
    for (const path of missing) logger.warn(`There is no ${path}, so ${names.kebab} is not composed into it`);
    logger.info(`${names.kebab} runs in the app's process again, with the app's database, roles and routes`);
  };
}

export default atomic("inline", (tree: Tree, options: Parameters<typeof inlineGenerator>[1]) => inlineGenerator(tree, options));
