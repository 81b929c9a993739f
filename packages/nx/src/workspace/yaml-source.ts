import { Composer, type Document, isScalar, type ParsedNode, Parser, visit } from "yaml";
import { OoneexNxError } from "../errors.js";
import { readLineNumber } from "./source-text.js";

/** What an error says about the file that a text comes from. */
export interface YamlFile {
  /** Start of the error codes, such as `APP_YML`. */
  readonly code: string;
  /** Workspace-relative path. */
  readonly path: string;
}

/** A YAML text with its first document parsed. Offsets count UTF-16 code units, a byte-order mark included. */
export interface YamlSource {
  readonly file: YamlFile;
  readonly text: string;
  readonly document: Document.Parsed;
  /** `null` where the document holds nothing but comments. */
  readonly root: ParsedNode | null;
  /** Where the first document ends: at its `...`, at the next `---` or at the end of the text. */
  readonly end: number;
}

/** What a document means: a map's keys in a Map, and one shared object for an anchor and its aliases. */
export type Meaning = Map<unknown, unknown>;

/**
 * Parses the first document of a YAML text.
 *
 * @throws OoneexNxError `<code>_INVALID` for anything but YAML whose root is a map or nothing at all
 */
export function parseYaml(text: string, file: YamlFile): YamlSource {
  const tokens = [...new Parser().parse(text)];
  const first = tokens.findIndex((token) => token.type === "document");
  const next = tokens.slice(first + 1).find((token) => token.type === "document" || token.type === "doc-end");
  const composer = new Composer({ keepSourceTokens: true, merge: true, prettyErrors: false });
  const document = composer.compose(tokens, true, text.length).next().value as Document.Parsed;
  const root: ParsedNode | null = document.contents;
  const end = first === -1 || next === undefined ? text.length : next.offset;
  const source: YamlSource = { file, text, document, root: isVoid(root) ? null : root, end };

  const fault = document.errors[0];
  if (fault !== undefined) throw invalid(source, fault.message, fault.pos[0]);
  visit(document, {
    Alias: (_key, alias, ancestors) => {
      const target = alias.resolve(document);
      if (target !== undefined && !ancestors.includes(target)) return;
      const reason = target === undefined ? "has no anchor before it" : "stands inside its own anchor";
      throw invalid(source, `the alias *${alias.source} ${reason}`, alias.range?.[0] ?? 0);
    },
  });
  if (!(readValue(source) instanceof Map)) throw invalid(source, "the document is not a map", root?.range[0] ?? 0);
  return source;
}

/**
 * Parses an edited text.
 *
 * @returns `undefined` where the edit broke the document or reached into what follows it
 */
export function parseEdited(source: YamlSource, edited: string): YamlSource | undefined {
  try {
    const result = parseYaml(edited, source.file);
    return edited.slice(result.end) === source.text.slice(source.end) ? result : undefined;
  } catch (error) {
    if (error instanceof OoneexNxError) return undefined;
    throw error;
  }
}

/** Meaning of the first document, a new value at each call. A document without content is an empty map. */
export function meaningOf(source: YamlSource): Meaning {
  return readValue(source) as Meaning;
}

/** A mistake in the file itself, at an offset of its text. */
export function invalid(source: YamlSource, what: string, offset: number): OoneexNxError {
  return new OoneexNxError({
    code: `${source.file.code}_INVALID`,
    what,
    where: placeOf(source, offset),
    remedy: `mend ${source.file.path} by hand`,
  });
}

/** A file that is right and that no edit of ours gets right. */
export function unsupported(source: YamlSource, offset: number, remedy: string): OoneexNxError {
  return new OoneexNxError({
    code: `${source.file.code}_UNSUPPORTED`,
    what: "the file is written in a way that cannot be edited without changing more than was asked for",
    where: placeOf(source, offset),
    remedy,
  });
}

/** `<path>:<line>` of an offset. */
function placeOf(source: YamlSource, offset: number): string {
  return `${source.file.path}:${readLineNumber(source.text, offset)}`;
}

/** Offset of the first character of a line, behind a byte-order mark. */
export function lineStart(text: string, offset: number): number {
  return Math.max(text.lastIndexOf("\n", offset - 1) + 1, bodyStart(text));
}

/** Offset at which the line of an offset ends, before its line break. */
export function lineEnd(text: string, offset: number): number {
  const feed = text.indexOf("\n", offset);
  if (feed === -1) return text.length;
  return feed > offset && text[feed - 1] === "\r" ? feed - 1 : feed;
}

/** Where a line goes that follows content: before the line break of its last line, which a block scalar includes. */
export function lastLineEnd(text: string, contentEnd: number): number {
  return text[contentEnd - 1] === "\n" ? contentEnd - lineBreakBefore(text, contentEnd) : lineEnd(text, contentEnd);
}

/** Length of the line break that ends at an offset; 0 where there is none. */
export function lineBreakBefore(text: string, offset: number): number {
  if (text[offset - 1] !== "\n") return 0;
  return text[offset - 2] === "\r" ? 2 : 1;
}

/** The line break at an offset; at the end of the text the last one before it. */
export function lineBreakAt(text: string, offset: number): string {
  const found = /^\r?\n/.exec(text.slice(offset, offset + 2))?.[0];
  if (found !== undefined) return found;
  const last = text.lastIndexOf("\n", offset - 1);
  return last > 0 && text[last - 1] === "\r" ? "\r\n" : "\n";
}

/** Whether nothing but blanks stands before an offset on its line. */
export function startsLine(text: string, offset: number): boolean {
  return text.slice(lineStart(text, offset), offset).trim() === "";
}

/** Offset of the first character that is not a byte-order mark. */
export function bodyStart(text: string): number {
  return text.startsWith("\uFEFF") ? 1 : 0;
}

/** Whether a document's content is left out, as opposed to a written null or a tag that says what it is. */
function isVoid(root: ParsedNode | null): boolean {
  return root === null || (isScalar(root) && root.srcToken === undefined && root.tag === undefined);
}

function readValue(source: YamlSource): unknown {
  if (source.root === null) return new Map();
  try {
    return source.document.toJS({ mapAsMap: true, maxAliasCount: -1 });
  } catch (error) {
    throw invalid(source, error instanceof Error ? error.message : String(error), source.root.range[0]);
  }
}
