import type { GeneratorCallback, Tree } from "@nx/devkit";
import { atomic } from "../atomic/atomic.js";
import { isExistingModule } from "../existing-module.js";
import { formatTexts } from "../format-texts.js";
import { installPackages } from "../install-packages.js";
import { applyEdits, planRegistration } from "../registrations.js";
import { reportService } from "./lib/report.js";
import { resolveNewService } from "./lib/service.js";
import { renderServiceFiles } from "./lib/service-files.js";
import { readWarnings } from "./lib/warnings.js";
import type { MicroserviceOptions } from "./schema.js";

/**
 * Creates a microservice: its module with everything that it owns, and its declaration to the app.
 *
 * A service that exists is left as it is. Nothing is written before every check has passed.
 */
export async function microserviceGenerator(tree: Tree, options: MicroserviceOptions): Promise<GeneratorCallback> {
  if (isExistingModule(tree, options.name, "microservice")) return () => undefined;
  const service = resolveNewService(tree, options);
  const rendered = renderServiceFiles(service);
  const files = options.skipFormat === true ? rendered : await formatTexts(tree, rendered);
  const registration = planRegistration(tree, service);
  const warnings = readWarnings(tree, service);

  for (const [path, text] of files) tree.write(path, text);
  applyEdits(tree, registration);

  return () => {
    // The lockfile names every workspace package.
    installPackages(tree);
    reportService(tree, service, warnings);
  };
}

export default atomic("microservice", microserviceGenerator);
