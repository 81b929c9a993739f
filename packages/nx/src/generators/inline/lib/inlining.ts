import type { Tree } from "@nx/devkit";
import { toModuleManifest } from "../../../workspace/manifest-kind.js";
import type { ModuleNames } from "../../../workspace/names.js";
import { listChangedFiles } from "../../changed-files.js";
import { readService } from "../../microservice/lib/read-service.js";
import { renderServiceFiles } from "../../microservice/lib/service-files.js";
import { renderModuleFiles } from "../../module/lib/module.js";
import { listModuleFiles, planServicePartsRemoval } from "../../module-parts.js";
import { planComposition } from "../../module-registrations.js";
import { type FileEdit, listOwnEntries, planMembership, planRetraction, readUrlVariable } from "../../registrations.js";
import { refuseUses } from "./uses.js";

/** What inlining comes to. */
export interface Inlining {
  readonly edits: readonly FileEdit[];
  /** What a person wrote that goes with the service: files, and entries of shared files. */
  readonly losses: readonly string[];
}

/**
 * Plans how a service becomes a regular module. Nothing is written.
 *
 * @throws OoneexNxError `SERVICE_IN_USE` with the lines where what goes is used, and what a shared file has to be mended for
 */
export async function planInlining(tree: Tree, names: ModuleNames): Promise<Inlining> {
  const service = readService(tree, names);
  const rendered = renderServiceFiles(service);
  const kept = new Set(listModuleFiles(names));
  const files = [...rendered.keys()].filter((path) => !kept.has(path) && tree.exists(path));
  const changed = await listChangedFiles(tree, names.root, rendered);
  const manifest = `${names.root}/${names.kebab}.yml`;
  const own: FileEdit[] = [
    { path: manifest, text: toModuleManifest(tree.read(manifest, "utf8") ?? "", manifest) },
    planServicePartsRemoval(tree, names),
    ...planSpec(tree, names, changed, renderModuleFiles(service)),
  ];
  refuseUses(tree, names, {
    files,
    edited: new Map(own.map(({ path, text }) => [path, text ?? ""])),
    variable: readUrlVariable(tree, names),
  });
  return {
    edits: [
      ...files.map((path) => ({ path, text: undefined })),
      ...own,
      ...planRetraction(tree, names),
      ...planMembership(tree, names),
      ...planComposition(tree, names),
    ],
    losses: [...files.filter((path) => changed.includes(path)), ...listOwnEntries(tree, names, service.port)],
  };
}

/** The generated spec of a service expects the parts of a service; one that a person wrote stays as it is. */
function planSpec(tree: Tree, { root, pascal }: ModuleNames, changed: readonly string[], module: ReadonlyMap<string, string>): FileEdit[] {
  const path = `${root}/tests/${pascal}Module.spec.ts`;
  return tree.exists(path) && !changed.includes(path) ? [{ path, text: module.get(path) }] : [];
}
