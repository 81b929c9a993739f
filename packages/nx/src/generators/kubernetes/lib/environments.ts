import type { Tree } from "@nx/devkit";
import { KUSTOMIZATION } from "../../../deployment/kubernetes-files.js";
import { OoneexNxError } from "../../../errors.js";
import type { KubernetesOptions } from "../schema.js";

/** An environment that services run in. */
export interface Environment {
  readonly name: string;
  /** Namespace of an overlay that is yet to be written. */
  readonly namespace: string;
}

const DEFAULTS = ["staging", "production"];

/** A DNS label (RFC 1123), which the name of a namespace has to be. */
const LABEL = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;

/** Workspace-relative path of an environment's kustomization. */
export function overlayPath(folder: string, environment: string): string {
  return `${folder}/overlays/${environment}/${KUSTOMIZATION}`;
}

/**
 * The environments that are there, and those that are asked for, in the order of their names.
 *
 * @param title - name of the workspace
 * @throws OoneexNxError `ENVIRONMENT_ILLEGAL` or `NAMESPACE_ILLEGAL` for a name that Kubernetes does not take
 */
export function resolveEnvironments(tree: Tree, folder: string, title: string, options: KubernetesOptions): Environment[] {
  const present = tree.children(`${folder}/overlays`).filter((name) => tree.exists(overlayPath(folder, name)));
  const wanted = (options.environments ?? (present.length > 0 ? [] : DEFAULTS)).flatMap((names) => names.split(",")).map((name) => name.trim());
  for (const name of wanted) {
    if (!LABEL.test(name)) throw illegal("ENVIRONMENT_ILLEGAL", name, "--environments", "write a name such as staging");
  }
  const pattern = options.namespace ?? `${readStem(title)}-{environment}`;
  return [...new Set([...present, ...wanted])].sort().map((name) => {
    const namespace = pattern.replaceAll("{environment}", name);
    if (!present.includes(name) && !LABEL.test(namespace)) throw illegal("NAMESPACE_ILLEGAL", namespace, "--namespace", "write a name such as acme-{environment}");
    return { name, namespace };
  });
}

/** What a namespace can start with, of a name such as `@acme/Shop`. */
function readStem(title: string): string {
  const stem = title.toLowerCase().replace(/[^a-z0-9]+/g, "-").slice(0, 40).replace(/^-+|-+$/g, "");
  return stem === "" ? "workspace" : stem;
}

function illegal(code: string, name: string, where: string, remedy: string): OoneexNxError {
  const what = `${JSON.stringify(name)} is not made of at most 63 lower-case letters, digits and hyphens`;
  return new OoneexNxError({ code, what, where, remedy });
}
