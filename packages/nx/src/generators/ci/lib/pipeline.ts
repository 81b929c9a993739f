import { dirname, join } from "node:path";
import { OoneexNxError } from "../../../errors.js";
import { buildBitbucketPipelines } from "../../../workspace/ci-bitbucket.js";
import { BEFORE_DEPLOY, type CiFacts, type CiProvider } from "../../../workspace/ci-facts.js";
import { buildGithubWorkflow } from "../../../workspace/ci-github.js";
import { buildGitlabPipeline } from "../../../workspace/ci-gitlab.js";
import { signFile } from "../../../workspace/signed-file.js";
import { renderFiles } from "../../render-files.js";

const BUILDERS: Readonly<Record<CiProvider, (facts: CiFacts) => string>> = {
  github: buildGithubWorkflow,
  gitlab: buildGitlabPipeline,
  bitbucket: buildBitbucketPipelines,
};

/** Writes a provider's pipeline down, with a first line that says whose it is. */
export function renderPipeline(provider: CiProvider, facts: CiFacts): string {
  return signFile(BUILDERS[provider](facts), "ci");
}

/** Writes down what a pipeline of every provider reads, and its owner changes: workspace-relative path to text. */
export function renderUserFiles(): ReadonlyMap<string, string> {
  return renderFiles(join(import.meta.dirname, "..", "files"), dirname(BEFORE_DEPLOY), {});
}

/** @param file - workspace-relative path */
export function foreignFile(file: string): OoneexNxError {
  return new OoneexNxError({
    code: "CI_FILE_FOREIGN",
    what: "there is a pipeline that this generator has not written",
    where: file,
    remedy: "move it away first, then take over from it what the new one lacks",
  });
}
