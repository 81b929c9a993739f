import { isObject } from "./workspace-files.js";

/**
 * Looks a request up in `exports` or `imports` of a package.json.
 *
 * @param field - the field's value
 * @param request - `.` or `./sub/path` for exports, `#name` for imports
 * @param conditions - names that count, `default` among them
 * @returns what the request may lead to: relative to the package, or a package's name for imports. Empty where the package
 * does not offer it
 * @see https://nodejs.org/api/packages.html#package-entry-points
 */
export function matchPackageTargets(field: unknown, request: string, conditions: ReadonlySet<string>): string[] {
  const entries = isObject(field) && Object.keys(field).some((key) => /^[.#]/.test(key)) ? field : { ".": field };
  if (Object.hasOwn(entries, request) && !request.includes("*")) return resolveTarget(entries[request], "", conditions) ?? [];
  let best: { readonly key: string; readonly prefix: string; readonly star: string } | undefined;
  for (const key of Object.keys(entries)) {
    const star = matchPattern(key, request);
    if (star === undefined) continue;
    const prefix = key.split("*", 1)[0] ?? key;
    if (best === undefined || prefix.length > best.prefix.length || (prefix === best.prefix && key.length > best.key.length)) {
      best = { key, prefix, star };
    }
  }
  if (best === undefined) return [];
  const { key, star } = best;
  const targets = resolveTarget(entries[key], star, conditions) ?? [];
  return key.includes("*") ? targets : targets.map((target) => target + star);
}

/** What the star stands for; behind a key that ends with a slash, all that follows. */
function matchPattern(key: string, request: string): string | undefined {
  const [prefix = "", suffix, ...more] = key.split("*");
  if (more.length > 0 || !request.startsWith(prefix) || request.length <= prefix.length) return undefined;
  if (suffix === undefined) return key.endsWith("/") ? request.slice(key.length) : undefined;
  if (!request.endsWith(suffix) || request.length < prefix.length + suffix.length) return undefined;
  return request.slice(prefix.length, request.length - suffix.length);
}

/** Of conditions the first one that holds, of a list all: `undefined` where no condition holds. */
function resolveTarget(target: unknown, star: string, conditions: ReadonlySet<string>): string[] | undefined {
  // A function as replacement: `$` in a path is a letter like any other.
  if (typeof target === "string") return [target.replaceAll("*", () => star)];
  if (target === null) return [];
  if (Array.isArray(target)) return target.flatMap((item) => resolveTarget(item, star, conditions) ?? []);
  if (!isObject(target)) return undefined;
  for (const [condition, value] of Object.entries(target)) {
    const found = conditions.has(condition) ? resolveTarget(value, star, conditions) : undefined;
    if (found !== undefined) return found;
  }
  return undefined;
}
