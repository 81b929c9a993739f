import { CI_FILES, type CiProvider } from "../ci-facts.js";
import { GITLAB_FILE, readLocalIncludes, removeLocalInclude } from "../gitlab-includes.js";
import { type ModuleNames, readNames } from "../names.js";
import type { WorkspaceReader } from "../service-model.js";
import { readOwnership } from "../signed-file.js";
import { isFrameworkPipeline } from "./framework-pipeline.js";
import { findLine } from "./locate.js";
import type { FileMend, Report, Rule } from "./rule.js";

/** Where the framework's command puts the pipelines of one service, and how it calls them. */
const PLACES: readonly (readonly [folder: string, name: RegExp, provider: CiProvider])[] = [
  [".github/workflows", /^(.+)-(?:ci|staging|production)\.ya?ml$/, "github"],
  [".gitlab/ci", /^(.+)\.ya?ml$/, "gitlab"],
  [".bitbucket", /^(.+)-pipelines\.ya?ml$/, "bitbucket"],
];

/** A pipeline that is about one service and no other. */
interface Pipeline {
  /** Workspace-relative path. */
  readonly path: string;
  readonly names: ModuleNames;
  readonly provider: CiProvider;
  /** Whether it is as the framework's command writes it, so that nobody's work goes with it. */
  readonly isFramework: boolean;
}

/** What a person does with a pipeline that somebody has written into. */
const BY_HAND = "delete it by hand, or take over from it what is yours: it is not as the framework's command writes it";

export const pipelineLeftover: Rule = {
  id: "pipeline-leftover",
  finds: "a pipeline of a service that there is no more, or an `include` of one",
  severity: "error",
  mendedBy: "fix",
  check: ({ workspace }) => [
    ...listPipelines(workspace)
      .filter(({ names }) => workspace.list(names.root).length === 0)
      .map(({ path, names, isFramework }): Report => {
        const report = { what: `${names.root} is gone, which this pipeline builds`, path };
        return isFramework ? { ...report, mend: { by: "fix", files: planRemoval(workspace, path) } } : { ...report, remedy: BY_HAND };
      }),
    ...listDeadIncludes(workspace),
  ],
};

/** What affects a service is its import graph and its own packages, which no path filter knows. */
export const pipelinePerService: Rule = {
  id: "pipeline-per-service",
  finds: "a pipeline for one service, whose path filters miss the modules that it imports",
  severity: "warning",
  mendedBy: "fix",
  check: ({ workspace, services }) =>
    listPipelines(workspace)
      .filter(({ names }) => services.some((service) => service.names.kebab === names.kebab))
      .map(({ path, names, provider, isFramework }): Report => {
        const report = { what: `this builds ${names.kebab} by path filters, and not when a module that it imports changes`, path };
        // The one of another provider runs elsewhere, and takes no place here.
        const hasOneForAll = readOwnership(workspace.read(CI_FILES[provider]) ?? "", "ci") !== "foreign";
        if (!hasOneForAll) return { ...report, remedy: `nx g @ooneex/nx:ci --provider=${provider} writes one pipeline for all services, which takes the place of this one` };
        return isFramework ? { ...report, mend: { by: "fix", files: planRemoval(workspace, path) } } : { ...report, remedy: BY_HAND };
      }),
};

/** A file is a service's where its name says so, and its text is about that service's folder and no other. */
function listPipelines(workspace: WorkspaceReader): Pipeline[] {
  return PLACES.flatMap(([folder, pattern, provider]) =>
    [...workspace.list(folder)].sort().flatMap((name) => {
      const names = readNames(pattern.exec(name)?.[1] ?? "");
      const path = `${folder}/${name}`;
      const text = workspace.read(path) ?? "";
      const folders = new Set([...text.matchAll(/\bmodules\/([\w-]+)/g)].map(([, module]) => module));
      return names !== undefined && folders.size === 1 && folders.has(names.kebab) ? [{ path, names, provider, isFramework: isFrameworkPipeline(text, names) }] : [];
    }),
  );
}

/** GitLab refuses the whole pipeline where a file that it includes is not there. */
function listDeadIncludes(workspace: WorkspaceReader): Report[] {
  const text = workspace.read(GITLAB_FILE);
  if (text === undefined) return [];
  const isPipeline = (path: string): boolean => PLACES.some(([folder]) => path.startsWith(`${folder}/`));
  return readLocalIncludes(text)
    .filter((path) => isPipeline(path) && workspace.read(path) === undefined)
    .map((path) => ({
      what: `${path} is included, which is not there, and GitLab runs nothing at all`,
      path: GITLAB_FILE,
      line: findLine(text, path),
      mend: { by: "fix", files: [excludeFrom(path)] },
    }));
}

function planRemoval(workspace: WorkspaceReader, path: string): FileMend[] {
  const text = workspace.read(GITLAB_FILE);
  const isIncluded = text !== undefined && readLocalIncludes(text).includes(path);
  return [{ path, edit: () => undefined }, ...(isIncluded ? [excludeFrom(path)] : [])];
}

function excludeFrom(path: string): FileMend {
  return { path: GITLAB_FILE, edit: (text) => (text === undefined ? text : removeLocalInclude(text, path)) };
}
