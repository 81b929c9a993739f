import { type Dirent, existsSync, readdirSync, readFileSync, realpathSync, statSync } from "node:fs";
import { isAbsolute, join, posix, relative, sep } from "node:path";
import { OoneexNxError } from "../../errors.js";
import { type IgnorePattern, matchesPath, readIgnorePatterns } from "../docker-ignore-patterns.js";
import { isSecret } from "../docker-ignore.js";
import { outside, secret } from "./source-errors.js";

/** Folders that no image is made from. */
const SKIPPED = new Set(["node_modules", ".git", ".nx"]);

/** What a build writes: left out unless it is named. */
const OUTPUT = "dist";

/**
 * Finds the files that somebody names for an image beyond what imports show.
 *
 * @param workspaceRoot - absolute path
 * @param patterns - workspace-relative: files, folders with everything below them, or globs with `*`, `**`, `?`, `[…]` and
 * `{a,b}`; a glob that matches a folder means everything below it too
 * @param where - what names them, for the errors
 * @returns workspace-relative files, sorted, without installed packages, build output and secrets; `dist` only where a
 * pattern names it
 * @throws OoneexNxError `INCLUDE_MISSING` for a pattern without a file, `SOURCE_SECRET` for one with nothing but secrets,
 * `SOURCE_OUTSIDE`
 */
export function matchIncludes(workspaceRoot: string, patterns: readonly string[], where: string): string[] {
  const root = realpathSync(workspaceRoot);
  const dockerIgnore = join(root, ".dockerignore");
  const text = existsSync(dockerIgnore) ? readFileSync(dockerIgnore, "utf8") : undefined;
  const included = patterns.flatMap((pattern) => {
    const matches = matchInclude(root, pattern, where);
    // A link with a harmless name can lead to a secret.
    const files = matches.filter((path) => !isSecret(path, text) && !isSecret(relativize(root, path), text));
    if (files.length > 0) return files;
    const [refused] = matches;
    throw refused === undefined ? missing(pattern, where) : secret(refused, where);
  });
  return [...new Set(included)].sort();
}

function matchInclude(root: string, pattern: string, where: string): string[] {
  return expandBraces(pattern).flatMap((expanded) => {
    const path = posix.normalize(expanded).replace(/\/$/, "");
    if (path === ".." || path.startsWith("../") || isAbsolute(path)) throw outside(pattern, where);
    const segments = path === "." ? [] : path.split("/");
    // A name that exists means itself, brackets and all.
    const star = existsSync(join(root, path)) ? -1 : segments.findIndex((segment) => /[*?[\\]/.test(segment));
    const base = segments.slice(0, star === -1 ? segments.length : star);
    if (base.some((segment) => SKIPPED.has(segment))) return [];
    // With a dot in front, a pattern cannot be taken for a comment or an exception.
    const matcher = star === -1 ? undefined : readIgnorePatterns(`./${path}`)[0];
    return new Walk(root, matcher, segments.includes(OUTPUT), pattern, where).list(base.join("/"));
  });
}

/** One pattern's way through the folders. */
class Walk {
  readonly #root: string;
  readonly #matcher: IgnorePattern | undefined;
  readonly #skipped: ReadonlySet<string>;
  readonly #pattern: string;
  readonly #where: string;

  public constructor(root: string, matcher: IgnorePattern | undefined, withOutput: boolean, pattern: string, where: string) {
    this.#root = root;
    this.#matcher = matcher;
    this.#skipped = withOutput ? SKIPPED : new Set([...SKIPPED, OUTPUT]);
    this.#pattern = pattern;
    this.#where = where;
  }

  /**
   * Matching files at or below a path. A link counts as what it leads to.
   *
   * @param above - real folders on the way, so that a link to one of them ends there
   */
  public list(path: string, above: readonly string[] = []): string[] {
    const stats = statSync(join(this.#root, path), { throwIfNoEntry: false });
    if (stats === undefined) return [];
    const real = relativize(this.#root, path);
    if (isAbsolute(real) || real.split("/", 1)[0] === "..") throw outside(this.#pattern, this.#where);
    if (stats.isFile()) return this.#matcher === undefined || matchesPath(this.#matcher, path) ? [path] : [];
    if (!stats.isDirectory() || above.includes(real)) return [];
    return readdirSync(join(this.#root, real), { withFileTypes: true })
      .filter((entry) => !this.#skipped.has(entry.name) && isListed(entry))
      .flatMap(({ name }) => this.list(posix.join(path, name), [...above, real]));
  }
}

/** Where a path really leads, from the root. */
function relativize(root: string, path: string): string {
  return relative(root, realpathSync(join(root, path))).split(sep).join("/");
}

function isListed(entry: Dirent): boolean {
  return entry.isFile() || entry.isDirectory() || entry.isSymbolicLink();
}

/** `a/{b,c}` as `a/b` and `a/c`, from the outside in. */
function expandBraces(pattern: string): string[] {
  const [, head, body, tail] = /^([^{]*)\{((?:[^{}]|\{[^{}]*\})*,(?:[^{}]|\{[^{}]*\})*)\}(.*)$/s.exec(pattern) ?? [];
  if (head === undefined || body === undefined || tail === undefined) return [pattern];
  return splitOptions(body).flatMap((option) => expandBraces(head + option + tail));
}

function splitOptions(body: string): string[] {
  return body.split(/,(?![^{]*\})/);
}

function missing(pattern: string, where: string): OoneexNxError {
  return new OoneexNxError({
    code: "INCLUDE_MISSING",
    what: `no file of the workspace matches ${pattern}`,
    where,
    remedy: "mend the pattern, which starts at the workspace root, or remove it",
  });
}
