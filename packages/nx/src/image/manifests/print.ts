import { compare, DEPENDENCY_FIELDS, type Dependencies, keepTexts } from "./fields.js";
import type { Lockfile, LockedPackage } from "./lockfile.js";
import type { PackageJson } from "./package-json.js";
import type { PrunedSettings } from "./prune-settings.js";

/** What a bundler reads of the package.json beside the files it bundles. */
const BUNDLER_FIELDS = [
  ...["type", "main", "module", "jsnext:main", "browser", "exports", "imports", "types", "typings", "typesVersions"],
  "sideEffects",
];

/** Fields of a pruned package.json: what a bundler reads, and the dependencies kept. Scripts and the rest stay behind. */
export function pruneFields(manifest: PackageJson, keeps: (name: string) => boolean): Record<string, unknown> {
  const { fields } = manifest;
  const read = BUNDLER_FIELDS.filter((field) => fields[field] !== undefined).map((field) => [field, fields[field]]);
  const isOptional = (peer: string) => manifest.optionalPeers.includes(peer);
  const peers = Object.keys(keepTexts(manifest.dependencies.peerDependencies, (peer) => keeps(peer) && isOptional(peer)));
  return {
    ...(Object.fromEntries(read) as Record<string, unknown>),
    ...pruneDependencies(manifest.dependencies, keeps),
    ...(peers.length === 0 ? {} : { peerDependenciesMeta: Object.fromEntries(peers.map((peer) => [peer, { optional: true }])) }),
  };
}

/** The fields of dependencies that keep something. */
export function pruneDependencies(dependencies: Dependencies, keeps: (name: string) => boolean): Partial<Dependencies> {
  const kept = DEPENDENCY_FIELDS.map((field) => [field, keepTexts(dependencies[field], keeps)] as const);
  return Object.fromEntries(kept.filter(([, texts]) => Object.keys(texts).length > 0));
}

/** A pruned entry of `workspaces` in bun.lock. */
export interface PrunedWorkspace {
  readonly folder: string;
  readonly name?: string;
  readonly version?: string;
  readonly dependencies: Partial<Dependencies>;
  readonly optionalPeers: readonly string[];
}

/** A pruned package.json with its entry in bun.lock. */
export interface PrunedPair {
  /** Workspace-relative path of the package.json. */
  readonly file: string;
  readonly fields: Readonly<Record<string, unknown>>;
  readonly locked: PrunedWorkspace;
}

/**
 * A dependency that installs nothing. A frozen install refuses every bun.lock that lists none at all, and where there is no
 * bun.lock nothing is frozen.
 */
const NOTHING = {
  fields: { peerDependencies: { bun: "*" }, peerDependenciesMeta: { bun: { optional: true } } },
  locked: { dependencies: { peerDependencies: { bun: "*" } }, optionalPeers: ["bun"] },
};

/**
 * Prints each package.json, and the bun.lock for them. In it a package's entry is the text that the whole one has;
 * `lockfileVersion` and `configVersion` stay, since they decide how Bun lays packages out.
 *
 * @param pairs - the root's first
 * @param places - entries by key
 * @returns texts by workspace-relative path
 */
export function printManifests(
  lockfile: Lockfile,
  pairs: readonly PrunedPair[],
  settings: PrunedSettings,
  places: ReadonlyMap<string, LockedPackage>,
): Record<string, string> {
  const isEmpty = pairs.length === 1 && pairs.every(({ locked }) => Object.keys(locked.dependencies).length === 0);
  const printed = pairs.map(({ file, fields, locked }) => {
    const isRoot = locked.folder === "";
    const shared = isRoot ? settings : {};
    const nothing = isEmpty ? NOTHING : { fields: {}, locked: {} };
    return { file, fields: { ...fields, ...shared, ...nothing.fields }, locked: { ...locked, ...nothing.locked } };
  });
  return {
    ...Object.fromEntries(printed.map(({ file, fields }) => [file, printJson(fields)])),
    "bun.lock": printLockfile(
      lockfile,
      printed.map(({ locked }) => locked),
      settings,
      places,
    ),
  };
}

function printLockfile(
  { lockfileVersion, configVersion, trustedDependencies }: Lockfile,
  workspaces: readonly PrunedWorkspace[],
  { trustedDependencies: trusted, ...shared }: PrunedSettings,
  places: ReadonlyMap<string, LockedPackage>,
): string {
  const listed = [...workspaces]
    .sort((a, b) => compare(a.folder, b.folder))
    .map(({ folder, dependencies, optionalPeers, ...entry }) => {
      const peers = optionalPeers.length === 0 ? {} : { optionalPeers: [...optionalPeers].sort(compare) };
      return [folder, { ...entry, ...dependencies, ...peers }] as const;
    });
  const head = printJson({
    lockfileVersion,
    ...(configVersion === undefined ? {} : { configVersion }),
    workspaces: Object.fromEntries(listed),
    // Bun 1.3 leaves out a list without a package that it has met.
    ...(trusted === undefined || trustedDependencies === undefined ? {} : { trustedDependencies: trusted }),
    ...shared,
  });
  const entries = [...places].map(([key, { text }]) => `    ${JSON.stringify(key)}: ${text},\n`);
  return `${head.slice(0, -"\n}\n".length)},\n  "packages": {\n${entries.join("\n")}  }\n}\n`;
}

/** JSON as npm and Bun print it. */
export function printJson(value: unknown): string {
  return `${JSON.stringify(value, undefined, 2)}\n`;
}
