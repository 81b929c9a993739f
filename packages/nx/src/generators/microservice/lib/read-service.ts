import type { Tree } from "@nx/devkit";
import { readManifest } from "../../../workspace/manifest.js";
import type { ModuleNames } from "../../../workspace/names.js";
import { readTags } from "../../project-tags.js";
import { DEFAULT_HEALTH_PATH, type Service } from "./service.js";

/** Reads the options that a service was generated with from its own files. */
export function readService(tree: Tree, names: ModuleNames): Service {
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
