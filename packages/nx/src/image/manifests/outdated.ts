import { OoneexNxError } from "../../errors.js";
import { compare, DEPENDENCY_FIELDS, keepTexts, type Texts } from "./fields.js";
import type { Lockfile } from "./lockfile.js";
import type { PackageJson, RootSettings } from "./package-json.js";

/**
 * Checks that bun.lock lists what a package.json does, with the same texts. A pruned copy of both would agree with itself,
 * and hide that the whole does not.
 *
 * @param settings - what the root's package.json sets for all packages; for the root alone
 * @throws OoneexNxError `LOCKFILE_OUTDATED` with the first difference
 */
export function requireUpToDate(lockfile: Lockfile, manifest: PackageJson, settings?: RootSettings): void {
  const difference = findDifference(lockfile, manifest) ?? (settings && findSettingDifference(lockfile, settings));
  if (difference !== undefined) throw outdated(difference, manifest.file);
}

/**
 * Checks that what package.json patches of the given packages is patched in bun.lock. Bun writes no more of the list there
 * than it has met.
 *
 * @param included - `name@version` of packages
 * @throws OoneexNxError `LOCKFILE_OUTDATED` with the first difference
 */
export function requirePatches(lockfile: Lockfile, settings: RootSettings, included: ReadonlySet<string>): void {
  const pick = (texts: Texts) => keepTexts(texts, (name) => included.has(name));
  const [declared, listed] = [pick(settings.patchedDependencies), pick(lockfile.patchedDependencies)];
  const difference = compareTexts("patchedDependencies", declared, listed);
  if (difference !== undefined) throw outdated(difference, "package.json");
}

/** @returns the error for something that bun.lock lacks */
export function outdated(difference: string, where: string): OoneexNxError {
  return new OoneexNxError({
    code: "LOCKFILE_OUTDATED",
    what: `bun.lock does not fit ${where}: ${difference}`,
    where,
    remedy: "run bun install and commit bun.lock",
  });
}

function findDifference({ workspaces }: Lockfile, manifest: PackageJson): string | undefined {
  const locked = workspaces.get(manifest.folder);
  if (locked === undefined) return `the workspace ${manifest.folder} is not in bun.lock`;
  if (locked.name !== manifest.name) return `its name is ${manifest.name ?? "gone"}, and ${locked.name ?? "none"} in bun.lock`;
  const { optionalDependencies } = manifest.dependencies;
  for (const field of DEPENDENCY_FIELDS) {
    let declared = manifest.dependencies[field];
    if (field === "dependencies" || field === "devDependencies") {
      // A package that is optional too is listed as that alone.
      declared = keepTexts(declared, (name) => optionalDependencies[name] === undefined);
    }
    let listed = locked.dependencies[field];
    if (field === "peerDependencies") {
      // Bun 1.4 takes what only peerDependenciesMeta names for a peer of any version.
      listed = keepTexts(listed, (name) => declared[name] !== undefined || !manifest.optionalPeers.includes(name));
    }
    const difference = compareTexts(field, declared, listed);
    if (difference !== undefined) return difference;
  }
  const { peerDependencies } = manifest.dependencies;
  const required = manifest.optionalPeers.find(
    (name) => peerDependencies[name] !== undefined && !locked.optionalPeers.includes(name),
  );
  return required === undefined ? undefined : `peerDependenciesMeta makes ${required} optional, which bun.lock does not`;
}

function findSettingDifference(lockfile: Lockfile, settings: RootSettings): string | undefined {
  // Bun 1.3, which writes version 1, passes over nested overrides; Bun 1.4 obeys them and writes version 3.
  if (lockfile.lockfileVersion > 1 && settings.nestedOverrides[0] !== undefined) {
    return `the overrides under ${settings.nestedOverrides[0]} are not in bun.lock`;
  }
  const groups = [...new Set([...settings.catalogs.keys(), ...lockfile.catalogs.keys()])].sort(compare);
  return (
    compareTexts("overrides", settings.overrides, lockfile.overrides) ??
    compareTexts("catalog", settings.catalog, lockfile.catalog) ??
    groups
      .map((group) => compareTexts(`catalogs.${group}`, settings.catalogs.get(group) ?? {}, lockfile.catalogs.get(group) ?? {}))
      .find((difference) => difference !== undefined)
  );
}

function compareTexts(field: string, declared: Texts, listed: Texts): string | undefined {
  for (const name of [...new Set([...Object.keys(declared), ...Object.keys(listed)])].sort(compare)) {
    const [here, there] = [declared[name]?.trim(), listed[name]?.trim()];
    if (here === there) continue;
    if (here === undefined) return `${field} does not have ${name}, which bun.lock has`;
    return `${field} has ${name} ${here}, bun.lock has ${there ?? "none"}`;
  }
  return undefined;
}
