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

  const gone = [...removed, ...kept].map((name) => name.replaceAll("-", "_"));
  for (const { name } of environments) {
    const path = overlayPath(folder, name);
    const text = tree.read(path, "utf8");
    if (text === null) continue;
    const said = readOverlay(text);
    const isSaid = (image: string): boolean => said.some((entry) => entry.key === "images" && entry.name === image);
    const lacking = images.filter((image) => !missing.some((service) => service.replaceAll("-", "_") === image.name) && !isSaid(image.name));
    if (lacking.length > 0) tell(path, `it does not say which image of ${lacking.map((image) => image.name).join(", ")} is deployed`, RENEW);
    for (const entry of said) {
      const isUsed = entry.key === "images" && (gone.includes(entry.name) || images.some((image) => image.name === entry.name));
      if (isUsed || isNamed(tree, folder, entry)) continue;
      tell(path, `${entry.key} names ${entry.name}, which no manifest here has`, `take ${entry.name} out of ${entry.key}, unless a manifest from elsewhere has it`, entry.line);
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

/** What an overlay says of something in the base. */
interface OverlayEntry {
  readonly key: "images" | "replicas" | "patches";
  readonly name: string;
  /** From 1. */
  readonly line: number;
}

/** What an overlay names. What is not YAML names nothing, and neither does a patch whose target is a pattern. */
function readOverlay(text: string): OverlayEntry[] {
  const document = parseDocument(text, { logLevel: "silent" });
  return (["images", "replicas", "patches"] as const).flatMap((key) => {
    const list = document.get(key);
    return (isSeq(list) ? list.items : []).flatMap((item): OverlayEntry[] => {
      const name: unknown = isMap(item) ? item.getIn(key === "patches" ? ["target", "name"] : ["name"]) : undefined;
      if (!isMap(item) || typeof name !== "string" || (key === "patches" && !/^[a-z0-9-]+$/.test(name))) return [];
      return [{ key, name, line: text.slice(0, item.range?.[0] ?? 0).split("\n").length }];
    });
  });
}

/** Whether a manifest has what an overlay names: an image with or without a tag, or an object. */
function isNamed(tree: Tree, folder: string, { key, name }: OverlayEntry): boolean {
  const escaped = name.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&");
  const pattern = new RegExp(key === "images" ? `\\bimage:\\s*["']?${escaped}(?:[:@"'\\s}]|$)` : `\\bname:\\s*["']?${escaped}["']?\\s*(?:[,}#]|$)`, "m");
  const isOverlay = (path: string): boolean => path.startsWith(`${folder}/overlays/`) && path.endsWith(`/${KUSTOMIZATION}`);
  return walkFiles(tree, folder).some((path) => /\.ya?ml$/.test(path) && !isOverlay(path) && pattern.test(tree.read(path, "utf8") ?? ""));
}
