import type { Tree } from "@nx/devkit";
import { parseTree } from "jsonc-parser";
import { posix } from "node:path";
import { OoneexNxError } from "../errors.js";
import { buildAliasMatcher } from "../workspace/alias-matcher.js";
import { readSourceImports } from "../workspace/imports.js";
import { findValue } from "../workspace/jsonc-document.js";
import type { ModuleNames } from "../workspace/names.js";
import { readPathAliases } from "../workspace/path-aliases.js";
import { isSourceFile } from "../workspace/source-file.js";
import { indexLines } from "../workspace/source-text.js";
import type { FileEdit } from "./registrations.js";
import { walkFiles } from "./walk-files.js";

const DEPENDENCY_FIELDS = ["dependencies", "devDependencies", "peerDependencies", "optionalDependencies"];

/** What leads to a module from outside of it. */
interface Entrances {
  /** Whatever imports the module has one of these in it. */
  readonly words: readonly string[];
  /** Where the aliases of the root tsconfig lead a specifier. */
  readonly matchAlias: (specifier: string) => readonly string[];
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
  return walkFiles(tree).flatMap((path): ImportPlace[] => {
    if (path.startsWith(`${names.root}/`)) return [];
    const isManifest = posix.basename(path) === "package.json";
    if (!isManifest && !isSourceFile(path)) return [];
    const text = edited.get(path) ?? tree.read(path, "utf8") ?? "";
    // Few files do, and the others are not parsed.
    if (!entrances.words.some((word) => text.includes(word))) return [];
    if (isManifest) return dependsOn(text, names) ? [{ path, line: undefined }] : [];
    const sites = readSourceImports(path, text).sites.filter(({ specifier }) => reaches(path, specifier, names, entrances));
    const lineOf = indexLines(text);
    return sites.map(({ start }) => ({ path, line: lineOf(start) }));
  });
}

function readEntrances(tree: Tree, { kebab, root }: ModuleNames): Entrances {
  const tsconfig = tree.read("tsconfig.json", "utf8");
  const aliases = tsconfig === null ? [] : [...readPathAliases(tsconfig)];
  const leadingIn = aliases.filter(([, targets]) => targets.some((target) => isWithin(posix.normalize(target), root)));
  return { words: [kebab, ...leadingIn.map(([alias]) => alias.replace(/\*.*$/, ""))], matchAlias: buildAliasMatcher(aliases) };
}

function reaches(file: string, specifier: string, { packageName, root }: ModuleNames, { matchAlias }: Entrances): boolean {
  if (specifier.startsWith(".")) return isWithin(posix.join(posix.dirname(file), specifier), root);
  return isWithin(specifier, packageName) || [specifier, ...matchAlias(specifier)].some((target) => isWithin(target, root));
}

function isWithin(target: string, prefix: string): boolean {
  return target === prefix || target.startsWith(`${prefix}/`);
}

function dependsOn(text: string, { packageName }: ModuleNames): boolean {
  // A template's package.json need not be JSON.
  const manifest = parseTree(text);
  return DEPENDENCY_FIELDS.some((field) => findValue(findValue(manifest, field), packageName) !== undefined);
}
