import { posix } from "node:path";

/**
 * Builds what tells where the aliases of a tsconfig lead a specifier.
 *
 * TypeScript takes the pattern without a star that is equal, else the one with the longest text before its star.
 *
 * A workspace has an alias for each module, so they are looked up by what stands before the star, longest first, and the
 * lengths of that are few.
 *
 * @param aliases - `paths` of the root tsconfig: pattern to targets, each target relative to the workspace root
 * @returns specifier to workspace-relative paths, in the order in which they are tried; none where no alias matches
 */
export function buildAliasMatcher(aliases: Iterable<readonly [pattern: string, targets: readonly string[]]>): (specifier: string) => readonly string[] {
  const exact = new Map<string, readonly string[]>();
  const byPrefix = new Map<string, { suffix: string; targets: readonly string[] }[]>();
  for (const [pattern, targets] of aliases) {
    const [prefix = "", suffix] = pattern.split("*");
    if (suffix === undefined) exact.set(prefix, targets.map((target) => posix.normalize(target)));
    else byPrefix.set(prefix, [...(byPrefix.get(prefix) ?? []), { suffix, targets }]);
  }
  const lengths = [...new Set([...byPrefix.keys()].map((prefix) => prefix.length))].sort((a, b) => b - a);
  return (specifier) => {
    const whole = exact.get(specifier);
    if (whole !== undefined) return whole;
    for (const length of lengths) {
      const found = byPrefix
        .get(specifier.slice(0, length))
        ?.find(({ suffix }) => specifier.length >= length + suffix.length && specifier.endsWith(suffix));
      if (found === undefined) continue;
      const star = specifier.slice(length, specifier.length - found.suffix.length);
      // A function as replacement: `$` in a path is a letter like any other.
      return found.targets.map((target) => posix.normalize(target.replace("*", () => star)));
    }
    return [];
  };
}
