import { collectClosure, type Closure, findDeclared } from "./closure.js";
import { readEntryKind } from "./entry-kind.js";
import { compare, DEPENDENCY_FIELDS } from "./fields.js";
import type { LockedPackage, LockedWorkspace } from "./lockfile.js";
import type { Manifests, Wanted } from "./manifests.js";
import type { PackageJson } from "./package-json.js";
import { placeEntries, type Seer } from "./place-entries.js";
import { printJson, printManifests, pruneDependencies, type PrunedPair, pruneFields } from "./print.js";
import { pruneSettings } from "./prune-settings.js";

/** Manifests that install a part of the repository. */
export interface PrunedManifests {
  /** package.json ("package.json", "modules/billing/package.json", …) and "bun.lock", by workspace-relative path. */
  readonly files: Readonly<Record<string, string>>;
  /** Files of the repository that the install reads: patches and packed archives, workspace-relative, sorted. */
  readonly localFiles: readonly string[];
  /** name@version of every package included that is no workspace, sorted. */
  readonly packages: readonly string[];
}

/** Manifests that install what a bundle is made from. */
export interface BundleManifests extends PrunedManifests {
  /**
   * package.json of the workspaces that files are taken from and the install is not about, by workspace-relative path: what a
   * bundler reads of them.
   */
  readonly beside: Readonly<Record<string, string>>;
  /** Whether Bun takes its layout for the isolated one in the repository, and would not do so here, where no workspace is left. */
  readonly losesIsolation: boolean;
}

/** Ways to depend on a workspace that do not ask for its version. */
const ANY_VERSION: readonly string[] = ["*", "", "workspace:", "workspace:*", "workspace:^", "workspace:~"];

/**
 * Prunes package.json and bun.lock to what a build needs, such that `bun install --frozen-lockfile` accepts them and
 * installs the versions that the whole bun.lock has. The same needs give the same bytes, whatever else is in the repository
 * and whoever has them: a workspace that is only a place for files is left out.
 *
 * A frozen install demands the same lists with the same texts in both, which is why what is kept is kept in both; a
 * workspace's version is kept only for somebody who depends on it by a range.
 *
 * @throws OoneexNxError `PACKAGE_UNDECLARED`, `WORKSPACE_UNKNOWN`, `LOCKFILE_OUTDATED` or `DEPENDENCY_UNSUPPORTED`
 */
export function pruneManifests(manifests: Manifests, wanted: Wanted): BundleManifests {
  const closure = collectClosure(manifests, wanted);
  const included = [...closure.workspaces].sort(compare).map((folder) => manifests.packageJsons.get(folder) as PackageJson);
  const keeps: Keeps = (folder, name) => closure.kept.get(folder)?.has(name) === true;
  const texts = included.flatMap((manifest) => listKept(manifest, keeps));
  const settings = pruneSettings(manifests, closure.entries.values(), texts);
  const versioned = findVersioned(texts);
  const workspaces = included.map(({ folder }) => folder).filter((folder) => folder !== "");
  const pairs = included.map((manifest): PrunedPair => {
    const { folder, file, name, version } = manifest;
    const kept = (dependency: string) => keeps(folder, dependency);
    const locked = manifests.lockfile.workspaces.get(folder) as LockedWorkspace;
    const identity = {
      ...(name === undefined ? {} : { name }),
      ...(name !== undefined && version !== undefined && versioned.has(name) ? { version } : {}),
    };
    return {
      file,
      fields: { ...identity, ...(folder === "" ? { private: true, workspaces } : {}), ...pruneFields(manifest, kept) },
      locked: {
        folder,
        ...identity,
        dependencies: pruneDependencies(locked.dependencies, kept),
        optionalPeers: locked.optionalPeers.filter(kept),
      },
    };
  });
  const places = placeEntries(closure, readSeers(manifests, closure, included)) ?? closure.entries;
  const files = printManifests(manifests.lockfile, pairs, settings, places);
  const losesIsolation = manifests.lockfile.configVersion === 1 && workspaces.length === 0 && manifests.lockfile.workspaces.size > 1;
  return { files, beside: printBeside(manifests, closure), losesIsolation, ...listContents(closure, settings.patchedDependencies) };
}

/** Services that need the same packages so have the same install, whatever they are called. */
function printBeside(manifests: Manifests, { beside }: Closure): Record<string, string> {
  const included = [...beside].sort(compare).map((folder) => manifests.packageJsons.get(folder) as PackageJson);
  return Object.fromEntries(
    included.map((manifest) => [manifest.file, printJson({ name: manifest.name, ...pruneFields(manifest, () => false) })]),
  );
}

/** Whether the package.json of a folder keeps a dependency. */
type Keeps = (folder: string, name: string) => boolean;

/** Patches, archives and packages of pruned manifests. */
export function listContents(
  { entries, archives }: Pick<Closure, "entries" | "archives">,
  patches: Readonly<Record<string, string>> = {},
): Pick<PrunedManifests, "localFiles" | "packages"> {
  const packages = [...entries.values()].filter((entry) => readEntryKind(entry).kind !== "workspace");
  return {
    localFiles: [...new Set([...Object.values(patches), ...archives])].sort(compare),
    packages: [...new Set(packages.map(({ packageName, resolution }) => `${packageName}@${resolution}`))].sort(compare),
  };
}

/** The dependencies that a package.json keeps, one more than once where several fields have it. */
function listKept({ folder, dependencies }: PackageJson, keeps: Keeps): (readonly [name: string, text: string])[] {
  const all = DEPENDENCY_FIELDS.flatMap((field) => Object.entries(dependencies[field]));
  return all.filter(([name]) => keeps(folder, name));
}

/** Names of what somebody depends on by a range; an alias of a workspace names it in its text. */
function findVersioned(texts: readonly (readonly [name: string, text: string])[]): Set<string> {
  const ranges = texts.filter(([, text]) => !ANY_VERSION.includes(text.trim()));
  return new Set(ranges.map(([name, text]) => /^workspace:(@?[^@]+)@/.exec(text)?.[1] ?? name));
}

/** Who imports what by itself: the root first, which every workspace is linked to as well. */
function readSeers(manifests: Manifests, { kept, entries }: Closure, included: readonly PackageJson[]): Seer[] {
  return included.map(({ folder, name }) => {
    const imports = new Map<string, LockedPackage>();
    for (const one of folder === "" ? included : []) {
      const link = one.name === undefined ? undefined : entries.get(one.name);
      if (one.folder !== "" && link !== undefined) imports.set(link.name, link);
    }
    for (const wanted of [...(kept.get(folder) ?? [])].sort(compare)) {
      const entry = findDeclared(manifests, { name: wanted, folder })?.entry;
      if (entry !== undefined) imports.set(wanted, entry);
    }
    return { name: folder === "" ? "" : (name ?? ""), imports };
  });
}
