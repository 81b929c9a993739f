import type { ManifestTexts, Wanted, WantedPackage } from "../image/manifests/manifests.js";

/** A repository in short: what `bun install` would write follows from it. */
export interface LockedRepository {
  /** package.json by folder, "" for the root. */
  readonly manifests: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  /** Entries of `packages` in bun.lock, those of the workspaces excepted. */
  readonly packages?: Readonly<Record<string, readonly unknown[]>>;
  /** Further fields of bun.lock, which come last and so win. */
  readonly lockfile?: Readonly<Record<string, unknown>>;
}

const LISTED = ["name", "version", "dependencies", "devDependencies", "optionalDependencies", "peerDependencies"];
const SHARED = ["trustedDependencies", "patchedDependencies", "overrides", "catalog", "catalogs"];

/** The texts of a repository, its bun.lock with the trailing commas that Bun writes. */
export function lockRepository({ manifests, packages = {}, lockfile = {} }: LockedRepository): ManifestTexts {
  const pick = (fields: Readonly<Record<string, unknown>>, names: readonly string[]) =>
    Object.fromEntries(names.flatMap((name) => (fields[name] === undefined ? [] : [[name, fields[name]]])));
  const entries = Object.entries(manifests);
  const workspaces = entries.map(([folder, fields]) => {
    const peers = Object.keys((fields["peerDependenciesMeta"] as object | undefined) ?? {});
    return [folder, { ...pick(fields, LISTED), ...(peers.length === 0 ? {} : { optionalPeers: peers }) }] as const;
  });
  const links = entries.filter(([folder]) => folder !== "").map(([folder, { name }]) => [name, [`${name as string}@workspace:${folder}`]]);
  const lock = {
    lockfileVersion: 1,
    configVersion: 1,
    workspaces: Object.fromEntries(workspaces),
    ...pick(manifests[""] ?? {}, SHARED),
    packages: { ...(Object.fromEntries(links) as object), ...packages },
    ...lockfile,
  };
  return {
    lockfile: JSON.stringify(lock, undefined, 2).replace(/([}\]"\d])(\n\s*[}\]])/g, "$1,$2"),
    manifests: Object.fromEntries(entries.map(([folder, fields]) => [folder, JSON.stringify(fields)])),
  };
}

/** An entry of a package from npm. */
export function npm(what: string, about: object = {}): readonly unknown[] {
  return [what, "", about, `sha512-${what}==`];
}

/** What a build wants, from `name` for the root's files and `folder:name` for a workspace's. */
export function want(...imports: readonly string[]): Wanted {
  const packages = imports.map(wantPackage);
  return { packages, workspaces: packages.map(({ folder }) => folder).filter((folder) => folder !== "") };
}

/** @param text - `name`, or `folder:name` */
export function wantPackage(text: string): WantedPackage {
  const [name = "", folder = ""] = text.split(":").reverse();
  return { name, folder, where: `${folder === "" ? "" : `${folder}/`}src/index.ts:3`, optional: false };
}
