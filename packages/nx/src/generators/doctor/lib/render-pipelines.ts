import { readNxJson, type Tree } from "@nx/devkit";
import { readDeploymentPlaces } from "../../../deployment/places.js";
import { OoneexNxError } from "../../../errors.js";
import { CI_FILES, type CiProvider } from "../../../workspace/ci-facts.js";
import type { RenderedPipeline, UneditableFile } from "../../../workspace/rules/facts.js";
import type { WorkspaceReader } from "../../../workspace/service-model.js";
import { readOwnership } from "../../../workspace/signed-file.js";
import { readCiFacts } from "../../ci/lib/facts.js";
import { renderNewUserFiles, renderPipeline } from "../../ci/lib/pipeline.js";

/** How each of the pipelines names the Bun that it installs. */
const BUN = /\bbun(?:@|-version: ")(\d+\.\d+\.\d+[\w.-]*)/;

/**
 * Writes the pipelines that are there, and that nobody but the generator has written, as it would now.
 *
 * @param workspace - with the edits that are planned so far
 */
export function renderPipelines(tree: Tree, workspace: WorkspaceReader): (RenderedPipeline | UneditableFile)[] {
  return Object.entries(CI_FILES).flatMap(([provider, path]): (RenderedPipeline | UneditableFile)[] => {
    const before = workspace.read(path);
    if (before === undefined || readOwnership(before, "ci") !== "ours") return [];
    try {
      // Where the workspace names no Bun, the file keeps its own: what is installed differs from one machine to the next.
      const text = renderPipeline(provider as CiProvider, readCiFacts(tree, BUN.exec(before)?.[1] ?? ""));
      const { composeFile } = readDeploymentPlaces(readNxJson(tree) ?? {});
      const beside = renderNewUserFiles(before, composeFile, (each) => workspace.read(each) !== undefined);
      return [{ path, text, beside: [...beside].map(([each, content]) => ({ path: each, text: content })) }];
    } catch (error) {
      if (!(error instanceof OoneexNxError)) throw error;
      return [{ path, line: undefined, what: `it cannot be written anew: ${error.what}`, remedy: error.remedy }];
    }
  });
}
