import type { Tree } from "@nx/devkit";
import { readManifest } from "../../../workspace/manifest.js";
import type { ModuleNames } from "../../../workspace/names.js";
import { formatTexts } from "../../format-texts.js";
import { DEFAULT_HEALTH_PATH, type Service } from "../../microservice/lib/service.js";
import { renderServiceFiles } from "../../microservice/lib/service-files.js";
import { listOwnEntries } from "../../registrations.js";
import { walkFiles } from "../../walk-files.js";

/**
 * Lists what a person added to a service or changed: the files that differ from what the generator writes for the options
 * that the files themselves tell, be it formatted or not, and the entries in shared files that lead elsewhere.
 *
 * @returns workspace-relative paths, an entry with its variable behind its file
 */
export async function listOwnFiles(tree: Tree, names: ModuleNames): Promise<string[]> {
  const service = readService(tree, names);
  const rendered = renderServiceFiles(service);
  const differing = listDiffering(tree, walkFiles(tree, names.root), rendered);
  const files = differing.length === 0 ? [] : listDiffering(tree, differing, await formatTexts(tree, rendered));
  return [...files, ...listOwnEntries(tree, names, service.port)];
}

/** Git may check files out with Windows' line endings, which is no change of a person. */
function listDiffering(tree: Tree, paths: readonly string[], texts: ReadonlyMap<string, string>): string[] {
  return paths.filter((path) => tree.read(path, "utf8")?.replaceAll("\r\n", "\n") !== texts.get(path));
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

function readTags(packageJson: string): string[] {
  try {
    const { nx } = JSON.parse(packageJson) as { nx?: { tags?: unknown } };
    return Array.isArray(nx?.tags) ? nx.tags.map(String) : [];
  } catch {
    return [];
  }
}
