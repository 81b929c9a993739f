import { quote } from "../workspace/yaml-fragment.js";

/** A service as Kubernetes runs it. Plain values: whoever reads a workspace fills it in. */
export interface KubernetesService {
  /** Name of its objects, which is its host name in the namespace: `order-history`. */
  readonly name: string;
  /** What its manifests call its image, which each environment gives a repository and a tag: `order_history`. */
  readonly image: string;
  /** TCP port that it listens on, in its container and as a service. */
  readonly port: number;
  /** Path that its image's health check asks for; `undefined` where that is not known. */
  readonly probePath: string | undefined;
  /** Whether every pod of the cluster may call it, as is so of an API. */
  readonly isOpen: boolean;
  readonly variables: KubernetesVariables;
  /** Services that call it and that it calls, by name, sorted. */
  readonly callers: readonly string[];
  readonly callees: readonly string[];
  /** TCP ports of its datastores, sorted. */
  readonly datastorePorts: readonly number[];
}

/** The variables of a service by where they come from. */
export interface KubernetesVariables {
  /** Values for its ConfigMap, addresses among them. */
  readonly settings: ReadonlyMap<string, string>;
  /** Addresses of the services that it calls. */
  readonly urls: ReadonlyMap<string, string>;
  /** Names that hold no value for a cluster yet, such as one that leads to the developer's own machine. */
  readonly unset: readonly string[];
  /** Names of the keys of its Secret that it does not start without. */
  readonly secrets: readonly string[];
  /** Names of the keys of its Secret that its example leaves empty. */
  readonly optionalSecrets: readonly string[];
}

/** Label that tells whose an object is. */
export const NAME_LABEL = "app.kubernetes.io/name";

/** A name as a manifest has it: in quotes where it would mean something else, as `on` does. */
export function nameText(name: string): string {
  return quote(name, "PLAIN");
}

/** Name of the ConfigMap with a service's settings. */
export function settingsName(name: string): string {
  return `${name}-config`;
}

/** Name of the Secret with a service's secrets. */
export function secretsName(name: string): string {
  return `${name}-secrets`;
}
