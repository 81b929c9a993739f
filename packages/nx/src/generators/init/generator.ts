import { type GeneratorCallback, logger, type Tree } from "@nx/devkit";
import { ensureDockerIgnore } from "../../workspace/docker-ignore.js";
import { atomic } from "../atomic/atomic.js";
import { readTsconfigWarnings } from "../tsconfig-warning.js";
import { editNxJson } from "./lib/nx-json.js";
import { reportRequirements } from "./lib/requirements.js";
import { readToolVersions } from "./lib/tool-versions.js";

/**
 * Sets a workspace up for the plugin; `nx add` runs it. A second run changes nothing.
 *
 * It is the only generator that writes nx.json, since a change there affects every project.
 */
export function initGenerator(tree: Tree): GeneratorCallback {
  const versions = readToolVersions(tree);
  const { text, messages } = editNxJson(tree.read("nx.json", "utf8") ?? "{}\n", versions);
  const dockerIgnore = tree.read(".dockerignore", "utf8") ?? undefined;
  const warnings = readTsconfigWarnings(tree);
  write(tree, "nx.json", text);
  write(tree, ".dockerignore", ensureDockerIgnore(dockerIgnore));
  for (const message of messages) logger.info(message);
  for (const warning of warnings) logger.warn(warning);
  return () => reportRequirements(versions);
}

export default atomic("init", initGenerator);

function write(tree: Tree, path: string, text: string): void {
  if (tree.read(path, "utf8") !== text) tree.write(path, text);
}
