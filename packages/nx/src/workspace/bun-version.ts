import semver from "semver";
import { OoneexNxError } from "../errors.js";
import { findValue, parseJsonc } from "./jsonc-document.js";

/** The newest Bun that this plugin is proven with. */
export const PROVEN_BUN_VERSION = "1.4.5";

/** The first Bun that reads each version of bun.lock. */
const LOCKFILE_READERS: readonly string[] = ["1.2.0", "1.2.0", "1.4.0"];

/** What a workspace says of its Bun; each part a file's text, `undefined` where there is no such file. */
export interface BunVersionFacts {
  /** Root package.json. */
  readonly packageJson: string | undefined;
  /** `.bun-version`. */
  readonly bunVersionFile: string | undefined;
  /** `.tool-versions`, as asdf and mise read it. */
  readonly toolVersionsFile: string | undefined;
  /** `bun.lock`. */
  readonly lockfile: string | undefined;
  /** What `bun --version` prints. */
  readonly installed: string | undefined;
}

/** A version of Bun, and the place that names it. */
export interface BunVersion {
  /** Exact, such as `1.4.5`. */
  readonly version: string;
  readonly source: string;
}

/**
 * Decides which Bun a workspace's images are built with: the one that the workspace declares, else the one that is
 * installed, else {@link PROVEN_BUN_VERSION}. A range or a tag such as `latest` declares none.
 *
 * @throws OoneexNxError `BUN_TOO_OLD` where the declared version cannot read bun.lock, `LOCKFILE_UNKNOWN` where no
 *   version is known to, `JSON_INVALID` where package.json or bun.lock cannot be parsed
 */
export function resolveBunVersion(facts: BunVersionFacts): BunVersion {
  const lockfileVersion = facts.lockfile === undefined ? undefined : readLockfileVersion(facts.lockfile);
  const oldest = lockfileVersion === undefined ? "0.0.0" : (LOCKFILE_READERS[lockfileVersion] as string);
  const declared = readDeclaredVersion(facts);
  if (declared !== undefined && isAtLeast(declared.version, oldest)) return declared;
  if (declared !== undefined) {
    throw new OoneexNxError({
      code: "BUN_TOO_OLD",
      what: `Bun ${declared.version} cannot read bun.lock: lockfileVersion ${lockfileVersion} needs ${oldest} or newer`,
      where: declared.source,
      remedy: `name Bun ${PROVEN_BUN_VERSION} there, or delete bun.lock and run bun install with ${declared.version}`,
    });
  }
  const installed = readExact(facts.installed);
  // A Bun on this machine that is too old for the lockfile is nothing that the workspace asked for.
  return installed !== undefined && isAtLeast(installed, oldest)
    ? { version: installed, source: "bun --version" }
    : { version: PROVEN_BUN_VERSION, source: "the newest Bun that @ooneex/nx is proven with" };
}

function readDeclaredVersion(facts: BunVersionFacts): BunVersion | undefined {
  const manifest = facts.packageJson === undefined ? undefined : parseJsonc(facts.packageJson, "package.json");
  const field = (...path: string[]): string | undefined => {
    const value: unknown = path.reduce((node, name) => findValue(node, name), manifest)?.value;
    return typeof value === "string" ? value : undefined;
  };
  const declarations: [source: string, version: string | undefined][] = [
    ["package.json packageManager", /^bun@(.+)$/.exec(field("packageManager") ?? "")?.[1]],
    [".bun-version", facts.bunVersionFile],
    [".tool-versions", /^[ \t]*bun[ \t]+([^\s#]+)/m.exec(facts.toolVersionsFile ?? "")?.[1]],
    ["package.json engines.bun", field("engines", "bun")],
    ["package.json devDependencies.bun", field("devDependencies", "bun")],
  ];
  for (const [source, declaration] of declarations) {
    const version = readExact(declaration);
    if (version !== undefined) return { version, source };
  }
  return undefined;
}

/** An exact version without its build metadata, which no image's tag can hold; `undefined` for a range or a tag. */
function readExact(declaration: string | undefined): string | undefined {
  const spelling = declaration
    ?.replace(/^\uFEFF/, "")
    .trim()
    .replace(/^(?:bun-|=)/, "");
  return semver.valid(spelling) ?? undefined;
}

/** A pre-release of a version has what the version has. */
function isAtLeast(version: string, oldest: string): boolean {
  return semver.gte(version, `${oldest}-0`);
}

function readLockfileVersion(lockfile: string): number {
  const version: unknown = findValue(parseJsonc(lockfile, "bun.lock"), "lockfileVersion")?.value;
  if (typeof version === "number" && LOCKFILE_READERS[version] !== undefined) return version;
  throw new OoneexNxError({
    code: "LOCKFILE_UNKNOWN",
    what: `lockfileVersion ${JSON.stringify(version)} is none that @ooneex/nx knows a Bun for`,
    where: "bun.lock",
    remedy: `update @ooneex/nx, or delete bun.lock and run bun install with Bun ${PROVEN_BUN_VERSION}`,
  });
}
