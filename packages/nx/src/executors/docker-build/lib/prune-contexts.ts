import { posix } from "node:path";
import { OoneexNxError } from "../../../errors.js";
import { type ContextFile, type ContextFiles } from "../../../image/context-files.js";
import { pruneBunfig } from "../../../image/manifests/bunfig.js";
import type { WantedPackage } from "../../../image/manifests/manifests.js";
import { listNativePackages } from "../../../image/manifests/native.js";
import { pruneRuntime } from "../../../image/manifests/prune-runtime.js";
import { type PrunedManifests, pruneManifests } from "../../../image/manifests/prune.js";
import { type ImageFacts, readImageFacts } from "../../../workspace/image-facts.js";
import { matchIncludes } from "../../../workspace/sources/includes.js";
import type { Project } from "../../project.js";
import type { DockerBuildOptions } from "../schema.js";
import type { BuildWorkspace } from "./build-workspace.js";

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
}

/**
 * Works out what a service's image needs, from its entrypoint's imports, its manifest and the lockfile.
 *
 * @throws OoneexNxError `ENTRYPOINT_MISSING`, and what tracing and pruning throw
 */
export async function pruneContexts(options: DockerBuildOptions, project: Project, workspace: BuildWorkspace): Promise<PrunedContexts> {
  const main = posix.normalize(options.main ?? `${project.root}/src/index.ts`);
  if (workspace.readFile(main) === undefined) throw entrypointMissing(main);
  const facts = readFacts(options, project, workspace);
  const sources = await workspace.tracer().trace([main]);

  const named = facts.include.flatMap(({ name, where }) => (name.startsWith("npm:") ? [{ name: name.slice("npm:".length), where }] : []));
  const want = ({ name, where }: Named): WantedPackage => ({ name, folder: project.root, where, optional: false });
  const wanted = { packages: [...sources.packages, ...named.map(want), ...facts.external.map(want)], workspaces: sources.workspaces };
  const manifests = workspace.manifests();
  const natives = listNativePackages(manifests, wanted).map((name) => ({ name, where: "bun.lock" }));
  const externals = uniqueByName([...facts.external, ...natives]);

  const included = facts.include
    .filter(({ name }) => !name.startsWith("npm:"))
    .flatMap(({ name, where }) => matchIncludes(workspace.root, [name.replace("{projectRoot}", project.root)], where));
  const links = Object.entries(sources.links).map(([path, to]): [string, ContextFile] => [path, { content: Buffer.from(to), kind: "link" }]);
  // What a link stands for is staged at its own place, and nothing below the link.
  const isBelowLink = (path: string): boolean => links.some(([link]) => path === link || path.startsWith(`${link}/`));
  const paths = [...sources.files, ...included, ...listRuntimeYaml(project, workspace)].filter((path) => !isBelowLink(path));
  // A tsconfig.json that is imported or included is wanted as it is.
  const generated = Object.entries(sources.tsconfigs)
    .filter(([path]) => !paths.includes(path))
    .map(([path, text]): [string, ContextFile] => [path, toFile(text)]);
  return {
    manifests: toContext(pruneManifests(manifests, wanted), workspace),
    runtime: externals.length === 0 ? new Map<string, ContextFile>() : toContext(pruneRuntime(manifests, wanted, externals.map(want)), workspace),
    sources: new Map([...readAll(paths, workspace), ...links, ...generated]),
    externals: externals.map(({ name }) => name).sort(),
  };
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

function toContext({ files, localFiles }: PrunedManifests, workspace: BuildWorkspace): ContextFiles {
  const texts = Object.entries(files).map(([path, text]): [string, ContextFile] => [path, toFile(text)]);
  // How Bun installs is said in the root as well.
  const bunfig = pruneBunfig(workspace.readText("bunfig.toml") ?? "");
  const settings: [string, ContextFile][] = bunfig.trim() === "" ? [] : [["bunfig.toml", toFile(bunfig)]];
  return new Map([...texts, ...settings, ...readAll(localFiles, workspace)]);
}

function readAll(paths: readonly string[], workspace: BuildWorkspace): [string, ContextFile][] {
  return paths.map((path) => {
    const file = workspace.readFile(path);
    if (file !== undefined) return [path, file];
    throw new OoneexNxError({
      code: "FILE_MISSING",
      what: "a file that the image is made from cannot be read",
      where: path,
      remedy: "restore it, or remove what names it",
    });
  });
}

function toFile(text: string): ContextFile {
  return { content: Buffer.from(text), kind: "file" };
}

function uniqueByName(list: readonly Named[]): Named[] {
  return [...new Map(list.map((named) => [named.name, named])).values()];
}

function entrypointMissing(main: string): OoneexNxError {
  return new OoneexNxError({
    code: "ENTRYPOINT_MISSING",
    what: "there is no entrypoint to follow the imports of",
    where: main,
    remedy: "say where it is with the option main, or build from everything with --prune=false",
  });
}
