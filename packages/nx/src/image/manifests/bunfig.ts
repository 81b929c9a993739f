import { parse, stringify, TomlError, type TomlTable, type TomlValue } from "smol-toml";
import { OoneexNxError } from "../../errors.js";

/** What only a program or a test run by Bun reads. The files that it names are in no context. */
const UNREAD: readonly string[] = ["preload", "test"];

/** How a pruned bunfig.toml is to be. */
export interface BunfigWants {
  /**
   * Whether to say that packages are isolated, where Bun would take it from there being workspaces, and a pruned root has
   * none. What the file says of it by itself counts.
   */
  readonly isolates: boolean;
}

/**
 * Prunes bunfig.toml to what an install and a bundler may read. It is printed anew, so that neither a comment nor the way a
 * setting is written reaches a build.
 *
 * @param bunfig - the file's text
 * @returns `""` where nothing is left
 * @throws OoneexNxError `BUNFIG_INVALID`
 * @see https://bun.com/docs/runtime/bunfig for who reads what, https://bun.com/docs/pm/isolated-installs for the linker
 */
export function pruneBunfig(bunfig: string, { isolates }: BunfigWants): string {
  const kept = Object.entries(parseToml(bunfig)).filter(([key]) => !UNREAD.includes(key));
  const table = isolates ? isolate(Object.fromEntries(kept)) : Object.fromEntries(kept);
  return Object.keys(table).length === 0 ? "" : stringify(table, { numbersAsFloat: true });
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
