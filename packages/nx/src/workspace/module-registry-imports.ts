import type { ImportDeclaration, ImportSpecifier } from "oxc-parser";
import { type ModuleSource, parseModule } from "./module-registry-source.js";
import { removeItem } from "./source-list.js";
import { applyEdits, readIndent, readLineEnding } from "./source-text.js";

/** Which name a module imports, and where from. */
export interface ImportedName {
  /** `BillingModule`. */
  readonly name: string;
  /** As it is written: `@module/billing/BillingModule`. */
  readonly specifier: string;
  /** Other specifiers of the same file, which a person may have written. */
  readonly synonyms: readonly string[];
}

/** The statement that imports a part, and the name that the file knows the part by. */
interface FoundImport {
  readonly declaration: ImportDeclaration;
  readonly specifier: ImportSpecifier;
  readonly local: string;
}


/** Finds the statement that imports a part as a value; one that imports its type alone is none. */
export function findImport(source: ModuleSource, { name, specifier, synonyms }: ImportedName): FoundImport | undefined {
  for (const declaration of listImports(source)) {
    const from = declaration.source.value.replace(/\.[cm]?[jt]s$/, "");
    if (declaration.importKind === "type" || ![specifier, ...synonyms].includes(from)) continue;
    for (const entry of declaration.specifiers) {
      if (entry.type !== "ImportSpecifier" || entry.importKind === "type") continue;
      const imported = entry.imported.type === "Identifier" ? entry.imported.name : entry.imported.value;
      if (imported === name) return { declaration, specifier: entry, local: entry.local.name };
    }
  }
  return undefined;
}

/** Adds the import of a part, written as the other imports are: in its place where they are sorted, else as the last. */
export function insertImport(source: ModuleSource, { name, specifier }: ImportedName): string {
  const { text } = source;
  const imports = listImports(source);
  const eol = readLineEnding(text);
  const statement = writeImport(source, imports, name, specifier);
  // What is imported for its effects alone keeps its place before and after everything else.
  const movable = imports.slice(imports.findLastIndex(({ specifiers }) => specifiers.length === 0) + 1);
  const keys = movable.map((declaration) => sortKey(declaration.source.value));
  const isSorted = keys.every((key, index) => index === 0 || (keys[index - 1] as string) <= key);
  const next = isSorted ? keys.findIndex((key) => key > sortKey(specifier)) : -1;

  const first = movable[0];
  if (next === 0 && first !== undefined && !hasCommentAbove(text, first.start)) {
    return splice(text, first.start, `${statement}${eol}${readIndent(text, first.start)}`);
  }
  const before = movable[Math.max(next === -1 ? movable.length - 1 : next - 1, 0)] ?? imports.at(-1);
  if (before !== undefined) return splice(text, lineEndBehind(text, before.end), `${eol}${readIndent(text, before.start)}${statement}`);
  const directive = source.program.body.findLast((entry) => "directive" in entry && entry.directive != null);
  if (directive !== undefined) return splice(text, lineEndBehind(text, directive.end), `${eol}${statement}`);
  const top = /^\uFEFF?(?:#![^\n]*\n)?/.exec(text)?.[0].length ?? 0;
  return splice(text, top, `${statement}${eol}${eol}`);
}

/** Takes the import of a part out: the exact inverse of {@link insertImport}. What else its statement imports stays. */
export function removeImport(source: ModuleSource, part: ImportedName): string {
  const { text, file } = source;
  const found = findImport(source, part);
  if (found === undefined) return text;
  if (found.declaration.specifiers.length > 1) return removeSpecifier(text, found);
  const { start, end } = found.declaration;
  const lineBreak = /\r?\n[ \t]*$/.exec(text.slice(0, start))?.[0].length;
  const below = /^(?:\r?\n){1,2}/.exec(text.slice(end))?.[0] ?? "";
  const originals = [
    ...(lineBreak === undefined ? [] : [cut(text, start - lineBreak, end)]),
    cut(text, start, end + (/^\r?\n[ \t]*/.exec(text.slice(end))?.[0].length ?? 0)),
    cut(text, start, end + below.length),
  ];
  return originals.find((original) => insertImport(parseModule(original, file), part) === text) ?? cutLine(text, start, end);
}

function removeSpecifier(text: string, { declaration, specifier }: FoundImport): string {
  const named = declaration.specifiers.filter((entry) => entry.type === "ImportSpecifier");
  const other = declaration.specifiers.find((entry) => entry.type !== "ImportSpecifier");
  const open = text.lastIndexOf("{", named[0]?.start ?? specifier.start);
  const close = text.indexOf("}", named.at(-1)?.end ?? specifier.end);
  if (named.length === 1 && other !== undefined) return cut(text, other.end, close + 1);
  const items = named.map(({ start, end }) => ({ start, end }));
  return removeItem(text, { inside: { start: open + 1, end: close }, items }, named.indexOf(specifier));
}

/** Takes a statement out that a person wrote: with its line and the comment behind it, where it has the line to itself. */
function cutLine(text: string, start: number, end: number): string {
  const indent = readIndent(text, start);
  const lineStart = start - indent.length;
  const isFirst = lineStart === 0 || text[lineStart - 1] === "\n";
  const rest = /^[ \t]*(?:\/\/[^\r\n]*)?(?:\r?\n|$)/.exec(text.slice(end))?.[0];
  return isFirst && rest !== undefined ? cut(text, lineStart, end + rest.length) : cut(text, start, end);
}

function writeImport({ text }: ModuleSource, imports: readonly ImportDeclaration[], name: string, specifier: string): string {
  const model = imports.findLast(({ specifiers }) => specifiers.some(({ type }) => type === "ImportSpecifier"));
  const last = model ?? imports.at(-1);
  const quote = last === undefined ? '"' : text.charAt(last.source.start);
  const end = last === undefined || text[last.end - 1] === ";" ? ";" : "";
  const gap = model !== undefined && /\{\S/.test(text.slice(model.start, model.source.start)) ? "" : " ";
  return `import {${gap}${name}${gap}} from ${quote}${specifier}${quote}${end}`;
}

/** Packages before paths, and those that lead further out first, as Biome sorts them. */
function sortKey(specifier: string): string {
  const rank = specifier.startsWith("./") ? 3 : specifier.startsWith(".") ? 2 : /^(?:bun|node):/.test(specifier) ? 0 : 1;
  return `${rank}${specifier.toLowerCase()}`;
}

/** A comment right above a statement is about this one, such as `@ts-expect-error`. */
function hasCommentAbove(text: string, start: number): boolean {
  return /(?:\*\/|\/\/[^\r\n]*\r?\n)[ \t]*(?:\r?\n[ \t]*)?$/.test(text.slice(0, start)) && !/\n[ \t]*\r?\n[ \t]*$/.test(text.slice(0, start));
}

/** Behind a statement and the comment that follows it on its line. */
function lineEndBehind(text: string, end: number): number {
  const rest = /^[ \t]*(?:\/\/[^\r\n]*|\/\*(?:[^*\r\n]|\*(?!\/))*\*\/[ \t]*)?(?=\r?\n|$)/.exec(text.slice(end))?.[0];
  return end + (rest?.length ?? 0);
}

function listImports({ program }: ModuleSource): ImportDeclaration[] {
  return program.body.filter((statement): statement is ImportDeclaration => statement.type === "ImportDeclaration");
}

function splice(text: string, at: number, insertion: string): string {
  return applyEdits(text, [{ start: at, end: at, text: insertion }]);
}

function cut(text: string, start: number, end: number): string {
  return applyEdits(text, [{ start, end, text: "" }]);
}
