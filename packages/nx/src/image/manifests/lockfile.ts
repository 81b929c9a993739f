import { type ParseError, parse, printParseErrorCode } from "jsonc-parser";
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
  /** The entry's value as Bun writes it. */
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
  const root = parseText(text);
  const { lockfileVersion } = root;
  if (lockfileVersion === undefined) throw damaged("it has no lockfileVersion");
  if (!READABLE_VERSIONS.includes(lockfileVersion)) throw unsupported(lockfileVersion);

  const workspaces = Object.entries(readObject(root["workspaces"])).map(readWorkspace);
  if (!workspaces.some(({ folder }) => folder === "")) throw damaged("it has no entry for the root in workspaces");
  const packages = Object.entries(readObject(root["packages"])).map(readPackage);
  return {
    lockfileVersion: lockfileVersion as number,
    configVersion: root["configVersion"],
    workspaces: new Map(workspaces.map((workspace) => [workspace.folder, workspace])),
    packages: new Map(packages.map((entry) => [entry.key, entry])),
    overrides: readTexts(root["overrides"]),
    catalog: readTexts(root["catalog"]),
    catalogs: readGroups(root["catalogs"]),
    patchedDependencies: readTexts(root["patchedDependencies"]),
    trustedDependencies: readNames(root["trustedDependencies"]),
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

function readPackage([key, value]: [string, unknown]): LockedPackage {
  const parts: readonly unknown[] = Array.isArray(value) ? value : [];
  const [what] = parts;
  // The name may start with the mark that ends it.
  const end = typeof what === "string" ? what.indexOf("@", 1) : -1;
  const name = splitKey(key).at(-1);
  if (typeof what !== "string" || end < 0 || name === undefined) {
    throw damaged(`the entry ${JSON.stringify(key)} is not one of a package`);
  }
  // The one object among the parts; at which place it stands depends on where the package is from.
  const about = readObject(parts.find((part) => typeof part === "object"));
  return {
    key,
    name,
    packageName: what.slice(0, end),
    resolution: what.slice(end + 1),
    text: printEntry(value),
    dependencies: readDependencies(about),
    optionalPeers: readNames(about["optionalPeers"]) ?? [],
    os: about["os"],
    platform: ["os", "cpu", "libc"].some((limit) => about[limit] !== undefined),
    bundled: about["bundled"] === true,
  };
}

/** On one line with blanks inside of braces, as Bun writes entries, so that a formatter's bun.lock prunes to the same bytes. */
function printEntry(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(printEntry).join(", ")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const members = Object.entries(value).map(([name, member]) => `${JSON.stringify(name)}: ${printEntry(member)}`);
  return members.length === 0 ? "{}" : `{ ${members.join(", ")} }`;
}

/** By the runtime's own parser where it can: it takes 1,700 packages in 4 ms, where a lenient one needs five times that. */
function parseText(text: string): Readonly<Record<string, unknown>> {
  const textOrTrailingComma = /"(?:[^"\\\n]|\\.)*"|,(?=\s*[}\]])/g;
  const strict = text.replace(/^\uFEFF/, "").replace(textOrTrailingComma, (found) => (found === "," ? "" : found));
  let root: unknown;
  try {
    root = JSON.parse(strict);
  } catch {
    const errors: ParseError[] = [];
    root = parse(text.replace(/^\uFEFF/, " "), errors, { allowTrailingComma: true });
    const [error] = errors;
    if (error !== undefined) {
      throw damaged(`it is not JSON: ${printParseErrorCode(error.error)}`, text.slice(0, error.offset).split("\n").length);
    }
  }
  if (typeof root !== "object" || root === null) throw damaged("it is empty");
  return readObject(root);
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
