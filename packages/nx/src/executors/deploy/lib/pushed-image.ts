import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parsePushedImage, pushedImagePath } from "../../../deployment/pushed-image.js";
import { OoneexNxError } from "../../../errors.js";
import type { Project } from "../../project.js";

/**
 * Reads which image `docker-push` has pushed for a project, by its digest.
 *
 * @param workspaceRoot - absolute path
 * @returns `undefined` where the project has no image at all: no Dockerfile, and nothing that was pushed
 * @throws OoneexNxError `PUSHED_MISSING`
 */
export function readPushedImage({ imageName, root, name }: Project, workspaceRoot: string): string | undefined {
  const file = pushedImagePath(imageName);
  const isThere = existsSync(join(workspaceRoot, file));
  if (!isThere && !existsSync(join(workspaceRoot, root, "Dockerfile"))) return undefined;
  const pushed = isThere ? parsePushedImage(readFileSync(join(workspaceRoot, file), "utf8")) : undefined;
  if (pushed !== undefined) return `${pushed.repository}@${pushed.digest}`;
  throw new OoneexNxError({
    code: "PUSHED_MISSING",
    what: isThere ? "the file names no image with a digest" : "no image was pushed from this checkout",
    where: file,
    remedy: `push it first: nx docker-push ${name}`,
  });
}
