import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { OoneexNxError } from "../../../errors.js";
import type { Project } from "../../project.js";

interface Pushed {
  readonly references?: readonly string[];
  readonly digest?: string | null;
}

/**
 * Reads which image `docker-push` has pushed for a project, by its digest.
 *
 * @param workspaceRoot - absolute path
 * @returns `undefined` where the project has no image at all: no Dockerfile, and nothing that was pushed
 * @throws OoneexNxError `PUSHED_MISSING`
 */
export function readPushedImage({ imageName, root, name }: Project, workspaceRoot: string): string | undefined {
  const file = `.nx/images/${imageName}.json`;
  const isThere = existsSync(join(workspaceRoot, file));
  if (!isThere && !existsSync(join(workspaceRoot, root, "Dockerfile"))) return undefined;
  const { references, digest } = isThere ? parse(readFileSync(join(workspaceRoot, file), "utf8")) : {};
  // The first colon behind the last slash parts the tag; one before it is the registry's port.
  const repository = references?.[0]?.replace(/(?::[^:/@]+)?(?:@.*)?$/, "");
  if (repository !== undefined && typeof digest === "string") return `${repository}@${digest}`;
  throw new OoneexNxError({
    code: "PUSHED_MISSING",
    what: isThere ? "the file names no image with a digest" : "no image was pushed from this checkout",
    where: file,
    remedy: `push it first: nx docker-push ${name}`,
  });
}

function parse(text: string): Pushed {
  try {
    return JSON.parse(text) as Pushed;
  } catch {
    return {};
  }
}
