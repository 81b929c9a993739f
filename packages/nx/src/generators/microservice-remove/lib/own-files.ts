import type { Tree } from "@nx/devkit";
import type { ModuleNames } from "../../../workspace/names.js";
import { listChangedFiles } from "../../changed-files.js";
import { readService } from "../../microservice/lib/read-service.js";
import { renderServiceFiles } from "../../microservice/lib/service-files.js";
import { listOwnEntries } from "../../registrations.js";

/**
 * Lists what a person added to a service or changed: the files that differ from what the generator writes for the options
 * that the files themselves tell, be it formatted or not, and the entries in shared files that lead elsewhere.
 *
 * @returns workspace-relative paths, an entry with its variable behind its file
 */
export async function listOwnFiles(tree: Tree, names: ModuleNames): Promise<string[]> {
  const service = readService(tree, names);
  const files = await listChangedFiles(tree, names.root, renderServiceFiles(service));
  return [...files, ...listOwnEntries(tree, names, service.port)];
}
