import type { Tree } from "@nx/devkit";
import { parseTree } from "jsonc-parser";
import { posix } from "node:path";
import { OoneexNxError } from "../errors.js";
import { readSourceImports } from "../workspace/imports.js";
import { findValue } from "../workspace/jsonc-document.js";
import type { ModuleNames } from "../workspace/names.js";
import { readPathAliases } from "../workspace/path-aliases.js";
import { isSourceFile } from "../workspace/source-file.js";
import { readLineNumber } from "../workspace/source-text.js";
import type { FileEdit } from "./registrations.js";
import { walkFiles } from "./walk-files.js";

const DEPENDENCY_FIELDS = ["dependencies", "devDependencies", "peerDependencies", "optionalDependencies"];

/** What leads to a module from outside of it. */
interface Entrances {
  /** Its package, and its folder as a relative import reaches it: themselves, and whatever is below. */
  readonly prefixes: readonly string[];
  /** Aliases of the root tsconfig that lead into its folder; `*` stands for anything. */
  readonly aliases: readonly string[];
}

/**
 * Refuses to remove a module that another one imports.
 *
 * @throws OoneexNxError `MODULE_IMPORTED`, which names the files
 */
export function refuseImporters(names: ModuleNames, importers: readonly string[]): void {
  if (importers.length === 0) return;
  throw new OoneexNxError({
    code: "MODULE_IMPORTED",
    what: `other modules import ${names.kebab}`,
    where: importers.join(", "),
    remedy: "take those imports out first, or remove it all the same with --force",
  });
}

/** Files outside a module that import it by an alias, its package or a relative path; manifests that depend on it. */
export function listImporters(tree: Tree, names: ModuleNames): string[] {
  return [...new Set(readSites(tree, names).map(({ path }) => path))];
}

/**
 * Lists each place outside of a module that imports it, as {@link listImporters} does.
 *
 * @param edits - shared files as they are about to be
 * @returns `file:line`; the file alone for a manifest
 */
export function listImportSites(tree: Tree, names: ModuleNames, edits: readonly FileEdit[] = []): string[] {
  return readSites(tree, names, edits).map(({ path, line }) => (line === undefined ? path : `${path}:${line}`));
}

/** A place that leads to a module. */
interface ImportPlace {
  readonly path: string;
  /** From 1; `undefined` for a manifest. */
  readonly line: number | undefined;
}

function readSites(tree: Tree, names: ModuleNames, edits: readonly FileEdit[] = []): ImportPlace[] {
  const edited = new Map(edits.map(({ path, text }) => [path, text ?? ""]));
  const entrances = readEntrances(tree, names);
  // Whatever imports the module has one of these words in it, and few files do.
  const words = [names.kebab, ...entrances.aliases.map((alias) => alias.replace(/\*.*$/, ""))];
  return walkFiles(tree).flatMap((path): ImportPlace[] => {
    if (path.startsWith(`${names.root}/`)) return [];
    const isManifest = posix.basename(path) === "package.json";
    if (!isManifest && !isSourceFile(path)) return [];
    const text = edited.get(path) ?? tree.read(path, "utf8") ?? "";
    if (!words.some((word) => text.includes(word))) return [];
    if (isManifest) return dependsOn(text, names) ? [{ path, line: undefined }] : [];
    const sites = readSourceImports(path, text).sites.filter(({ specifier }) => reaches(path, specifier, entrances));
    return sites.map(({ start }) => ({ path, line: readLineNumber(text, start) }));
  });
}

function readEntrances(tree: Tree, { packageName, root }: ModuleNames): Entrances {
  const tsconfig = tree.read("tsconfig.json", "utf8");
  const aliases = tsconfig === null ? [] : [...readPathAliases(tsconfig)];
  return {
    prefixes: [packageName, root],
    aliases: aliases
      .filter(([, targets]) => targets.some((target) => posix.normalize(target).startsWith(`${root}/`)))
      .map(([alias]) => alias),
  };
}

function reaches(file: string, specifier: string, { prefixes, aliases }: Entrances): boolean {
  const target = specifier.startsWith(".") ? posix.join(posix.dirname(file), specifier) : specifier;
  return prefixes.some((prefix) => isWithin(target, prefix)) || aliases.some((alias) => fits(specifier, alias));
}

function isWithin(target: string, prefix: string): boolean {
  return target === prefix || target.startsWith(`${prefix}/`);
}

function fits(specifier: string, alias: string): boolean {
  const [start = "", end] = alias.split("*");
  return end === undefined ? specifier === alias : specifier.startsWith(start) && specifier.endsWith(end);
}

function dependsOn(text: string, { packageName }: ModuleNames): boolean {
  // A template's package.json need not be JSON.
  const manifest = parseTree(text);
  return DEPENDENCY_FIELDS.some((field) => findValue(findValue(manifest, field), packageName) !== undefined);
}
