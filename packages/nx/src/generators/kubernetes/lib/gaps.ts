import type { Tree } from "@nx/devkit";
import { isMap, isSeq, parseDocument } from "yaml";
import { KUSTOMIZATION } from "../../../deployment/kubernetes-files.js";
import { updateResources } from "../../../deployment/kubernetes-lists.js";
import { OoneexNxError } from "../../../errors.js";
import type { UneditableFile } from "../../../workspace/rules/facts.js";
import { walkFiles } from "../../walk-files.js";
import { findConflicts } from "./conflicts.js";
import { overlayPath } from "./environments.js";
import { findGone } from "./plan.js";
import type { KubernetesRequest } from "./request.js";

const RENEW = "nx g @ooneex/nx:kubernetes";

/** Finds where manifests do not have the services that the workspace has, one file each, with what mends it. */
export function findGaps(tree: Tree, { folder, services, images, environments }: KubernetesRequest): UneditableFile[] {
  const base = `${folder}/base`;
  const list = `${base}/${KUSTOMIZATION}`;
  const gaps: UneditableFile[] = [];
  const tell = (path: string, what: string, remedy: string, line?: number): void => void gaps.push({ path, line, what, remedy });
  for (const { path, what, remedy } of findConflicts(tree, base, services)) tell(path, what, remedy);

  const names = services.map(({ name }) => name);
  const missing = names.filter((name) => !tree.exists(`${base}/${name}`));
  if (missing.length > 0) tell(list, `there are no manifests of ${missing.join(", ")}`, RENEW);
  const unlisted = names.filter((name) => !missing.includes(name) && !isListed(tree, list, name));
  if (unlisted.length > 0) tell(list, `it does not list ${unlisted.join(", ")}, so nothing deploys ${unlisted.length === 1 ? "it" : "them"}`, RENEW);
  const { removed, kept } = findGone(tree, base, services);
  for (const name of [...removed, ...kept]) {
    const remedy = removed.includes(name) ? RENEW : `delete ${base}/${name}, which was changed by hand, and take ${name} out of ${list}`;
    tell(`${base}/${name}/${KUSTOMIZATION}`, `${name} is no service of the workspace any more`, remedy);
  }

  const used = new Set([...images.map(({ name }) => name), ...[...removed, ...kept].map((name) => name.replaceAll("-", "_"))]);
  for (const { name } of environments) {
    const path = overlayPath(folder, name);
    const entries = listImages(tree.read(path, "utf8") ?? "");
    if (entries === undefined) continue;
    const lacking = images.filter((image) => !missing.some((service) => service.replaceAll("-", "_") === image.name) && !entries.some((entry) => entry.name === image.name));
    if (lacking.length > 0) tell(path, `it does not say which image of ${lacking.map((image) => image.name).join(", ")} is deployed`, RENEW);
    for (const entry of entries) {
      if (used.has(entry.name) || isNamed(tree, folder, entry.name)) continue;
      tell(path, `it names the image ${entry.name}, which no manifest here has`, `take ${entry.name} out of images, unless a manifest from elsewhere has it`, entry.line);
    }
  }
  return gaps;
}

/** Whether the base deploys a folder. A list that cannot be added to is told as one that lacks it, and refused by the generator in its place. */
function isListed(tree: Tree, list: string, name: string): boolean {
  const text = tree.read(list, "utf8") ?? "";
  try {
    return updateResources(text, [name], [], list) === text;
  } catch (error) {
    if (!(error instanceof OoneexNxError)) throw error;
    return false;
  }
}

/** The images of an overlay with their lines; `undefined` where there is no overlay. What is not YAML has none. */
function listImages(text: string): { readonly name: string; readonly line: number }[] | undefined {
  if (text === "") return undefined;
  const images = parseDocument(text, { logLevel: "silent" }).get("images");
  return (isSeq(images) ? images.items : []).flatMap((item) => {
    const name = isMap(item) ? item.get("name") : undefined;
    const offset = isMap(item) ? (item.range?.[0] ?? 0) : 0;
    return typeof name === "string" ? [{ name, line: text.slice(0, offset).split("\n").length }] : [];
  });
}

/** Whether some manifest runs an image of that name, with or without a tag. */
function isNamed(tree: Tree, folder: string, name: string): boolean {
  const pattern = new RegExp(`\\bimage:\\s*["']?${name.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&")}(?:[:@"'\\s}]|$)`, "m");
  return walkFiles(tree, folder).some((path) => /\.ya?ml$/.test(path) && pattern.test(tree.read(path, "utf8") ?? ""));
}
