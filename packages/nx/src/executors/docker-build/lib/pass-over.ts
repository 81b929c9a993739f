import type { Project } from "../../project.js";
import type { DockerBuildOptions } from "../schema.js";
import type { BuildWorkspace } from "./build-workspace.js";
import { locateDockerfile } from "./resolve-build-plan.js";

/**
 * Tells why a project that may go without an image gets none.
 *
 * @returns one line for a person; `undefined` where its image is built
 */
export function passOver(options: DockerBuildOptions, project: Project, workspace: BuildWorkspace): string | undefined {
  if (options.optional !== true) return undefined;
  const file = locateDockerfile(options, project);
  return workspace.readFile(file) === undefined ? `There is no ${file}, so there is no image to build.` : undefined;
}
