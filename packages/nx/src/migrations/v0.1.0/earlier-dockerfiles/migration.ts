import type { Tree } from "@nx/devkit";
import { renderServiceFiles } from "../../../generators/microservice/lib/service-files.js";
import { resolveService } from "../../../generators/microservice/lib/service.js";
import { type ModuleNames, MODULES_ROOT, readNames } from "../../../workspace/names.js";
import { type Filling, readOrigin } from "./earlier-generation.js";

/**
 * Replaces the Dockerfiles that an earlier generation of this plugin wrote, and that nobody has changed since, by the present
 * one, for the same Bun and the same health path. A second run changes nothing.
 *
 * @returns what is left to a person, a sentence for each file; Nx prints it when all migrations have run
 */
export function replaceEarlierDockerfiles(tree: Tree): string[] {
  return tree.children(MODULES_ROOT).flatMap((folder) => {
    const names = readNames(folder);
    const path = `${MODULES_ROOT}/${folder}/Dockerfile`;
    const before = tree.isFile(path) ? tree.read(path, "utf8") : null;
    if (names === undefined || before === null) return [];
    const origin = readOrigin(before, names);
    if (origin.kind === "untouched") tree.write(path, withLineEndings(renderDockerfile(tree, names, origin.filling), before));
    return origin.kind === "edited" ? [describeEdited(path)] : [];
  });
}

export default replaceEarlierDockerfiles;

function renderDockerfile(tree: Tree, names: ModuleNames, filling: Filling): string {
  // The name of the service that is resolved decides nothing but its port, which no Dockerfile holds.
  const service = resolveService(tree, { name: "service", healthPath: filling.healthPath });
  return renderServiceFiles({ ...service, names, bunVersion: filling.bunVersion }).get(`${names.root}/Dockerfile`) as string;
}

function withLineEndings(text: string, before: string): string {
  return before.includes("\r\n") ? text.replaceAll("\n", "\r\n") : text;
}

function describeEdited(path: string): string {
  return (
    `${path} was written by an earlier version of @ooneex/nx and changed since, so it is left as it is: it builds, with all that its stages put in. ` +
    `For an image of the bundle alone, copy the stages runtime, prod-deps, build and production from the Dockerfile of a new service, or move yours away, ` +
    `run nx g @ooneex/nx:doctor --fix=dockerfile-missing and put your lines back.`
  );
}
