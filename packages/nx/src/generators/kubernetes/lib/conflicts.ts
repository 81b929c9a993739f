import type { Tree } from "@nx/devkit";
import { isMap, parseAllDocuments } from "yaml";
import { KUSTOMIZATION, OBJECT_FILES, renderService } from "../../../deployment/kubernetes-files.js";
import type { KubernetesService } from "../../../deployment/kubernetes-service.js";
import { OoneexNxError } from "../../../errors.js";
import { readOwnership } from "../../../workspace/signed-file.js";
import { walkFiles } from "../../walk-files.js";

/** An object that somebody has described by hand, and that the generator would describe a second time in another file. */
export interface ManifestConflict {
  /** The file of the person, workspace-relative. */
  readonly path: string;
  readonly what: string;
  readonly remedy: string;
}

/**
 * Finds what kustomize would refuse, as two files that it lists would describe the same object. A hand-written file in the place
 * of a generated one is none: it is left, and does instead of it.
 *
 * @param base - workspace-relative
 */
export function findConflicts(tree: Tree, base: string, services: readonly KubernetesService[]): ManifestConflict[] {
  const read = (path: string): string => tree.read(path, "utf8") ?? "";
  const list = read(`${base}/${KUSTOMIZATION}`);
  const places = new Map<string, string>();
  return walkFiles(tree, base).flatMap((path): ManifestConflict[] => {
    if (!/\.ya?ml$/.test(path) || path.endsWith(`/${KUSTOMIZATION}`) || readOwnership(read(path), "kubernetes") !== "foreign") return [];
    const [top = "", file = ""] = path.slice(base.length + 1).split("/");
    const isListed = services.some(({ name }) => name === top) ? lists(tree, `${base}/${top}`, file) : list.includes(top);
    if (!isListed) return [];
    if (places.size === 0) for (const [object, place] of listGenerated(services, base)) places.set(object, place);
    const object = readObjects(read(path)).find((name) => {
      const place = places.get(name);
      return place !== undefined && place !== path && stands(tree, place);
    });
    const place = places.get(object ?? "");
    if (place === undefined) return [];
    const what = `it describes the ${object}, and so would ${place}, which kustomize refuses`;
    return [{ path, what, remedy: `move that object to ${place}, where it is left as it is, or have the manifests written elsewhere with --folder` }];
  });
}

/** @throws OoneexNxError `KUBERNETES_CONFLICT` */
export function refuseConflicts(tree: Tree, base: string, services: readonly KubernetesService[]): void {
  const [conflict] = findConflicts(tree, base, services);
  if (conflict !== undefined) throw new OoneexNxError({ code: "KUBERNETES_CONFLICT", what: conflict.what, where: conflict.path, remedy: conflict.remedy });
}

/** Whether a service's folder has its file in force. One that nobody has edited lists the generated files, whether they are there or not. */
function lists(tree: Tree, folder: string, file: string): boolean {
  const kustomization = tree.read(`${folder}/${KUSTOMIZATION}`, "utf8");
  return kustomization === null || readOwnership(kustomization, "kubernetes") === "ours" ? OBJECT_FILES.has(file) : kustomization.includes(file);
}

/** Whether a generated file is there after a run of the generator, and is not a person's. */
function stands(tree: Tree, place: string): boolean {
  const [folder, file] = [place.slice(0, place.lastIndexOf("/")), place.slice(place.lastIndexOf("/") + 1)];
  const text = tree.read(place, "utf8");
  return lists(tree, folder, file) && (text === null || readOwnership(text, "kubernetes") !== "foreign");
}

/** The objects of the services, such as `Deployment billing`, with the file of each. */
function listGenerated(services: readonly KubernetesService[], base: string): [object: string, place: string][] {
  return services.flatMap((service) =>
    [...renderService(service)].flatMap(([file, text]) =>
      OBJECT_FILES.has(file) ? readObjects(text).map((object): [string, string] => [object, `${base}/${service.name}/${file}`]) : [],
    ),
  );
}

/** What is not YAML is kustomize's to refuse. */
function readObjects(text: string): string[] {
  return [parseAllDocuments(text, { logLevel: "silent" })].flat().flatMap((document) => {
    const [kind, name] = isMap(document.contents) ? [document.get("kind"), document.getIn(["metadata", "name"])] : [];
    return typeof kind === "string" && typeof name === "string" ? [`${kind} ${name}`] : [];
  });
}
