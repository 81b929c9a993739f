import { posix } from "node:path";
import { OoneexNxError } from "../errors.js";

/** Where an option comes from, and what it is to look like. */
export interface PathOption {
  /** The option's name, for the error. */
  readonly option: string;
  /** What the path ends with. */
  readonly ending?: RegExp;
  readonly example: string;
}

/**
 * Brings a path that somebody has chosen into the one form that Nx's tree knows it by, with forward slashes.
 *
 * @returns a path from the workspace root, below it
 * @throws OoneexNxError `PATH_ILLEGAL` for one that leads out of the workspace or into git's own folder, holds what no file's
 *   name holds, or has the wrong ending
 */
export function requireWorkspacePath(path: string, { option, ending = /./, example }: PathOption): string {
  const normal = posix.normalize(path.replaceAll("\\", "/")).replace(/\/$/, "");
  const leadsOut = normal.startsWith("../") || normal === ".." || normal === "." || posix.isAbsolute(normal) || /^[A-Za-z]:/.test(normal);
  const isNone = /\p{Cc}/u.test(normal) || normal.split("/").includes(".git") || !ending.test(normal);
  if (!leadsOut && !isNone) return normal;
  throw new OoneexNxError({
    code: "PATH_ILLEGAL",
    what: `${JSON.stringify(path)} ${leadsOut ? "leads out of the workspace" : "is no file of that kind"}`,
    where: option,
    remedy: `write a path from the workspace root, such as ${example}`,
  });
}
