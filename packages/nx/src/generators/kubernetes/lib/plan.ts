import type { Tree } from "@nx/devkit";
import { mendEdited } from "../../../deployment/kubernetes-edited.js";
import { KUSTOMIZATION, renderBase, renderService } from "../../../deployment/kubernetes-files.js";
import { updateImages, updateResources } from "../../../deployment/kubernetes-lists.js";
import { renderOverlay } from "../../../deployment/kubernetes-overlay.js";
import { type KubernetesService, secretsName } from "../../../deployment/kubernetes-service.js";
import { type Ownership, readOwnership } from "../../../workspace/signed-file.js";
import { walkFiles } from "../../walk-files.js";
import { refuseConflicts } from "./conflicts.js";
import { overlayPath } from "./environments.js";
import type { KubernetesRequest } from "./request.js";

/** What is to be written, before anything is. */
export interface KubernetesPlan {
  /** Workspace-relative path to its new text; `undefined` where the file goes. Only files that change. */
  readonly edits: ReadonlyMap<string, string | undefined>;
  /** What a person has to decide, one sentence each. */
  readonly notices: readonly string[];
  /** What the cluster has to hold, one sentence each. */
  readonly needs: readonly string[];
}

/** Services that have manifests and are no modules any more. */
export interface Gone {
  /** Those whose manifests nobody has changed. */
  readonly removed: readonly string[];
  /** Those whose manifests stay, and stay listed. */
  readonly kept: readonly string[];
}

/**
 * Plans the manifests of a workspace: what is as it was written is written anew, what somebody has edited gets the ports and
 * addresses of the workspace, what somebody else wrote stays, and the manifests of a service that is gone go unless they were
 * edited.
 *
 * @throws OoneexNxError `KUBERNETES_CONFLICT` where a person describes what would be described twice, `KUBERNETES_INVALID` for a file that has to be mended first, `KUBERNETES_UNSUPPORTED` where no edit
 *   changes what is asked for and nothing else
 */
export function planKubernetes(tree: Tree, { folder, services, images, environments }: KubernetesRequest): KubernetesPlan {
  const base = `${folder}/base`;
  refuseConflicts(tree, base, services);
  const edits = new Map<string, string | undefined>();
  const notices: string[] = [];
  const needs: string[] = [];
  const put = (path: string, text: string): void => {
    if (text !== tree.read(path, "utf8")) edits.set(path, text);
  };

  for (const service of services) {
    if (!tree.exists(`${base}/${service.name}`)) needs.push(...describeNeeds(service, base));
    for (const [path, text] of planService(tree, service, `${base}/${service.name}`, notices)) put(path, text);
  }
  const { removed, kept } = findGone(tree, base, services);
  for (const name of removed) for (const path of walkFiles(tree, `${base}/${name}`)) edits.set(path, undefined);
  for (const name of kept) notices.push(`${name} is no service of the workspace any more. ${base}/${name} was changed by hand, so it was left, and is still deployed.`);

  const names = services.map(({ name }) => name);
  const list = `${base}/${KUSTOMIZATION}`;
  const listed = tree.read(list, "utf8") ?? undefined;
  if (listed === undefined || readOwnership(listed, "kubernetes") === "ours") put(list, keepLineEndings(listed, renderBase([...names, ...kept].sort())));
  else put(list, updateResources(listed, names, removed, list));

  for (const { name, namespace } of environments) {
    const path = overlayPath(folder, name);
    const before = tree.read(path, "utf8") ?? undefined;
    const goneImages = removed.map((service) => service.replaceAll("-", "_"));
    put(path, before === undefined ? renderOverlay({ environment: name, namespace, images }) : updateImages(before, images, goneImages, path));
  }
  return { edits, notices, needs };
}

/**
 * The texts of a service's files. One that an edited kustomization does not list was taken out on purpose, and is not made; one
 * that was not written here is somebody's own, and is not among them.
 *
 * @param notices - gets what a person has to decide, one sentence each
 * @throws OoneexNxError `KUBERNETES_INVALID` for an edited file that has to be mended first
 */
export function planService(tree: Tree, service: KubernetesService, folder: string, notices: string[]): [path: string, text: string][] {
  const kustomization = tree.read(`${folder}/${KUSTOMIZATION}`, "utf8") ?? undefined;
  const isLeftOut = (file: string): boolean => kustomization !== undefined && readOwnership(kustomization, "kubernetes") !== "ours" && !kustomization.includes(file);
  return [...renderService(service)].flatMap(([file, text]): [string, string][] => {
    const path = `${folder}/${file}`;
    const before = tree.read(path, "utf8") ?? undefined;
    if (before === undefined) return isLeftOut(file) ? [] : [[path, text]];
    const ownership = readOwnership(before, "kubernetes");
    if (ownership === "ours") return [[path, keepLineEndings(before, text)]];
    if (ownership === "foreign") {
      notices.push(`${path} was not written by this generator, so it was left: its port and addresses are yours to keep in step. To have it written, delete it.`);
      return [];
    }
    const mended = mendEdited(file, before, service, path);
    notices.push(...mended.notices);
    return [[path, mended.text]];
  });
}

export function findGone(tree: Tree, base: string, services: readonly KubernetesService[]): Gone {
  const names = new Set(services.map(({ name }) => name));
  const ownershipOf = (path: string): Ownership => readOwnership(tree.read(path, "utf8") ?? "", "kubernetes");
  const gone = tree.children(base).filter((name) => {
    const kustomization = `${base}/${name}/${KUSTOMIZATION}`;
    return !names.has(name) && tree.exists(kustomization) && ownershipOf(kustomization) !== "foreign";
  });
  const isUntouched = (name: string): boolean => walkFiles(tree, `${base}/${name}`).every((path) => ownershipOf(path) === "ours");
  return { removed: gone.filter(isUntouched), kept: gone.filter((name) => !isUntouched(name)) };
}

/** What has to be there before a service starts. */
function describeNeeds({ name, variables: { secrets, unset } }: KubernetesService, base: string): string[] {
  return [
    ...(secrets.length === 0 ? [] : [`${name} starts once its namespace has a Secret ${secretsName(name)} with ${secrets.join(", ")}.`]),
    ...(unset.length === 0
      ? []
      : [
          `${unset.join(", ")} of ${name} had no value for a cluster in its example: write ${unset.length === 1 ? "it" : "them"} into ${base}/${name}/config.properties, ` +
            `or a secret into the Secret ${secretsName(name)} and its key into env of ${base}/${name}/deployment.yaml.`,
        ]),
  ];
}

/** A checkout with other line endings is as it was written. */
function keepLineEndings(before: string | undefined, text: string): string {
  return before?.includes("\r\n") === true ? text.replaceAll("\n", "\r\n") : text;
}
