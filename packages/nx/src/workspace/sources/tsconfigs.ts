import { getNodeValue } from "jsonc-parser";
import { posix } from "node:path";
import { OoneexNxError } from "../../errors.js";
import { findValue, parseJsonc } from "../jsonc-document.js";
import { readLineNumber } from "../source-text.js";
import { isObject, parentOf, type WorkspaceFiles } from "./workspace-files.js";

/** One tsconfig.json as it is written. */
export interface ConfigFile {
  /** Workspace-relative. */
  readonly path: string;
  readonly options: Readonly<Record<string, unknown>>;
  /** `extends` as it is written, where Bun follows it. */
  readonly extends: string | undefined;
}

/** A path alias that matches an import. */
export interface AliasMatch {
  /** The config file that has the alias. */
  readonly config: string;
  readonly pattern: string;
  /** Workspace-relative paths to try, in this order. */
  readonly targets: readonly string[];
}

/** What Bun reads for the files of a folder: its nearest tsconfig.json with those that it extends. */
export interface Tsconfig {
  /** The nearest one first. */
  readonly chain: readonly ConfigFile[];
  /** Folder that imports are looked up in before packages are; workspace-relative. */
  readonly baseUrl: string | undefined;
  readonly jsx: string | undefined;
  readonly jsxImportSource: string | undefined;
  readonly matchAlias: (specifier: string) => AliasMatch | undefined;
}

/**
 * Reads tsconfig.json files as Bun does, measured with 1.3 and 1.4. The nearest one counts alone, jsconfig.json where a
 * folder has only that. Of `extends` Bun follows the path of a file, written with its extension; it passes over a list and
 * over a package without a word. Of each option the nearest value counts, of `paths` and `baseUrl` too.
 */
export class Tsconfigs {
  readonly #files: WorkspaceFiles;
  readonly #nearest = new Map<string, Tsconfig | undefined>();

  public constructor(files: WorkspaceFiles) {
    this.#files = files;
  }

  /**
   * @param folder - workspace-relative, without links in it
   * @throws OoneexNxError `JSON_INVALID`, or `TSCONFIG_UNRESOLVED` where a file is extended that does not exist
   */
  public findNearest(folder: string): Tsconfig | undefined {
    if (!this.#nearest.has(folder)) this.#nearest.set(folder, this.#find(folder));
    return this.#nearest.get(folder);
  }

  #find(folder: string): Tsconfig | undefined {
    const path = ["tsconfig.json", "jsconfig.json"]
      .map((name) => posix.join(folder, name))
      .find((candidate) => this.#files.findFile(candidate) !== undefined);
    if (path !== undefined) return merge(readChain(this.#files, path));
    return folder === "" ? undefined : this.findNearest(parentOf(folder));
  }
}

function readChain(files: WorkspaceFiles, path: string): ConfigFile[] {
  const chain: ConfigFile[] = [];
  for (let next: string | undefined = path; next !== undefined && !chain.some((config) => config.path === next); ) {
    const config = readConfig(files, next);
    chain.push(config);
    next = config.extends === undefined ? undefined : posix.join(parentOf(next), config.extends);
  }
  return chain;
}

function readConfig(files: WorkspaceFiles, path: string): ConfigFile {
  const text = files.readText(path);
  const root = parseJsonc(text, path);
  const options: unknown = getNodeValue(findValue(root, "compilerOptions") ?? root);
  const extended = findValue(root, "extends");
  const value: unknown = extended === undefined ? undefined : getNodeValue(extended);
  const isFile = (name: string): boolean => files.findFile(posix.join(parentOf(path), name)) !== undefined;
  for (const name of [value].flat()) {
    if (typeof name !== "string" || !/^\.{1,2}(?:$|\/)/.test(name)) continue;
    if (isFile(name) || isFile(`${name}.json`) || isFile(posix.join(name, "tsconfig.json"))) continue;
    throw new OoneexNxError({
      code: "TSCONFIG_UNRESOLVED",
      what: `there is no ${name} to extend`,
      where: `${path}:${readLineNumber(text, extended?.offset ?? 0)}`,
      remedy: "mend the path, or restore the file",
    });
  }
  return {
    path,
    options: isObject(options) && findValue(root, "compilerOptions") !== undefined ? options : {},
    extends: typeof value === "string" && isFile(value) ? value : undefined,
  };
}

function merge(chain: readonly ConfigFile[]): Tsconfig {
  const nearest = (name: string): { readonly config: ConfigFile; readonly text: string } | undefined => {
    for (const config of chain) {
      const text = config.options[name];
      if (typeof text === "string") return { config, text };
    }
    return undefined;
  };
  const base = nearest("baseUrl");
  const baseUrl = base === undefined ? undefined : posix.join(parentOf(base.config.path), base.text);
  const owner = chain.find(({ options }) => isObject(options["paths"]));
  const patterns = owner === undefined ? [] : readPatterns(owner, baseUrl ?? parentOf(owner.path));
  return {
    chain,
    baseUrl,
    jsx: nearest("jsx")?.text,
    jsxImportSource: nearest("jsxImportSource")?.text,
    matchAlias: (specifier) => matchAlias(patterns, specifier),
  };
}

/** An alias cut at its star; without a star there is no suffix. */
interface Pattern extends AliasMatch {
  readonly prefix: string;
  readonly suffix: string | undefined;
}

/** What is equal comes first, then the longest text before the star, then the longest behind it. */
function readPatterns({ path, options }: ConfigFile, base: string): Pattern[] {
  const folder = parentOf(path);
  const hasBaseUrl = typeof options["baseUrl"] === "string";
  return Object.entries(options["paths"] as Record<string, unknown>)
    .filter(([pattern]) => pattern.split("*").length <= 2)
    .map(([pattern, value]) => {
      const [prefix = "", suffix] = pattern.split("*");
      const targets = (Array.isArray(value) ? value : [])
        .filter((target): target is string => typeof target === "string" && target.split("*").length <= 2)
        // Without a base of its own, a config's targets have to be relative.
        .filter((target) => hasBaseUrl || /^(?:\.{1,2}(?:$|\/)|\/|\$\{configDir\})/.test(target))
        .map((target) => locateTarget(target, folder, base));
      return { config: path, pattern, prefix, suffix, targets };
    })
    .sort(
      (a, b) =>
        Number(a.suffix !== undefined) - Number(b.suffix !== undefined) ||
        b.prefix.length - a.prefix.length ||
        (b.suffix?.length ?? 0) - (a.suffix?.length ?? 0),
    );
}

function locateTarget(target: string, folder: string, base: string): string {
  const [, below] = /^\$\{configDir\}(.*)$/.exec(target) ?? [];
  if (below !== undefined) return posix.join(folder, `./${below}`);
  return target.startsWith("/") ? target : posix.join(base, target);
}

function matchAlias(patterns: readonly Pattern[], specifier: string): AliasMatch | undefined {
  const match = patterns.find(({ prefix, suffix }) =>
    suffix === undefined
      ? specifier === prefix
      : specifier.length >= prefix.length + suffix.length && specifier.startsWith(prefix) && specifier.endsWith(suffix),
  );
  if (match?.suffix === undefined) return match;
  const star = specifier.slice(match.prefix.length, specifier.length - match.suffix.length);
  return { ...match, targets: match.targets.map((target) => target.replace("*", () => star)) };
}
