import { logger, type Tree } from "@nx/devkit";
import { isIgnoredByGit } from "../../git-ignore.js";
import type { Service } from "./service.js";

/** Says where a new service listens, what it lacks, and whether its secrets could be committed. */
export function reportService(tree: Tree, { names, port }: Service, warnings: readonly string[]): void {
  logger.info(`\n${names.kebab} listens on port ${port}. Try: nx serve ${names.kebab}`);
  for (const warning of warnings) logger.warn(warning);
  const secrets = `${names.root}/.env.yml`;
  if (isIgnoredByGit(tree.root, secrets) === false) {
    logger.warn(`Git does not ignore ${secrets}, which will hold secrets. Add a line .env.yml to .gitignore`);
  }
}
