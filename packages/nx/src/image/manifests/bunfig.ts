import { parse, stringify, TomlError, type TomlTable, type TomlValue } from "smol-toml";
import { OoneexNxError } from "../../errors.js";
import { leaveOutCredentials } from "./bunfig-credentials.js";

/** What only a program or a test run by Bun reads. The files that it names are in no context. */
const UNREAD: readonly string[] = ["preload", "test"];

/** How a pruned bunfig.toml is to be. */
export interface BunfigWants {
  /**
   * Whether to say that packages are isolated, where Bun would take it from there being workspaces, and a pruned root has
   * none. What the file says of it by itself counts.
   */
  readonly isolates: boolean;
  /** Whether what is installed is scanned; where all of it was before, once is enough. */
  readonly scans: boolean;
}

/**
 * Prunes bunfig.toml to what an install and a bundler may read, without credentials. It is printed anew, so that neither a
 * comment nor the way a setting is written reaches a build.
 *
 * @param bunfig - the file's text
 * @returns `""` where nothing is left
 * @throws OoneexNxError `BUNFIG_INVALID`
 * @see https://bun.com/docs/runtime/bunfig for who reads what, https://bun.com/docs/pm/isolated-installs for the linker
 */
export function pruneBunfig(bunfig: string, { isolates, scans }: BunfigWants): string {
  const kept = leaveOutCredentials(Object.fromEntries(Object.entries(parseToml(bunfig)).filter(([key]) => !UNREAD.includes(key))));
  const scanned = scans ? kept : leaveUnscanned(kept);
  const table = isolates ? isolate(scanned) : scanned;
  return Object.keys(table).length === 0 ? "" : stringify(table, { numbersAsFloat: true });
}

/**
 * Reads the package that looks at every install before it happens, which has to be there itself for that.
 *
 * @param bunfig - the file's text
 * @returns its name; `undefined` where there is none, or where it is a file
 * @throws OoneexNxError `BUNFIG_INVALID`
 * @see https://bun.com/docs/pm/security-scanner-api
 */
export function readScanner(bunfig: string): string | undefined {
  const { install } = parseToml(bunfig);
  const security = install !== undefined && isTable(install) ? install["security"] : undefined;
  const scanner = security !== undefined && isTable(security) ? security["scanner"] : undefined;
  return typeof scanner === "string" && !/^[./]/.test(scanner) ? scanner : undefined;
}

/**
 * Tells whether a bunfig.toml spells out credentials, which {@link pruneBunfig} leaves out.
 *
 * @param bunfig - the file's text
 * @throws OoneexNxError `BUNFIG_INVALID`
 */
export function hasCredentials(bunfig: string): boolean {
  const table = parseToml(bunfig);
  return leaveOutCredentials(table) !== table;
}

function leaveUnscanned(table: TomlTable): TomlTable {
  const { install, ...others } = table;
  if (install === undefined || !isTable(install)) return table;
  const settings = Object.entries(install).filter(([key]) => key !== "security");
  return settings.length === 0 ? others : { ...table, install: Object.fromEntries(settings) };
}

function isolate(table: TomlTable): TomlTable {
  const { install = {} } = table;
  // Anything else than a table is for Bun to refuse.
  return isTable(install) ? { ...table, install: { linker: "isolated", ...install } } : table;
}

function isTable(value: TomlValue): value is TomlTable {
  return typeof value === "object" && !Array.isArray(value) && !(value instanceof Date);
}

/** Integers apart from other numbers, so that both are printed as they were. */
function parseToml(text: string): TomlTable {
  try {
    return parse(text.replace(/^\uFEFF/, ""), { integersAsBigInt: true });
  } catch (error) {
    if (!(error instanceof TomlError)) throw error;
    const [reason = ""] = error.message.replace(/^Invalid TOML document: /, "").split("\n", 1);
    throw new OoneexNxError({
      code: "BUNFIG_INVALID",
      what: `bunfig.toml cannot be read: ${reason}`,
      where: `bunfig.toml:${error.line}`,
      remedy: "correct that line, or set prune to false",
    });
  }
}
