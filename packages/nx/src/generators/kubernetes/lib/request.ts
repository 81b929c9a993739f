import { readNxJson, type Tree } from "@nx/devkit";
import { addressOf } from "../../../deployment/compose-block.js";
import { readProbePath } from "../../../deployment/kubernetes-health.js";
import type { KustomizeImage } from "../../../deployment/kubernetes-lists.js";
import type { KubernetesService } from "../../../deployment/kubernetes-service.js";
import { listDatastorePorts, sortVariables } from "../../../deployment/kubernetes-variables.js";
import { readDeploymentPlaces, requireFolder } from "../../../deployment/places.js";
import { OoneexNxError } from "../../../errors.js";
import { buildServiceRepository, readPluginRegistry } from "../../../image/plugin-registry.js";
import { isReference } from "../../../image/reference.js";
import type { TopologyFacts } from "../../../topology/model.js";
import { listEmptyVariables } from "../../../workspace/env-yml.js";
import { readImageFacts } from "../../../workspace/image-facts.js";
import { type Deployable, IMAGE_PORT, readDeployables } from "../../../workspace/service-model.js";
import { readFacts } from "../../topology/lib/read-facts.js";
import { readTree } from "../../tree-reader.js";
import type { KubernetesOptions } from "../schema.js";
import { type Environment, resolveEnvironments } from "./environments.js";

/** Manifests that are to be written, with every option resolved. */
export interface KubernetesRequest {
  /** Workspace-relative. */
  readonly folder: string;
  readonly services: readonly KubernetesService[];
  readonly images: readonly KustomizeImage[];
  readonly environments: readonly Environment[];
  /** What keeps a service from running well, one sentence each. */
  readonly notices: readonly string[];
}

/** Name of a variable as app.yml may hold it. */
const VARIABLE = /^[A-Z_][A-Z0-9_]*$/;

/**
 * The tag of an image before anybody has said which one is deployed. No push makes it, whereas a cluster takes `billing:latest`
 * for somebody else's image, docker.io/library/billing.
 */
const NO_TAG = "unset";

/**
 * Says where the manifests are.
 *
 * @returns a workspace-relative folder
 * @throws OoneexNxError `PATH_ILLEGAL`
 */
export function resolveFolder(tree: Tree, { folder }: KubernetesOptions): string {
  return folder === undefined ? readDeploymentPlaces(readNxJson(tree) ?? {}).kubernetesFolder : requireFolder(folder, "--folder");
}

/**
 * Reads the workspace's services, and fills in what the user left out.
 *
 * @throws OoneexNxError `KUBERNETES_EMPTY` where nothing can be deployed, and as reading options and the workspace's files does
 */
export function resolveRequest(tree: Tree, options: KubernetesOptions): KubernetesRequest {
  const folder = resolveFolder(tree, options);
  const deployables = readDeployables(readTree(tree));
  if (deployables.length === 0 && !tree.exists(folder)) {
    throw new OoneexNxError({
      code: "KUBERNETES_EMPTY",
      what: "no module of the workspace runs as a process of its own",
      where: "modules/*/*.yml",
      remedy: "create a service first: nx g @ooneex/nx:microservice billing",
    });
  }
  const facts = readFacts(tree);
  const environments = resolveEnvironments(tree, folder, facts.title, options);
  const registry = readPluginRegistry(readNxJson(tree) ?? {});
  return {
    folder,
    environments,
    services: deployables.map((deployable) => describeService(tree, deployable, deployables, facts)),
    images: deployables.map((deployable) => describeImage(tree, deployable, registry)),
    notices: deployables.flatMap((deployable) => judge(tree, deployable)),
  };
}

function describeService(tree: Tree, { names, type, port = IMAGE_PORT }: Deployable, deployables: readonly Deployable[], { calls, processes }: TopologyFacts): KubernetesService {
  const name = names.kebab;
  const portOf = new Map(deployables.map((target) => [target.names.kebab, target.port ?? IMAGE_PORT]));
  // What is no variable's name reaches no process, and could be more than a name in a file of settings.
  const outgoing = calls.filter(({ from, to, variable }) => VARIABLE.test(variable) && from === name && to !== name && portOf.has(to));
  const incoming = calls.filter(({ from, to }) => to === name && from !== name && portOf.has(from));
  const example = `${names.root}/.env.example.yml`;
  const variables = {
    name,
    port,
    environment: processes.find((process) => process.name === name)?.environment ?? new Map<string, string>(),
    empty: tree.exists(example) ? listEmptyVariables(tree.read(example, "utf8") ?? "", example) : [],
    urls: new Map(outgoing.map(({ variable, to }) => [variable, addressOf(to, portOf.get(to) ?? IMAGE_PORT)])),
  };
  return {
    name,
    image: names.snake,
    port,
    probePath: readProbePath(tree.read(`${names.root}/Dockerfile`, "utf8") ?? ""),
    isOpen: type === "api",
    variables: sortVariables(variables),
    callers: sortUnique(incoming.map(({ from }) => from)),
    callees: sortUnique(outgoing.map(({ to }) => to)),
    datastorePorts: listDatastorePorts(variables),
  };
}

/** As `docker-push` names it, or `docker-build` where nothing says where images go. */
function describeImage(tree: Tree, { names, manifest }: Deployable, registry: string | undefined): KustomizeImage {
  const { repository } = readImageFacts(tree.read(manifest, "utf8") ?? "", manifest);
  const newName = repository ?? (registry === undefined ? names.snake : buildServiceRepository(registry, names.snake));
  if (!isReference(newName)) {
    throw new OoneexNxError({
      code: "REPOSITORY_ILLEGAL",
      what: `${JSON.stringify(newName)} is no repository that an image can be pulled from`,
      where: repository === undefined ? "nx.json, option registry of @ooneex/nx" : manifest,
      remedy: "write [registry[:port]/]name in lower case, such as ghcr.io/acme/billing",
    });
  }
  return { name: names.snake, newName, newTag: NO_TAG };
}

function judge(tree: Tree, { names, hasDockerfile }: Deployable): string[] {
  return [
    ...(hasDockerfile ? [] : [`${names.root} has no Dockerfile: nothing here builds its image, and its probes ask for no path.`]),
    ...(tree.exists(`${names.root}/.env.example.yml`) ? [] : [`${names.root} has no .env.example.yml, so its manifests know only the secrets and datastores that its source names.`]),
  ];
}

function sortUnique(names: readonly string[]): string[] {
  return [...new Set(names)].sort();
}
