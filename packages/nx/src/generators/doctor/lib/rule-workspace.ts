import { readNxJson, type Tree } from "@nx/devkit";
import { spawnSync } from "node:child_process";
import { updateCompose } from "../../../deployment/compose-file.js";
import { isGeneratedCompose } from "../../../deployment/compose-signature.js";
import { keysOf, parseCompose } from "../../../deployment/compose-source.js";
import { type DeploymentPlaces, readDeploymentPlaces } from "../../../deployment/places.js";
import { OoneexNxError } from "../../../errors.js";
import { buildServiceRepository, readPluginRegistry } from "../../../image/plugin-registry.js";
import type { DeploymentFile, RuleWorkspace, UneditableFile } from "../../../workspace/rules/facts.js";
import type { WorkspaceReader } from "../../../workspace/service-model.js";
import { readOwnership } from "../../../workspace/signed-file.js";
import { resolveComposition } from "../../compose/lib/composition.js";
import { findGaps } from "../../kubernetes/lib/gaps.js";
import { planService } from "../../kubernetes/lib/plan.js";
import { resolveRequest } from "../../kubernetes/lib/request.js";
import { renderServiceFiles } from "../../microservice/lib/service-files.js";
import { resolveService } from "../../microservice/lib/service.js";
import { readTree } from "../../tree-reader.js";
import { walkFiles } from "../../walk-files.js";
import { readDeployed, readDeployedImages, rememberCompose } from "./read-deployed.js";
import { renderPipelines } from "./render-pipelines.js";

/** Bytes of file names that git may list: those of a million files. */
const LONGEST_LIST = 128 * 1024 * 1024;

/** The files of a service's manifests that hold a port or an address. */
const WIRED = ["config.properties", "deployment.yaml", "service.yaml", "networkpolicy.yaml"] as const;

/** What the rules read of a workspace, by way of a generator's tree. Files are listed, and git asked, at most once. */
export function readRuleWorkspace(tree: Tree): RuleWorkspace {
  let files: readonly string[] | undefined;
  const parse = rememberCompose();
  let tracked: { readonly paths: ReadonlySet<string> | undefined } | undefined;
  return {
    ...readTree(tree),
    listFiles: () => (files ??= walkFiles(tree)),
    listTracked: () => (tracked ??= { paths: listTracked(tree.root) }).paths,
    renderDockerfile: (names) => {
      // The name decides nothing but the port, and no Dockerfile holds that.
      const service = resolveService(tree, { name: "service" });
      return renderServiceFiles({ ...service, names }).get(`${names.root}/Dockerfile`) ?? "";
    },
    nameRepository: ({ snake }) => {
      const registry = readPluginRegistry(readNxJson(tree) ?? {});
      return registry === undefined ? undefined : buildServiceRepository(registry, snake);
    },
    renderDeployments: (workspace) => renderDeployments(tree, workspace),
    readDeployed: (workspace) => readDeployed(workspace, readPlaces(tree), parse),
    readDeployedImages: (workspace) => readDeployedImages(workspace, readPlaces(tree), parse),
    renderPipelines: (workspace) => renderPipelines(tree, workspace),
  };
}

function readPlaces(tree: Tree): DeploymentPlaces {
  return readDeploymentPlaces(readNxJson(tree) ?? {});
}

function renderDeployments(tree: Tree, workspace: WorkspaceReader): (DeploymentFile | UneditableFile)[] {
  const { composeFile, kubernetesFolder } = readPlaces(tree);
  const base = `${kubernetesFolder}/base`;
  const before = workspace.read(composeFile);
  // Manifests that somebody else wrote are not even read further.
  const hasManifests = workspace.list(base).some((name) => WIRED.some((file) => isGeneratedManifest(workspace.read(`${base}/${name}/${file}`))));
  if (before === undefined && !hasManifests) return [];
  // The generator reads a tree, and this one has the edits that are planned so far.
  const view = Object.assign(Object.create(tree) as Tree, {
    read: (path: string) => workspace.read(path) ?? null,
    exists: (path: string) => workspace.read(path) !== undefined || workspace.list(path).length > 0,
    isFile: (path: string) => workspace.read(path) !== undefined,
    children: (folder: string) => [...workspace.list(folder)],
  });
  return [...(before === undefined ? [] : [renderCompose(view, before)]), ...(hasManifests ? renderManifests(view) : [])];
}

/** One that cannot be edited is told in its place, so that it keeps nothing else from being mended. */
function renderCompose(view: Tree, before: string): DeploymentFile | UneditableFile {
  const { file, request } = resolveComposition(view, {});
  let text: string;
  try {
    ({ text } = updateCompose(before, request, file));
  } catch (error) {
    if (!(error instanceof OoneexNxError)) throw error;
    if (error.code === "NAME_CLASH") return { path: file, line: undefined, what: error.what, remedy: error.remedy };
    if (error.code !== "COMPOSE_UNSUPPORTED") throw error;
    const line = /:(\d+)$/.exec(error.where ?? "")?.[1];
    return { path: file, line: line === undefined ? undefined : Number(line), remedy: error.remedy };
  }
  const [was, is] = [listBlocks(before, file), listBlocks(text, file)];
  return {
    path: file,
    text,
    generator: "@ooneex/nx:compose",
    isGenerated: isGeneratedCompose(before),
    added: [...is].filter((name) => !was.has(name)),
    removed: [...was].filter((name) => !is.has(name)),
  };
}

function listBlocks(text: string, path: string): Set<string> {
  const source = parseCompose(text, path);
  return new Set([...keysOf(source, "services"), ...keysOf(source, "volumes")]);
}

/** Those with ports and addresses of services that are there. What comes and goes with a service is its generator's to write, as a whole. */
function renderManifests(view: Tree): (DeploymentFile | UneditableFile)[] {
  const request = resolveRequest(view, {});
  const wired = request.services.flatMap((service) =>
    planService(view, service, `${request.folder}/base/${service.name}`, []).flatMap(([path, text]) =>
      WIRED.some((file) => path.endsWith(`/${file}`)) && view.exists(path) ? [{ path, text, generator: "@ooneex/nx:kubernetes", isGenerated: true, added: [], removed: [] }] : [],
    ),
  );
  return [...wired, ...findGaps(view, request)];
}

function isGeneratedManifest(manifest: string | undefined): boolean {
  return manifest !== undefined && readOwnership(manifest, "kubernetes") !== "foreign";
}

function listTracked(root: string): ReadonlySet<string> | undefined {
  const { status, stdout } = spawnSync("git", ["ls-files", "-z"], { cwd: root, encoding: "utf8", maxBuffer: LONGEST_LIST });
  return status === 0 ? new Set(stdout.split("\0").filter((path) => path !== "")) : undefined;
}
