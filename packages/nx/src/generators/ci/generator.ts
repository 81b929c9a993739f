import { type GeneratorCallback, logger, readNxJson, type Tree } from "@nx/devkit";
import { readDeploymentPlaces } from "../../deployment/places.js";
import { CI_FILES } from "../../workspace/ci-facts.js";
import { readOwnership } from "../../workspace/signed-file.js";
import { atomic } from "../atomic/atomic.js";
import { readCiFacts } from "./lib/facts.js";
import { foreignFile, renderNewUserFiles, renderPipeline } from "./lib/pipeline.js";
import { resolveProvider } from "./lib/provider.js";
import type { CiOptions } from "./schema.js";

/**
 * Writes the pipeline of the workspace's provider, or brings the one that it has written in step.
 *
 * One that somebody has edited since is left alone, and so is one that is not of this generator's making. What a deployment
 * begins with is the user's from the start.
 */
export function ciGenerator(tree: Tree, options: CiOptions): GeneratorCallback {
  const provider = resolveProvider(tree, options);
  const file = CI_FILES[provider];
  const text = renderPipeline(provider, readCiFacts(tree));
  const { composeFile } = readDeploymentPlaces(readNxJson(tree) ?? {});
  const before = tree.read(file, "utf8") ?? undefined;
  const ownership = before === undefined ? "ours" : readOwnership(before, "ci");
  if (ownership === "foreign") throw foreignFile(file);

  if (ownership === "edited") return () => logger.warn(`${file} was edited by hand and stays as it is. To have it written anew, delete it first.`);
  if (text !== before?.replaceAll("\r\n", "\n")) tree.write(file, text);
  for (const [path, content] of renderNewUserFiles(before, composeFile, (each) => tree.exists(each))) tree.write(path, content);
  return () => undefined;
}

export default atomic("ci", ciGenerator);
