import { OoneexNxError } from "../../errors.js";
import { collectClosure, collectEntries, findDeclared, undeclared } from "./closure.js";
import { readEntryKind, unsupported } from "./entry-kind.js";
import { findDeclaration, keepTexts, makeTexts } from "./fields.js";
import type { LockedPackage } from "./lockfile.js";
import type { Manifests, Wanted, WantedPackage } from "./manifests.js";
import { placeEntries } from "./place-entries.js";
import { printManifests } from "./print.js";
import { listContents, type PrunedManifests } from "./prune.js";
import { pruneSettings } from "./prune-settings.js";

/**
 * Prunes package.json and bun.lock to what a bundle leaves external, for the node_modules beside it. There is one package.json,
 * the root's, and all stands in its `dependencies`, whatever field of whatever package.json declares it, since a production
 * install leaves out the others. The texts are exact versions: an external package may be one that only another package
 * depends on, and no package.json of the repository has a range for it.
 *
 * @param wanted - what is bundled, which is where packages are external that no package.json declares
 * @param externals - packages by the names that the bundle imports them with
 * @throws OoneexNxError as {@link pruneManifests} does, and `EXTERNAL_AMBIGUOUS` where parts of the bundle need different
 *   versions of what can be there only once
 */
export function pruneRuntime(manifests: Manifests, wanted: Wanted, externals: readonly WantedPackage[]): PrunedManifests {
  const imports = findExternals(manifests, wanted, externals);
  const closure = collectEntries(manifests, imports.values(), ["", ...wanted.workspaces]);
  for (const [name, peer] of closure.peers) if (!imports.has(name)) imports.set(name, peer);
  for (const entry of closure.entries.values()) {
    if (readEntryKind(entry).kind === "workspace") {
      throw unsupported(entry.key, "it is a workspace, whose files are in the bundle and not beside it");
    }
  }
  const texts = [...imports].map(([name, entry]) => [name, readText(manifests, name, entry)] as const);
  const places = placeEntries(closure, [{ name: "", imports }]);
  if (places === undefined) {
    const [first = ""] = imports.keys();
    throw unsupported(first, "packages that it needs depend on each other in a circle of several versions");
  }
  const settings = pruneSettings(manifests, closure.entries.values(), []);
  const dependencies = texts.length === 0 ? {} : { dependencies: keepTexts(makeTexts(texts), () => true) };
  const identity = manifests.root.name === undefined ? {} : { name: manifests.root.name };
  const root = {
    file: "package.json",
    fields: { ...identity, private: true, ...dependencies },
    locked: { folder: "", ...identity, dependencies, optionalPeers: [] },
  };
  const files = printManifests(manifests.lockfile, [root], settings, places);
  return { files, ...listContents(closure, settings.patchedDependencies) };
}

/** The entry of each external package: the one that the bundled files get by its name. */
function findExternals(manifests: Manifests, wanted: Wanted, externals: readonly WantedPackage[]): Map<string, LockedPackage> {
  const names = new Set(externals.map(({ name }) => name));
  const bundled = collectClosure(manifests, wanted, { stopAt: ({ name }) => names.has(name) });
  const found = new Map<string, LockedPackage>();
  for (const external of externals) {
    const { name } = external;
    const reached = [...bundled.entries.values()].filter((entry) => entry.name === name);
    const entry = reached[0] ?? findDeclared(manifests, external)?.entry;
    const other = reached.find(({ text }) => text !== entry?.text);
    if (entry !== undefined && other !== undefined) throw ambiguous(external, entry, other);
    if (entry !== undefined) found.set(name, entry);
    else if (!external.optional) throw undeclared(external);
  }
  return found;
}

/** What the root depends with. */
function readText({ root }: Manifests, name: string, entry: LockedPackage): string {
  const { packageName, resolution, key } = entry;
  const kind = readEntryKind(entry);
  if (kind.kind === "npm") return packageName === name ? kind.version : `npm:${packageName}@${kind.version}`;
  if (kind.kind === "remote") return resolution;
  const text = findDeclaration(root.dependencies, name);
  if (key !== name || text === undefined) {
    throw unsupported(key, "its archive belongs to another workspace than the root, which is not there at run time");
  }
  return text;
}

function ambiguous({ name, where }: WantedPackage, one: LockedPackage, other: LockedPackage): OoneexNxError {
  const both = `${one.resolution} as ${one.key} and ${other.resolution} as ${other.key}`;
  return new OoneexNxError({
    code: "EXTERNAL_AMBIGUOUS",
    what: `${name} is left out of the bundle, which needs two of it: ${both}`,
    where,
    remedy: `make them one version, for example with an override of ${name} in package.json, and run bun install`,
  });
}
