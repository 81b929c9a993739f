import { posix } from "node:path";
import { type ContextFile, type ContextFiles } from "../../../image/context-files.js";
import { hasCredentials, pruneBunfig, readScanner } from "../../../image/manifests/bunfig.js";
import { findDeclared } from "../../../image/manifests/closure.js";
import type { WantedPackage } from "../../../image/manifests/manifests.js";
import { listNativePackages } from "../../../image/manifests/native.js";
import { pruneRuntime } from "../../../image/manifests/prune-runtime.js";
import { type PrunedManifests, pruneManifests } from "../../../image/manifests/prune.js";
import { type ImageFacts, readImageFacts } from "../../../workspace/image-facts.js";
import { matchIncludes } from "../../../workspace/sources/includes.js";
import { readList } from "../../option-values.js";
import type { Project } from "../../project.js";
import type { DockerBuildOptions } from "../schema.js";
import type { BuildWorkspace } from "./build-workspace.js";
import { refuseLinkedWorkspaces } from "./linked-workspaces.js";
import { buildSourceContext, readContextFiles, toContextFile } from "./source-context.js";

/** What one service's image is made from, and nothing else. */
export interface PrunedContexts {
  /** package.json, bun.lock and what else an install reads, for everything that the bundle may be made from. */
  readonly manifests: ContextFiles;
  /** The same for what stays out of the bundle; empty where nothing does. */
  readonly runtime: ContextFiles;
  /** Sources and runtime YAML. */
  readonly sources: ContextFiles;
  /** Names of the packages that stay out of the bundle, sorted. */
  readonly externals: readonly string[];
  /** What a person should know, a line each. */
  readonly notices: readonly string[];
}

/** How a build gets what {@link pruneBunfig} leaves out. */
const CREDENTIALS_LEFT_OUT =
  "bunfig.toml spells out credentials, which stay out of the build: write them as //<host>/:_authToken=<token> into an .npmrc that git ignores, and add --secrets=id=npmrc,src=.npmrc";

/**
 * Works out what a service's image needs, from its entrypoint's imports, its manifest and the lockfile.
 *
 * @throws OoneexNxError what matching includes, tracing and pruning throw
 */
export async function pruneContexts(options: DockerBuildOptions, project: Project, workspace: BuildWorkspace): Promise<PrunedContexts> {
  const main = posix.normalize(options.main ?? `${project.root}/src/index.ts`);
  const facts = readFacts(options, project, workspace);
  const included = facts.include
    .filter(({ name }) => !name.startsWith("npm:"))
    .flatMap(({ name, where }) => matchIncludes(workspace.root, [name.replace("{projectRoot}", project.root)], where));
  const sources = await workspace.tracer().trace([main], included);

  const named = facts.include.flatMap(({ name, where }) => (name.startsWith("npm:") ? [{ name: name.slice("npm:".length), where }] : []));
  const want = ({ name, where }: Named): WantedPackage => ({ name, folder: project.root, where, optional: false });
  const wanted = { packages: [...sources.packages, ...named.map(want), ...facts.external.map(want)], workspaces: sources.workspaces };
  const manifests = workspace.manifests();
  refuseLinkedWorkspaces(workspace.root, manifests.lockfile.workspaces.keys(), sources.files);
  const natives = listNativePackages(manifests, wanted).map((name) => ({ name, where: "bun.lock" }));
  // What the code can do without, and no package.json names, is in no image.
  const lookedUp = sources.externals.filter((found) => !found.optional || findDeclared(manifests, found)?.entry !== undefined);
  const externals = uniqueByName([...[...facts.external, ...natives].map(want), ...lookedUp]);

  const bunfig = workspace.readText("bunfig.toml") ?? "";
  const scanner = readScanner(bunfig);
  const scanned = scanner === undefined ? [] : [{ name: scanner, folder: "", where: "bunfig.toml", optional: true }];
  const pruned = pruneManifests(manifests, { ...wanted, packages: [...wanted.packages, ...scanned] });
  const texts = Object.entries(pruned.beside).map(([path, text]) => [path, toContextFile(text)] as const);
  const beside = [...included, ...listRuntimeYaml(project, workspace)];
  return {
    manifests: toContext(pruned, workspace, pruneBunfig(bunfig, { isolates: pruned.losesIsolation, scans: true })),
    runtime: externals.length === 0 ? new Map<string, ContextFile>() : toContext(pruneRuntime(manifests, wanted, externals), workspace, pruneBunfig(bunfig, { isolates: false, scans: false })),
    // A package.json that is imported or included is wanted as it is.
    sources: new Map([...texts, ...buildSourceContext(sources, beside, workspace)]),
    externals: externals.map(({ name }) => name).sort(),
    notices: hasCredentials(bunfig) && !readList(options.secrets).some(isNpmrc) ? [CREDENTIALS_LEFT_OUT] : [],
  };
}

/** Whether a secret is the one that the generated Dockerfile installs with. */
function isNpmrc(secret: string): boolean {
  return secret.split(",").includes("id=npmrc");
}

/** Something that is named by hand, with the place where it is. */
interface Named {
  readonly name: string;
  readonly where: string;
}

type ImageList = Exclude<keyof ImageFacts, "repository">;

/** What the module's manifest and the target's options name beyond what imports show. */
function readFacts(options: DockerBuildOptions, project: Project, workspace: BuildWorkspace): Record<ImageList, Named[]> {
  const file = `${project.root}/${posix.basename(project.root)}.yml`;
  const facts = readImageFacts(workspace.readText(file) ?? "", file);
  const collect = (key: ImageList): Named[] => [
    ...facts[key].map((name) => ({ name, where: `image.${key} in ${file}` })),
    ...(options[key] ?? []).map((name) => ({ name, where: key })),
  ];
  return { include: collect("include"), external: collect("external") };
}

/** What the runtime reads beside the bundle. */
function listRuntimeYaml({ root }: Project, workspace: BuildWorkspace): string[] {
  return [`${root}/${posix.basename(root)}.yml`, `${root}/roles.yml`].filter((path) => workspace.readFile(path) !== undefined);
}

function toContext({ files, localFiles }: PrunedManifests, workspace: BuildWorkspace, bunfig: string): ContextFiles {
  const texts = Object.entries(files).map(([path, text]): [string, ContextFile] => [path, toContextFile(text)]);
  // How Bun installs is said in the root as well.
  const settings: [string, ContextFile][] = bunfig === "" ? [] : [["bunfig.toml", toContextFile(bunfig)]];
  return new Map([...texts, ...settings, ...readContextFiles(localFiles, workspace)]);
}

function uniqueByName(list: readonly WantedPackage[]): WantedPackage[] {
  return [...new Map(list.map((named) => [named.name, named])).values()];
}
