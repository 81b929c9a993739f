/**
 * Splits a key of bun.lock into the names of the packages on the way: `a/@s/b` is `a`, then `@s/b`. Keys stand for places
 * in node_modules; what a workspace alone sees stands under the workspace's name.
 */
export function splitKey(key: string): string[] {
  return key.match(/@[^/]+\/[^/]+|[^/]+/g) ?? [];
}

/**
 * Finds what a dependency means for the package at a place, as Node.js does: first under the place itself, then under
 * each place above it.
 *
 * @param has - whether there is something at a key
 * @param from - key of the package that depends, a workspace's name, or "" for the root
 * @returns the key, `undefined` where there is none
 */
export function findKey(has: (key: string) => boolean, from: string, name: string): string | undefined {
  const path = splitKey(from);
  for (let depth = path.length; depth >= 0; depth -= 1) {
    const key = [...path.slice(0, depth), name].join("/");
    if (has(key)) return key;
  }
  return undefined;
}
