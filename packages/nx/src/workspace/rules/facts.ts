import { APP_YML, type MicroserviceDeclaration, readMicroservices } from "../app-yml.js";
import { flattenEnv, resolveEnvFile } from "../env-yml.js";
import type { ModuleNames } from "../names.js";
import { isPortSource, type PortClaim, readPorts } from "../ports.js";
import { type Deployable, readDeployables, readModules, type WorkspaceModule, type WorkspaceReader } from "../service-model.js";
import { groupMisspelled } from "./misspelled.js";

/** Folder of the API module, whose environment names where the services are. */
export const APP_ROOT = "modules/app";

/** What rules read of a workspace. What is a function is read only by the rules that need it. */
export interface RuleWorkspace extends WorkspaceReader {
  /** Lists the files that a person may have written, those that git leaves out included. */
  readonly listFiles: () => readonly string[];
  /** Lists the files that git has; `undefined` where there is no repository. */
  readonly listTracked: () => ReadonlySet<string> | undefined;
  /** The Dockerfile that a new service of that name would get. */
  readonly renderDockerfile: (names: ModuleNames) => string;
  /** The repository that a service's image has where only nx.json names a registry; `undefined` where it names none. */
  readonly nameRepository: (names: ModuleNames) => string | undefined;
  /** The deployment files that are there, as their generators would leave them. */
  readonly renderDeployments: (workspace: WorkspaceReader) => readonly (DeploymentFile | UneditableFile)[];
  /** The pipelines that are there and nobody has edited, as their generator would write them. */
  readonly renderPipelines: (workspace: WorkspaceReader) => readonly (RenderedPipeline | UneditableFile)[];
  /** What the production compose file says of each of its services, and what Kubernetes' manifests do. */
  readonly readDeployed: (workspace: WorkspaceReader) => readonly DeployedService[];
  /** The images that the production compose file and the overlays of Kubernetes name. */
  readonly readDeployedImages: (workspace: WorkspaceReader) => readonly DeployedImage[];
}

/** A variable that a service is deployed with, as it is written. */
export interface DeployedVariable {
  readonly variable: string;
  readonly value: string;
  /** Workspace-relative path of the compose file, of a file of settings that it names, or of a service's settings on Kubernetes. */
  readonly path: string;
  /** From 1. */
  readonly line: number | undefined;
}

/** A service as it is deployed by one of the two. */
export interface DeployedService {
  /** What deploys it. A host of the one's network is none of the other's. */
  readonly by: "compose" | "kubernetes";
  /** Key of its block in the compose file, or its folder on Kubernetes. */
  readonly name: string;
  /** One of each name: the one that counts. */
  readonly variables: readonly DeployedVariable[];
}

/** An image that is deployed. */
export interface DeployedImage {
  /** The service's name in kebab-case, where it is one of the workspace's. */
  readonly name: string;
  /** Reference, as it is written. */
  readonly image: string;
  /** Workspace-relative path. */
  readonly path: string;
  /** From 1. */
  readonly line: number | undefined;
}

/** A file as its generator would leave it. */
export interface RenderedFile {
  /** Workspace-relative path. */
  readonly path: string;
  readonly text: string;
}

/** A pipeline as its generator would leave it. */
export interface RenderedPipeline extends RenderedFile {
  /** What the generator writes with it where nobody has such a file, and the owner changes from then on. */
  readonly beside: readonly RenderedFile[];
}

/** A file that a generator keeps in step with the workspace. */
export interface DeploymentFile extends RenderedFile {
  /** As `nx g` takes it. */
  readonly generator: string;
  /** Whether the file says that the generator wrote it, as opposed to a person. */
  readonly isGenerated: boolean;
  /** Names of the blocks that the text has and the file has not. */
  readonly added: readonly string[];
  /** Names of the blocks that the file has and the text has not. */
  readonly removed: readonly string[];
}

/** A deployment file or a pipeline that is not in step, and that no mend of the doctor edits. */
export interface UneditableFile {
  /** Workspace-relative path. */
  readonly path: string;
  /** What is not in step; `undefined` where the file is right, and written in a way that its generator edits in no place that it would have to. */
  readonly what?: string;
  /** Line, from 1. */
  readonly line: number | undefined;
  /** What a person does in that place, or the command that mends it. */
  readonly remedy: string | undefined;
}

/** One file of an environment. */
export interface EnvFile {
  /** Workspace-relative path. */
  readonly path: string;
  readonly text: string;
  /** `example` is committed, `local` is what the runtime reads on this machine, `named` is any other, such as production's. */
  readonly kind: "example" | "local" | "named";
  readonly variables: ReadonlyMap<string, string>;
}

/** What the rules of one run have in common, read once. */
export interface RuleFacts {
  readonly workspace: RuleWorkspace;
  readonly modules: readonly WorkspaceModule[];
  readonly deployables: readonly Deployable[];
  /** The deployables that the app reaches over HTTP. */
  readonly services: readonly Deployable[];
  /** What app.yml declares, in its order. */
  readonly declared: readonly MicroserviceDeclaration[];
  /** Whether there is an app to declare services to. */
  readonly hasApp: boolean;
  /** The app's environment: its own files, or the one that it takes another folder's of. */
  readonly appEnvironment: readonly EnvFile[];
  readonly readEnvironment: (root: string) => readonly EnvFile[];
  readonly readClaims: () => readonly PortClaim[];
  /** The variables of a file of the app's environment that are meant for the one which a service is called by, and are not it. */
  readonly listMisspelled: (file: EnvFile, variable: string) => readonly string[];
}

const ENV_FILE = /^\.env(?:\.[\w-]+)*\.ya?ml$/;
const EXAMPLE = /\.(?:example|sample|template)\.ya?ml$/;

/**
 * Reads what every rule starts from.
 *
 * @throws OoneexNxError where a file cannot be parsed
 */
export function readFacts(workspace: RuleWorkspace): RuleFacts {
  const app = workspace.read(APP_YML);
  const deployables = readDeployables(workspace);
  const files = new Map<string, readonly EnvFile[]>();
  let claims: readonly PortClaim[] | undefined;
  // Each service asks of the same few files, which hold a variable of each service.
  const misspelled = new Map<EnvFile, ReadonlyMap<string, readonly string[]>>();
  const readEnvironment = (root: string): readonly EnvFile[] => {
    const known = files.get(root) ?? workspace.list(root).filter((name) => ENV_FILE.test(name)).sort().flatMap((name) => readEnvFile(workspace, `${root}/${name}`));
    files.set(root, known);
    return known;
  };
  return {
    workspace,
    deployables,
    modules: readModules(workspace),
    services: deployables.filter(({ type }) => type === "microservice"),
    declared: app === undefined ? [] : readMicroservices(app),
    hasApp: workspace.list(APP_ROOT).length > 0,
    appEnvironment: readAppEnvironment(workspace, readEnvironment(APP_ROOT)),
    readEnvironment,
    readClaims: () => (claims ??= readPortClaims(workspace)),
    listMisspelled: (file, variable) => {
      const known = misspelled.get(file) ?? groupMisspelled(file.text, file.path);
      misspelled.set(file, known);
      return known.get(variable) ?? [];
    },
  };
}

function readAppEnvironment(workspace: RuleWorkspace, own: readonly EnvFile[]): readonly EnvFile[] {
  const local = resolveEnvFile((path) => workspace.read(path) !== undefined);
  return local === undefined || own.some(({ path }) => path === local) ? own : [...own, ...readEnvFile(workspace, local)];
}

function readEnvFile(workspace: RuleWorkspace, path: string): EnvFile[] {
  const text = workspace.read(path);
  if (text === undefined) return [];
  const kind = EXAMPLE.test(path) ? "example" : /(?:^|\/)\.env\.ya?ml$/.test(path) ? "local" : "named";
  return [{ path, text, kind, variables: flattenEnv(text, path) }];
}

function readPortClaims(workspace: RuleWorkspace): PortClaim[] {
  const sources = workspace.listFiles().filter(isPortSource);
  return readPorts(sources.map((path) => ({ path, text: workspace.read(path) ?? "" })));
}
