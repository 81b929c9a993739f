/** One line of a .dockerignore that is neither blank nor a comment. */
export interface IgnorePattern {
  /** What it names: without `!`, without a slash at either end. */
  readonly path: string;
  /** Matches the paths that it names, not those below them. */
  readonly expression: RegExp;
  /** Whether it takes files back into the build context. */
  readonly negated: boolean;
  /** The pattern's line as it stands in the file, without blanks around it. */
  readonly line: string;
}

/**
 * Reads the patterns of a .dockerignore as BuildKit does: `#` only starts a comment in the first column, a leading and
 * a trailing slash mean nothing, and every pattern starts at the context's root.
 *
 * @see https://github.com/moby/patternmatcher/blob/main/ignorefile/ignorefile.go
 */
export function readIgnorePatterns(text: string): IgnorePattern[] {
  return text
    .replace(/^\uFEFF/, "")
    .split("\n")
    .filter((line) => !line.startsWith("#") && line.trim() !== "")
    .map((line) => {
      const pattern = line.trim();
      const negated = pattern.startsWith("!");
      const path = cleanPath(negated ? pattern.slice(1).trim() : pattern);
      return { path, expression: compile(path), negated, line: pattern };
    });
}

/**
 * Whether a path stays out of the build context, as Docker documents it: the last pattern that matches the path or a
 * folder above it decides. Engines other than BuildKit work so.
 */
export function isIgnored(patterns: readonly IgnorePattern[], path: string): boolean {
  return !(patterns.findLast((pattern) => matchesPath(pattern, path))?.negated ?? true);
}

/**
 * Whether a path stays out of the build context of BuildKit, which goes from folder to folder. It tries a pattern only
 * where it can change something, and what it did not try on a folder counts for nothing below it: with `**\/.env` and
 * `!a`, `a/.env` stays out, because nothing ignores `a` that `!a` could undo; with `**\/.env`, `*` and `!a`, it comes
 * in.
 *
 * @see https://github.com/moby/patternmatcher/blob/main/patternmatcher.go
 */
export function isIgnoredByBuildKit(patterns: readonly IgnorePattern[], path: string): boolean {
  let ignored = false;
  let above: boolean[] = [];
  for (const folder of listPrefixes(path)) {
    ignored = false;
    above = patterns.map(({ negated, expression }, index) => {
      const matches = above[index] === true || (negated === ignored && expression.test(folder));
      if (matches) ignored = !negated;
      return matches;
    });
  }
  return ignored;
}

/** Whether a pattern, negated or not, matches a path or a folder above it. */
export function matchesPath({ expression }: IgnorePattern, path: string): boolean {
  return listPrefixes(path).some((prefix) => expression.test(prefix));
}

/** The folders above a path from the outside in, and the path. */
function listPrefixes(path: string): string[] {
  return path.split("/").map((_, index, segments) => segments.slice(0, index + 1).join("/"));
}

/** What means something in a pattern, a character class as a whole, or would mean something in an expression only. */
const TOKENS = /\[(?:\\.|[^\]\\])+\]|\*\*\/?|\*|\?|\\.|[.+(){}|$^\\]/g;

function compile(pattern: string): RegExp {
  // A literal end behind leading stars ends any path: `**.pem` reaches into folders, which `**.pem*` does not.
  const [, ending] = /^\*\*([^*?[\]\\/][^*?[\]\\]*)$/.exec(pattern) ?? [];
  const source =
    ending === undefined
      ? pattern.replace(TOKENS, (token, at: number) => translate(token, at + token.length === pattern.length))
      : `.*${escape(ending)}`;
  try {
    return new RegExp(`^${source}$`, "s");
  } catch {
    // BuildKit refuses such a pattern; here it ignores nothing.
    return /^(?!)/;
  }
}

function translate(token: string, isLast: boolean): string {
  if (token.startsWith("**")) return isLast ? ".*" : "(?:.*/)?";
  if (token === "*") return "[^/]*";
  if (token === "?") return "[^/]";
  return token.length > 1 ? token : escape(token);
}

function escape(literal: string): string {
  return literal.replace(/[.+(){}|$^\\]/g, "\\$&");
}

/** Go's filepath.Clean and the slash in front taken off, as far as a pattern can need it. */
function cleanPath(path: string): string {
  const segments: string[] = [];
  for (const segment of path.split("/")) {
    if (segment === "..") segments.pop();
    else if (segment !== "" && segment !== ".") segments.push(segment);
  }
  return segments.join("/");
}
