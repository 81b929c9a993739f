import { collectClosure, findEntry } from "./closure.js";
import { readEntryKind } from "./entry-kind.js";
import { compare } from "./fields.js";
import type { LockedPackage } from "./lockfile.js";
import type { Manifests, Wanted } from "./manifests.js";

/** Packages that build, download or load compiled code for the one that depends on them. */
const NATIVE_HELPERS: ReadonlySet<string> = new Set([
  ...["node-gyp", "node-gyp-build", "node-gyp-build-optional-packages", "node-addon-api", "nan", "bindings", "napi-macros"],
  ...["prebuild-install", "prebuildify", "prebuild", "pkg-prebuilds", "napi-build-utils", "node-abi"],
  ...["node-pre-gyp", "@mapbox/node-pre-gyp", "cmake-js", "cmake-ts", "neon-cli", "@neon-rs/load", "@napi-rs/cli", "require-addon", "install-artifact-from-github"],
]);

/**
 * Packages that bring compiled code for every platform in their own archive and depend on nothing, so that bun.lock has no
 * sign of it. koffi has packages per platform from 3.0 on.
 */
const WITHOUT_SIGN: ReadonlySet<string> = new Set(["koffi", "oracledb", "uWebSockets.js"]);

/**
 * Lists the packages that a bundle has to leave external because they load compiled code, which a bundler cannot put into
 * a file of JavaScript. Nothing in bun.lock says so outright; the signs are
 *
 * - optional dependencies that are for one system each, of which at least one is for Linux, where images run: the way that
 *   napi-rs, sharp and esbuild ship a binary per platform. Packages for macOS alone, such as fsevents, are never installed
 *   in an image;
 * - a dependency on a package whose one purpose is to build, fetch or load an addon;
 * - `trustedDependencies`: somebody lets its install script run, most often to build or fetch something;
 * - a name: for the few well-known ones without any other sign.
 *
 * A package that only depends on such a one is bundled, and requires it. What an external package needs is external with
 * it, so the walk ends there.
 *
 * @returns names as imports spell them, sorted: the packages', not those of their helpers or platform packages
 * @throws OoneexNxError as {@link pruneManifests} does
 */
export function listNativePackages(manifests: Manifests, wanted: Wanted): string[] {
  const stopAt = (entry: LockedPackage) => isNative(manifests, entry);
  const found = [...collectClosure(manifests, wanted, { stopAt }).entries.values()].filter(stopAt);
  return [...new Set(found.map(({ name }) => name))].sort(compare);
}

function isNative(manifests: Manifests, entry: LockedPackage): boolean {
  const { name, packageName, dependencies } = entry;
  if (readEntryKind(entry).kind === "workspace" || NATIVE_HELPERS.has(packageName)) return false;
  if (entry.platform) return isForLinux(entry);
  if (WITHOUT_SIGN.has(packageName)) return true;
  const trusted = manifests.settings.trustedDependencies ?? [];
  if (trusted.includes(name) || trusted.includes(packageName)) return true;
  const optional = Object.keys(dependencies.optionalDependencies);
  if ([...Object.keys(dependencies.dependencies), ...optional].some((needed) => NATIVE_HELPERS.has(needed))) return true;
  return optional.some((needed) => {
    const found = findEntry(manifests, entry.key, needed);
    return found?.platform === true && isForLinux(found);
  });
}

/** Whether a package is for some platforms only, and Linux is one of them: `"linux"`, `["linux", "darwin"]`, `"!win32"`. */
function isForLinux({ os }: LockedPackage): boolean {
  if (os === undefined) return true;
  const systems = [os].flat();
  const isExclusion = (system: unknown) => typeof system === "string" && system.startsWith("!");
  return systems.includes("linux") || (!systems.includes("!linux") && systems.every(isExclusion));
}
