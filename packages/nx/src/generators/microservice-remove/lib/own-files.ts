import type { Tree } from "@nx/devkit";
import { readManifest } from "../../../workspace/manifest.js";
import type { ModuleNames } from "../../../workspace/names.js";
import { DEFAULT_HEALTH_PATH, type Service } from "../../microservice/lib/service.js";
import { renderServiceFiles } from "../../microservice/lib/service-files.js";
import { walkFiles } from "../../walk-files.js";

/**
 * Lists the files of a service that a person added or changed: all that differ from what the generator writes for the
 * options that the files themselves tell.
 *
 * @returns workspace-relative paths
 */
export function listOwnFiles(tree: Tree, names: ModuleNames): string[] {
  const generated = renderServiceFiles(readService(tree, names));
  return walkFiles(tree, names.root).filter((path) => tree.read(path, "utf8") !== generated.get(path));
}

function readService(tree: Tree, names: ModuleNames): Service {
  const read = (name: string): string => tree.read(`${names.root}/${name}`, "utf8") ?? "";
  const dockerfile = read("Dockerfile");
  const route = /@Route\.get\("([^"]+)"/.exec(read("src/controllers/HealthController.ts"))?.[1];
  const [firstProbe, secondProbe] = [...dockerfile.matchAll(/'(\/[^']*)'/g)].map((match) => match[1]);
  return {
    names,
    port: readManifest(read(`${names.kebab}.yml`), `${names.root}/${names.kebab}.yml`).port ?? 0,
    healthPath: secondProbe ?? firstProbe ?? route ?? DEFAULT_HEALTH_PATH,
    framework: read("src/index.ts").includes('"@talosjs/') ? "@talosjs" : "@ooneex",
    tags: readTags(read("package.json")),
    bunVersion: /^FROM oven\/bun:(\S+) AS base$/m.exec(dockerfile)?.[1] ?? "",
  };
}

function readTags(packageJson: string): string[] {
  try {
    return (JSON.parse(packageJson) as { nx?: { tags?: string[] } }).nx?.tags ?? [];
  } catch {
    return [];
  }
}
