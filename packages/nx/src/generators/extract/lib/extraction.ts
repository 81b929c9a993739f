import type { Tree } from "@nx/devkit";
import { OoneexNxError } from "../../../errors.js";
import { readManifest } from "../../../workspace/manifest.js";
import { toServiceManifest } from "../../../workspace/manifest-kind.js";
import type { ModuleNames } from "../../../workspace/names.js";
import { formatTexts } from "../../format-texts.js";
import { listImportSites } from "../../importers.js";
import { renderServiceFiles } from "../../microservice/lib/service-files.js";
import { resolveNewService, type Service } from "../../microservice/lib/service.js";
import { listModuleFiles, planServiceParts } from "../../module-parts.js";
import { planDecomposition } from "../../module-registrations.js";
import { type FileEdit, planRegistration } from "../../registrations.js";
import type { ExtractOptions } from "../schema.js";

/** What an extraction comes to. */
export interface Extraction {
  readonly service: Service;
  /** New and changed files, each once. */
  readonly edits: readonly FileEdit[];
}

/**
 * Plans how a regular module becomes a service. Nothing is written.
 *
 * @throws OoneexNxError `INTERNALS_IMPORTED` with the lines where something else imports the module, `SERVICE_FILES_EXIST`
 *   where the module has files of its own in the places of the service's, and what an option or a shared file has to be
 *   mended for
 */
export async function planExtraction(tree: Tree, names: ModuleNames, options: ExtractOptions): Promise<Extraction> {
  const port = options.port ?? readManifest(readText(tree, manifestOf(names)), manifestOf(names)).port;
  const service = resolveNewService(tree, { ...options, ...(port === undefined ? {} : { port }) });
  const decomposition = planDecomposition(tree, names);
  refuseImporters(names, listImportSites(tree, names, decomposition));
  const rendered = renderServiceFiles(service);
  const kept = listModuleFiles(names).filter((path) => tree.exists(path));
  const files = new Map([...rendered].filter(([path]) => !kept.includes(path)));
  refuseOccupied(tree, names, files);
  const texts = options.skipFormat === true ? files : await formatTexts(tree, files);
  const manifest = toServiceManifest(readText(tree, manifestOf(names)), service.port, manifestOf(names));
  return {
    service,
    edits: [
      ...[...texts].map(([path, text]) => ({ path, text })),
      { path: manifestOf(names), text: manifest },
      planServiceParts(tree, names),
      ...decomposition,
      ...planRegistration(tree, service),
    ],
  };
}

/** A process of its own cannot be imported. */
function refuseImporters({ kebab }: ModuleNames, importers: readonly string[]): void {
  if (importers.length === 0) return;
  throw new OoneexNxError({
    code: "INTERNALS_IMPORTED",
    what: `other modules import ${kebab}, which they could not do once it is a process of its own`,
    where: importers.join(", "),
    remedy: "move what both need to modules/shared, or call a controller over HTTP instead, then run again",
  });
}

/** What a person wrote in the place of a service's file may be anything, such as a barrel in src/index.ts. */
function refuseOccupied(tree: Tree, { kebab }: ModuleNames, files: ReadonlyMap<string, string>): void {
  const occupied = [...files].filter(([path, text]) => tree.exists(path) && readText(tree, path) !== text).map(([path]) => path);
  if (occupied.length === 0) return;
  throw new OoneexNxError({
    code: "SERVICE_FILES_EXIST",
    what: `${kebab} has files of its own where those of the service belong`,
    where: occupied.join(", "),
    remedy: "rename them, then run again",
  });
}

function manifestOf({ root, kebab }: ModuleNames): string {
  return `${root}/${kebab}.yml`;
}

function readText(tree: Tree, path: string): string {
  return tree.read(path, "utf8") ?? "";
}
