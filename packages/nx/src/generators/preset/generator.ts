import { type GeneratorCallback, logger, type Tree } from "@nx/devkit";
import { atomic } from "../atomic/atomic.js";
import { reportRequirements } from "../init/lib/requirements.js";
import { readToolVersions } from "../init/lib/tool-versions.js";
import { installPackages } from "../install-packages.js";
import { applyEdits } from "../registrations.js";
import { readTsconfigWarnings } from "../tsconfig-warning.js";
import { formatWorkspace } from "./lib/format-workspace.js";
import { requireKnownOptions } from "./lib/known-options.js";
import { planPreset } from "./lib/plan.js";
import { resolvePreset } from "./lib/preset.js";
import type { PresetOptions } from "./schema.js";

/**
 * Makes a whole Ooneex workspace of a new folder, where create-nx-workspace runs it, or of one that holds something already.
 *
 * A file that is there stays; shared ones get the entries that they lack. A second run changes nothing. Nothing is written
 * before every check has passed.
 */
export async function presetGenerator(tree: Tree, options: PresetOptions): Promise<GeneratorCallback> {
  requireKnownOptions(options);
  const preset = await resolvePreset(tree, options);
  const { edits, messages } = planPreset(tree, preset);

  applyEdits(tree, edits);

  for (const message of messages) logger.info(message);
  for (const warning of readTsconfigWarnings(tree)) logger.warn(warning);
  return async () => {
    if (edits.length > 0) installPackages(tree, "bun");
    if (preset.isFresh) formatWorkspace(tree.root);
    await reportRequirements(readToolVersions(tree));
  };
}

export default atomic("preset", presetGenerator);
