import { APP_YML, readMicroservices } from "./app-yml.js";
import { flattenEnv } from "./env-yml.js";
import { readManifest } from "./manifest.js";
import { MODULES_ROOT, type ModuleNames, readNames } from "./names.js";

/** Reads a workspace's files, from a generator's tree or from disk. Paths are workspace-relative. */
export interface WorkspaceReader {
  /** @returns the text; `undefined` where there is no such file */
  readonly read: (path: string) => string | undefined;
  /** @returns names of a folder's children; none where there is no such folder */
  readonly list: (folder: string) => readonly string[];
}

/** A module of the workspace, of whatever kind. */
export interface WorkspaceModule {
  readonly names: ModuleNames;
  /** As its manifest says: `module`, `microservice`, `api`, `spa`, … */
  readonly type: string | undefined;
  /** Workspace-relative path of its manifest. */
  readonly manifest: string;
  /** TCP port in development: the manifest's, else that of the service's own environment. */
  readonly port: number | undefined;
}

/** A module that runs as a process of its own. */
export interface Deployable extends WorkspaceModule {
  readonly type: "microservice" | "api";
  /** Whether it has the Dockerfile that its image is built from. */
  readonly hasDockerfile: boolean;
  /** Name of the variable by which the app reaches it; `undefined` where app.yml does not declare it. */
  readonly urlVariable: string | undefined;
  /**
   * The variables of its environment by name, from the example that is committed. Values there are those of development, and
   * may be empty.
   */
  readonly environment: ReadonlyMap<string, string>;
}

/** Port that an image listens on where nothing else is said; the Dockerfile's `ENV PORT`. */
export const IMAGE_PORT = 3500;

/** The API's port where nothing says otherwise. */
const API_PORT = 3000;

/**
 * Reads every module: each folder of `modules/` with a manifest that is named after it, in the order of their names.
 *
 * @throws OoneexNxError `MANIFEST_INVALID` or `ENV_YML_INVALID` where a file is not YAML
 */
export function readModules(workspace: WorkspaceReader): WorkspaceModule[] {
  return [...workspace.list(MODULES_ROOT)].sort().flatMap((folder) => {
    const names = readNames(folder);
    if (names === undefined) return [];
    const manifest = `${names.root}/${folder}.yml`;
    const text = workspace.read(manifest);
    if (text === undefined) return [];
    const { type, port } = readManifest(text, manifest);
    return [{ names, type, manifest, port: port ?? readOwnPort(workspace, names.root) ?? (type === "api" ? API_PORT : undefined) }];
  });
}

/**
 * Reads the modules that run as processes of their own, in the order of their names.
 *
 * @throws OoneexNxError as {@link readModules} and reading app.yml do
 */
export function readDeployables(workspace: WorkspaceReader): Deployable[] {
  const app = workspace.read(APP_YML);
  const declared = new Map((app === undefined ? [] : readMicroservices(app)).map(({ name, url }) => [name, url]));
  return readModules(workspace).flatMap((module) => {
    const { type, names } = module;
    if (type !== "microservice" && type !== "api") return [];
    const hasDockerfile = workspace.read(`${names.root}/Dockerfile`) !== undefined;
    return [{ ...module, type, hasDockerfile, urlVariable: declared.get(names.kebab), environment: readExample(workspace, names.root) }];
  });
}

function readExample(workspace: WorkspaceReader, root: string): ReadonlyMap<string, string> {
  const path = `${root}/.env.example.yml`;
  const text = workspace.read(path);
  return text === undefined ? new Map() : flattenEnv(text, path);
}

/** Of the committed example first: a developer's own environment says what is so on one machine. */
function readOwnPort(workspace: WorkspaceReader, root: string): number | undefined {
  for (const path of [`${root}/.env.example.yml`, `${root}/.env.yml`]) {
    const text = workspace.read(path);
    const port = Number(text === undefined ? undefined : flattenEnv(text, path).get("PORT"));
    if (Number.isInteger(port) && port > 0 && port <= 65_535) return port;
  }
  return undefined;
}
