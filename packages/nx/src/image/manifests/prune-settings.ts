import type { LockedPackage } from "./lockfile.js";
import { compare, keepTexts, makeTexts, type Texts } from "./fields.js";
import type { Manifests } from "./manifests.js";
import { requirePatches } from "./outdated.js";

/** What a pruned package.json and its bun.lock both set for all packages; a field without content is not there. */
export interface PrunedSettings {
  readonly overrides?: Texts;
  readonly catalog?: Texts;
  readonly catalogs?: Readonly<Record<string, Texts>>;
  readonly patchedDependencies?: Texts;
  readonly trustedDependencies?: readonly string[];
}

/**
 * Keeps of the root's settings what concerns the packages included. The list of trusted packages stays even when it is empty:
 * without one, Bun trusts those of a list of its own.
 *
 * @param entries - entries of the packages included
 * @param texts - what the pruned manifests depend with, for the catalogs that they name
 * @throws OoneexNxError `LOCKFILE_OUTDATED` where bun.lock does not know of a patch
 */
export function pruneSettings(
  { lockfile, settings }: Manifests,
  entries: Iterable<LockedPackage>,
  texts: Iterable<readonly [name: string, text: string]>,
): PrunedSettings {
  const included = [...entries];
  const names = new Set(included.flatMap(({ name, packageName }) => [name, packageName]));
  const versions = new Set(included.map(({ packageName, resolution }) => `${packageName}@${resolution}`));
  requirePatches(lockfile, settings, versions);

  const overrides = keepTexts(settings.overrides, (name) => names.has(name));
  const patchedDependencies = keepTexts(settings.patchedDependencies, (name) => versions.has(name));
  const trustedDependencies = settings.trustedDependencies?.filter((name) => names.has(name)).sort(compare);
  return {
    ...(isEmpty(overrides) ? {} : { overrides }),
    ...pruneCatalogs(settings, [...texts, ...Object.entries(overrides)]),
    ...(isEmpty(patchedDependencies) ? {} : { patchedDependencies }),
    ...(trustedDependencies === undefined ? {} : { trustedDependencies }),
  };
}

function pruneCatalogs(
  settings: Manifests["settings"],
  texts: readonly (readonly [name: string, text: string])[],
): Pick<PrunedSettings, "catalog" | "catalogs"> {
  const named = new Map<string, Set<string>>();
  for (const [name, text] of texts) {
    const group = /^catalog:(.*)$/.exec(text.trim())?.[1]?.trim();
    if (group !== undefined) named.set(group, (named.get(group) ?? new Set()).add(name));
  }
  const keep = (texts: Texts, group: string): Texts => keepTexts(texts, (name) => named.get(group)?.has(name) === true);
  const catalog = keep(settings.catalog, "");
  const groups = [...settings.catalogs.keys()].filter((group) => named.has(group)).sort(compare);
  const catalogs = Object.fromEntries(groups.map((group) => [group, keep(settings.catalogs.get(group) ?? makeTexts([]), group)]));
  return { ...(isEmpty(catalog) ? {} : { catalog }), ...(groups.length === 0 ? {} : { catalogs }) };
}

function isEmpty(texts: Texts): boolean {
  return Object.keys(texts).length === 0;
}
