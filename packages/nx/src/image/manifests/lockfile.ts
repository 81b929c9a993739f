import { type Node, type ParseError, getNodeValue, parseTree } from "jsonc-parser";
import { OoneexNxError } from "../../errors.js";
import { type Dependencies, readDependencies, readGroups, readNames, readObject, readTexts, type Texts } from "./fields.js";
import { splitKey } from "./key.js";

/** Versions of bun.lock that are read: 1 is what Bun 1.2 and 1.3 write, 2 what Bun 1.4 does. */
const READABLE_VERSIONS: readonly unknown[] = [1, 2];

/** What bun.lock says of a workspace. */
export interface LockedWorkspace {
  readonly folder: string;
  /** `undefined` only for a root without a name. */
  readonly name: string | undefined;
  readonly version: string | undefined;
  readonly dependencies: Dependencies;
  readonly optionalPeers: readonly string[];
}

/** One entry of `packages` in bun.lock: a package at one place. */
export interface LockedPackage {
  /** Its place, as in node_modules: `a`, `@s/a`, `a/b` for a package `b` that `a` alone sees. */
  readonly key: string;
  /** The last part of its place, which is the name that imports use. */
  readonly name: string;
  /** Its own name, another one than {@link name} for an alias. */
  readonly packageName: string;
  /** What stands behind its own name: `1.2.3`, `workspace:libs/money`, `github:user/repo#commit`, a URL, a path. */
  readonly resolution: string;
  /** The entry's value as it is written. */
  readonly text: string;
  readonly dependencies: Dependencies;
  readonly optionalPeers: readonly string[];
  /** The systems that it is for, as bun.lock writes them; `undefined` for all. */
  readonly os: unknown;
  /** Whether it is for some systems, processors or C libraries only. */
  readonly platform: boolean;
  /** Whether it lies in the archive of the package that it is under. */
  readonly bundled: boolean;
}

/** A parsed bun.lock. */
export interface Lockfile {
  readonly lockfileVersion: number;
  readonly configVersion: unknown;
  /** By folder, "" for the root. */
  readonly workspaces: ReadonlyMap<string, LockedWorkspace>;
  /** By key, in the order of the file. */
  readonly packages: ReadonlyMap<string, LockedPackage>;
  readonly overrides: Texts;
  readonly catalog: Texts;
  readonly catalogs: ReadonlyMap<string, Texts>;
  readonly patchedDependencies: Texts;
  readonly trustedDependencies: readonly string[] | undefined;
}

/**
 * Parses bun.lock, which is JSON with trailing commas. The format is the one that Bun's own reader takes: a package is a
 * list of what it is, a registry if it is of one, what it depends on, and a checksum.
 *
 * @throws OoneexNxError `LOCKFILE_INVALID` where it is damaged, `LOCKFILE_UNSUPPORTED` for a version that is not known
 */
export function parseLockfile(text: string): Lockfile {
  const errors: ParseError[] = [];
  const root = parseTree(text.replace(/^\uFEFF/, " "), errors, { allowTrailingComma: true });
  const error = errors[0];
  if (root?.type !== "object" || error !== undefined) throw damaged(`it is not JSON`, lineOf(text, error?.offset ?? 0));

  const fields = new Map((root.children ?? []).map((property) => [nameOf(property), property.children?.[1]]));
  const value = (name: string): unknown => {
    const node = fields.get(name);
    return node === undefined ? undefined : getNodeValue(node);
  };
  const lockfileVersion = value("lockfileVersion");
  if (lockfileVersion === undefined) throw damaged("it has no lockfileVersion");
  if (!READABLE_VERSIONS.includes(lockfileVersion)) throw unsupported(lockfileVersion);

  const workspaces = Object.entries(readObject(value("workspaces"))).map(readWorkspace);
  if (!workspaces.some(({ folder }) => folder === "")) throw damaged("it has no entry for the root in workspaces");
  const packages = (fields.get("packages")?.children ?? []).map((property) => readPackage(property, text));
  return {
    lockfileVersion: lockfileVersion as number,
    configVersion: value("configVersion"),
    workspaces: new Map(workspaces.map((workspace) => [workspace.folder, workspace])),
    packages: new Map(packages.map((entry) => [entry.key, entry])),
    overrides: readTexts(value("overrides")),
    catalog: readTexts(value("catalog")),
    catalogs: readGroups(value("catalogs")),
    patchedDependencies: readTexts(value("patchedDependencies")),
    trustedDependencies: readNames(value("trustedDependencies")),
  };
}

function readWorkspace([folder, value]: [string, unknown]): LockedWorkspace {
  const entry = readObject(value);
  const { name, version } = readTexts(value);
  if (folder !== "" && name === undefined) throw damaged(`the workspace ${folder} has no name`);
  return {
    folder,
    name,
    version,
    dependencies: readDependencies(entry),
    optionalPeers: readNames(entry["optionalPeers"]) ?? [],
  };
}

function readPackage(property: Node, text: string): LockedPackage {
  const key = nameOf(property);
  const node = property.children?.[1];
  const parts: unknown = node === undefined ? undefined : getNodeValue(node);
  const [what] = Array.isArray(parts) ? (parts as unknown[]) : [];
  // The name may start with the mark that ends it.
  const end = typeof what === "string" ? what.indexOf("@", 1) : -1;
  const name = splitKey(key).at(-1);
  if (node === undefined || typeof what !== "string" || end < 0 || name === undefined) {
    throw damaged(`the entry ${JSON.stringify(key)} is not one of a package`, lineOf(text, property.offset));
  }
  // The one object among the parts; at which place it stands depends on where the package is from.
  const about = readObject((parts as unknown[]).find((part) => typeof part === "object"));
  return {
    key,
    name,
    packageName: what.slice(0, end),
    resolution: what.slice(end + 1),
    text: text.slice(node.offset, node.offset + node.length),
    dependencies: readDependencies(about),
    optionalPeers: readNames(about["optionalPeers"]) ?? [],
    os: about["os"],
    platform: ["os", "cpu", "libc"].some((limit) => about[limit] !== undefined),
    bundled: about["bundled"] === true,
  };
}

function nameOf(property: Node): string {
  return String(property.children?.[0]?.value);
}

function lineOf(text: string, offset: number): number {
  return text.slice(0, offset).split("\n").length;
}

function damaged(what: string, line?: number): OoneexNxError {
  return new OoneexNxError({
    code: "LOCKFILE_INVALID",
    what: `bun.lock cannot be read: ${what}`,
    where: line === undefined ? "bun.lock" : `bun.lock:${line}`,
    remedy: "take the last good bun.lock from version control, then run bun install",
  });
}

function unsupported(version: unknown): OoneexNxError {
  const [why, remedy] =
    version === 0
      ? ["Bun before 1.2 wrote it", "run bun install with a later Bun"]
      : version === 3
        ? ["it is for overrides that name a parent or a version", "override by name alone, or set prune to false"]
        : ["@ooneex/nx does not know it", "update @ooneex/nx, or set prune to false"];
  return new OoneexNxError({
    code: "LOCKFILE_UNSUPPORTED",
    what: `lockfileVersion ${JSON.stringify(version)} cannot be pruned: ${why}`,
    where: "bun.lock",
    remedy,
  });
}
