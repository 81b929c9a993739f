import type { ExecutorContext } from "@nx/devkit";
import { posix } from "node:path";
import { OoneexNxError } from "../errors.js";
import { readNames } from "../workspace/names.js";

/** The project that an executor runs for. */
export interface Project {
  /** Name in the graph. */
  readonly name: string;
  /** Workspace-relative folder. */
  readonly root: string;
  /** Name of its image, a legal path component of an image reference. */
  readonly imageName: string;
}

/**
 * Reads the project that an executor runs for.
 *
 * @throws OoneexNxError `PROJECT_MISSING` or `NAME_ILLEGAL`
 */
export function readProject(context: ExecutorContext): Project {
  const name = context.projectName;
  const root = name === undefined ? undefined : context.projectsConfigurations.projects[name]?.root;
  if (name === undefined || root === undefined) {
    throw new OoneexNxError({
      code: "PROJECT_MISSING",
      what: "the executor runs for a project, and there is none",
      where: `${context.targetName ?? "target"} of ${name ?? "no project"}`,
      remedy: "run it as nx <target> <project>",
    });
  }
  const folder = posix.basename(root);
  const imageName = readNames(folder)?.snake;
  if (imageName === undefined) {
    throw new OoneexNxError({
      code: "NAME_ILLEGAL",
      what: `no image can be named after the folder ${JSON.stringify(folder)}`,
      where: root,
      remedy: "rename it to lower-case words joined by hyphens, such as order-history",
    });
  }
  return { name, root, imageName };
}
