import { type GeneratorCallback, logger, type Tree } from "@nx/devkit";
import { resolveNames } from "../../workspace/names.js";
import { atomic } from "../atomic/atomic.js";
import { reportService } from "../microservice/lib/report.js";
import { readWarnings } from "../microservice/lib/warnings.js";
import { applyEdits } from "../registrations.js";
import { isModuleOfKind, requireModule } from "../require-module.js";
import { planExtraction } from "./lib/extraction.js";
import type { ExtractOptions } from "./schema.js";

/**
 * Turns a regular module into a microservice: takes it out of AppModule and SharedModule, gives it what a service owns, and
 * declares it to the app. Its code and its tests stay. The generator `inline` is the inverse.
 *
 * A module that is a service already is left as it is. Nothing is written before every check has passed.
 */
export async function extractGenerator(tree: Tree, options: ExtractOptions): Promise<GeneratorCallback> {
  const names = resolveNames(options.name, (root) => tree.exists(root));
  if (isModuleOfKind(tree, names, "microservice")) {
    logger.info(`${names.kebab} is a microservice already and is left as it is, whatever the options say`);
    return () => undefined;
  }
  requireModule(tree, names, "module", "is extracted");
  const { service, edits } = await planExtraction(tree, names, options);
  const warnings = readWarnings(tree, service);

  applyEdits(tree, edits);

  return () => {
    reportService(tree, service, warnings);
    logger.info(`Its entities have left the app's database: give it one of its own in ${names.root}/.env.yml`);
  };
}

export default atomic("extract", extractGenerator);
