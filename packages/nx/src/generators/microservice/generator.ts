import { type GeneratorCallback, logger, type Tree } from "@nx/devkit";
import { isExistingModule } from "../existing-module.js";
import { formatTexts } from "../format-texts.js";
import { isIgnoredByGit } from "../git-ignore.js";
import { installPackages } from "../install-packages.js";
import { applyEdits, planRegistration } from "../registrations.js";
import { resolveService } from "./lib/service.js";
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
  const service = resolveService(tree, options);
  const rendered = renderServiceFiles(service);
  const files = options.skipFormat === true ? rendered : await formatTexts(tree, rendered);
  const registration = planRegistration(tree, service);
  const warnings = readWarnings(tree, service);

  for (const [path, text] of files) tree.write(path, text);
  applyEdits(tree, registration);

  return () => {
    // The lockfile names every workspace package.
    installPackages(tree);
    logger.info(`\n${service.names.kebab} listens on port ${service.port}. Try: nx serve ${service.names.kebab}`);
    for (const warning of warnings) logger.warn(warning);
    const secrets = `${service.names.root}/.env.yml`;
    if (isIgnoredByGit(tree.root, secrets) === false) {
      logger.warn(`Git does not ignore ${secrets}, which will hold secrets. Add a line .env.yml to .gitignore`);
    }
  };
}

export default microserviceGenerator;
