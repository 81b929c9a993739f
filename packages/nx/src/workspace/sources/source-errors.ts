import { OoneexNxError } from "../../errors.js";
import type { AliasMatch } from "./tsconfigs.js";

/** A path that leads to a place which a build from the repository cannot reach. */
export function outside(path: string, where: string): OoneexNxError {
  return new OoneexNxError({
    code: "SOURCE_OUTSIDE",
    what: `${path} lies outside of the workspace, or is a path that only one machine has, so no image can be built from it`,
    where,
    remedy: "move the file into the workspace, and name it by a relative path or an alias",
  });
}

/** A file that is kept out of images. */
export function secret(path: string, where: string): OoneexNxError {
  return new OoneexNxError({
    code: "SOURCE_SECRET",
    what: `${path} looks like a secret, and everybody who can pull the image could read it there`,
    where,
    remedy: `read it at run time, from the environment or a mounted file; if it holds no secret, end .dockerignore with the line !${path}`,
  });
}

/** An import without a file. */
export function unresolved(specifier: string, where: string, alias: AliasMatch | undefined): OoneexNxError {
  const tried = alias === undefined ? "" : `; ${alias.config} leads ${alias.pattern} to ${alias.targets.join(", ") || "nothing"}`;
  return new OoneexNxError({
    code: "IMPORT_UNRESOLVED",
    what: `the import of ${JSON.stringify(specifier)} leads to no file${tried}`,
    where,
    remedy: "mend the import or add the file; if a build step writes it, run that before",
  });
}

/**
 * A file that is looked up when the container runs.
 *
 * @param path - workspace-relative path for an include; `undefined` where the specifier is no path
 */
export function unbundled(specifier: string, where: string, path: string | undefined): OoneexNxError {
  const name = JSON.stringify(specifier);
  const beside = path === undefined ? "" : `, or name ${path} under image.include and copy it to where the run looks for it in the Dockerfile`;
  return new OoneexNxError({
    code: "IMPORT_UNBUNDLED",
    what: `Bun leaves the look-up of ${name} to the run, when the container has no such file`,
    where,
    remedy: `import ${name}, with { type: "file" } where its path is wanted${beside}`,
  });
}
