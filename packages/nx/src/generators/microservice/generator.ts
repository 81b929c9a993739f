import { formatFiles, type GeneratorCallback, installPackagesTask, logger, type Tree } from "@nx/devkit";
import { isExistingService } from "./lib/existing.js";
import { resolveService } from "./lib/service.js";
import { renderServiceFiles } from "./lib/service-files.js";
import { readWarnings } from "./lib/warnings.js";
import { registerService } from "./lib/registrations.js";
import type { MicroserviceOptions } from "./schema.js";

/**
 * Creates a microservice: its module with everything that it owns, and its declaration to the app.
 *
 * A service that exists is left as it is. Nothing is written before every check has passed.
 */
export async function microserviceGenerator(tree: Tree, options: MicroserviceOptions): Promise<GeneratorCallback> {
  if (isExistingService(tree, options.name)) return () => undefined;
  const service = resolveService(tree, options);
  const warnings = readWarnings(tree, service);

  for (const [path, text] of renderServiceFiles(service)) tree.write(path, text);
  // Formats what is in the tree so far: the user's own files are edited after it and keep their layout.
  if (options.skipFormat !== true) await formatFiles(tree);
  registerService(tree, service);

  return () => {
    // The lockfile names every workspace package, and an image is installed from a lockfile that is up to date.
    installPackagesTask(tree, true);
    logger.info(`\n${service.names.kebab} listens on port ${service.port}. Try: nx serve ${service.names.kebab}`);
    for (const warning of warnings) logger.warn(warning);
  };
}

export default microserviceGenerator;
