import type { NxJsonConfiguration } from "@nx/devkit";
import { requireWorkspacePath } from "../workspace/workspace-path.js";

/** Where a workspace keeps what it is deployed with. All who read or write it agree on these places. */
export interface DeploymentPlaces {
  /** Workspace-relative path of the compose file. */
  readonly composeFile: string;
  /** Workspace-relative folder of the Kubernetes manifests. */
  readonly kubernetesFolder: string;
}

/** What the files are called where nobody says otherwise. */
const DEFAULTS: DeploymentPlaces = { composeFile: "docker-compose.production.yml", kubernetesFolder: "deploy/kubernetes" };

const YAML = /\.ya?ml$/;

/**
 * Reads the options `composeFile` and `kubernetesFolder` of the plugin's entry in nx.json.
 *
 * @throws OoneexNxError `PATH_ILLEGAL` for a place outside of the workspace
 */
export function readDeploymentPlaces({ plugins = [] }: Pick<NxJsonConfiguration, "plugins">): DeploymentPlaces {
  const entry = plugins.find((plugin) => typeof plugin !== "string" && plugin.plugin === "@ooneex/nx");
  const options = (typeof entry === "object" ? (entry.options as Partial<Record<keyof DeploymentPlaces, unknown>> | undefined) : undefined) ?? {};
  return { composeFile: requireComposeFile(options.composeFile, "composeFile in nx.json"), kubernetesFolder: requireFolder(options.kubernetesFolder, "kubernetesFolder in nx.json") };
}

/**
 * Brings a path into its normal form.
 *
 * @param option - where it is from, for the error
 * @throws OoneexNxError `PATH_ILLEGAL`
 */
export function requireComposeFile(path: unknown, option: string): string {
  const example = DEFAULTS.composeFile;
  return path === undefined ? example : requireWorkspacePath(textOf(path), { option, ending: YAML, example });
}

/** As {@link requireComposeFile}, for the folder of the manifests. */
export function requireFolder(path: unknown, option: string): string {
  const example = DEFAULTS.kubernetesFolder;
  return path === undefined ? example : requireWorkspacePath(textOf(path), { option, example });
}

/** What is no text is no path: an empty one is refused. */
function textOf(path: unknown): string {
  return typeof path === "string" ? path : "";
}
