import { dirname, join } from "node:path";
import { OoneexNxError } from "../../../errors.js";
import { buildBitbucketPipelines } from "../../../workspace/ci-bitbucket.js";
import { BEFORE_DEPLOY, BROUGHT, type CiFacts, type CiProvider } from "../../../workspace/ci-facts.js";
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

/**
 * Writes down what a pipeline of every provider reads, and its owner changes.
 *
 * @param composeFile - workspace-relative path of the file that is deployed, beside which compose reads its env files
 * @returns workspace-relative path to text
 */
export function renderUserFiles(composeFile: string): ReadonlyMap<string, string> {
  const folder = dirname(composeFile);
  const prefix = folder === "." ? "" : `${quoteFolder(folder)}/`;
  return renderFiles(join(import.meta.dirname, "..", "files"), dirname(BEFORE_DEPLOY), { ...BROUGHT, prefix });
}

/**
 * Writes down, of the files of {@link renderUserFiles}, those that come with a pipeline: with the first one that reads them.
 * One that its owner has deleted since does not come back.
 *
 * @param before - the pipeline that is there
 * @param exists - whether the owner has a file of that path
 */
export function renderNewUserFiles(before: string | undefined, composeFile: string, exists: (path: string) => boolean): ReadonlyMap<string, string> {
  if (before?.includes(BEFORE_DEPLOY) === true) return new Map();
  return new Map([...renderUserFiles(composeFile)].filter(([path]) => !exists(path)));
}

/** As one word of a shell, whatever the folder is called. */
function quoteFolder(folder: string): string {
  return /^\w[\w./-]*$/.test(folder) ? folder : `'./${folder.replaceAll("'", "'\\''")}'`;
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
