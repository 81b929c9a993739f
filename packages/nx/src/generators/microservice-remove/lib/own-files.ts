import type { Tree } from "@nx/devkit";
import { readManifest } from "../../../workspace/manifest.js";
import type { ModuleNames } from "../../../workspace/names.js";
import { listChangedFiles } from "../../changed-files.js";
import { DEFAULT_HEALTH_PATH, type Service } from "../../microservice/lib/service.js";
import { renderServiceFiles } from "../../microservice/lib/service-files.js";
import { readTags } from "../../project-tags.js";
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

function readService(tree: Tree, names: ModuleNames): Service {
  const read = (name: string): string => tree.read(`${names.root}/${name}`, "utf8") ?? "";
  const dockerfile = read("Dockerfile");
  const route = /@Route\.get\("([^"]+)"/.exec(read("src/controllers/HealthController.ts"))?.[1];
  const healthCheck = /^ *CMD \["bun", "-e".*$/m.exec(dockerfile)?.[0] ?? "";
  const [firstProbe, secondProbe] = [...healthCheck.matchAll(/'(\/[^']*)'/g)].map((match) => match[1]);
  return {
    names,
    port: readManifest(read(`${names.kebab}.yml`), `${names.root}/${names.kebab}.yml`).port ?? 0,
    healthPath: secondProbe ?? firstProbe ?? route ?? DEFAULT_HEALTH_PATH,
    framework: read("src/index.ts").includes('"@talosjs/') ? "@talosjs" : "@ooneex",
    tags: readTags(read("package.json")),
    bunVersion: /^FROM oven\/bun:(\S+) AS base$/m.exec(dockerfile)?.[1] ?? "",
  };
}
