import { isAlias, isMap, isScalar, isSeq, type Node, type YAMLMap, type YAMLSeq } from "yaml";
import { applyEdits, type SourceEdit } from "./source-text.js";
import {
  closeOf,
  type CollectionToken,
  colonOf,
  commaAfter,
  entriesOf,
  findPair,
  type FoundPair,
  hasTag,
  isFlow,
  lastEntryOf,
  keyEndOf,
  resolveAlias,
  tokenOf,
  valueTokenOf,
} from "./yaml-entry.js";
import { blockLines, flowPair, flowText, type YamlFragment } from "./yaml-fragment.js";
import { mirrorItem } from "./yaml-mirror.js";
import {
  bodyStart,
  lastLineEnd,
  lineBreakAt,
  lineBreakBefore,
  lineEnd,
  lineStart,
  startsLine,
  type YamlSource,
} from "./yaml-source.js";

/** Step into the list at hand: a new item at its end. */
export const APPEND = Symbol("append");

/** One step from the root to what is written: a key, or a new item of the list that the key before it leads to. */
export type YamlStep = string | typeof APPEND;

/** Spaces behind an opening bracket that stand for the null which it replaces. */
export const NULL_PADDING: Readonly<Record<string, string>> = { null: " ", "~": "  " };

/**
 * Adds a value under a path, and the parents that are missing. Every byte stays but for a null written in brackets, where
 * no comment can hold it.
 *
 * Each state that the key can have been in gets a style of its own, so that the text tells which one to go back to:
 *
 * | before                   | in block style                                | in brackets                        |
 * | ------------------------ | --------------------------------------------- | ---------------------------------- |
 * | no such key              | two columns deeper                            | one space inside the new brackets  |
 * | `key:`                   | a list at the key's column, a map four deeper | two spaces behind the colon        |
 * | `key: ~`                 | two columns deeper, the null in a comment     | no space before the closing one    |
 * | `? key`, or `key` alone  | the colon on a line of its own                | three spaces behind the colon      |
 * | `key: []`                | behind the bracket, before what stood inside  | the same                           |
 *
 * @returns the new text, whose meaning is the caller's to check; `undefined` where the path leads through anything else
 */
export function insertEntry(
  source: YamlSource,
  path: readonly YamlStep[],
  leaf: YamlFragment,
): string | undefined {
  const splices = planInsertion(source, path, leaf);
  return splices && applyEdits(source.text, splices);
}

function planInsertion(source: YamlSource, path: readonly YamlStep[], leaf: YamlFragment): SourceEdit[] | undefined {
  if (source.root === null) return appendToVoid(source, wrap(path, leaf));
  let node: Node | null = source.root;
  for (const [depth, step] of path.entries()) {
    const rest = wrap(path.slice(depth + 1), leaf);
    if (step === APPEND) return isSeq(node) ? insertItem(source, node, rest) : undefined;
    if (!isMap(node)) return undefined;
    const found = findPair(source, node, step);
    const value = resolveAlias(source, found?.value ?? null);
    const isOwn = found !== undefined && found.entry.container === tokenOf(node);
    if (found === undefined || (!isOwn && isBlank(value, rest))) return insertPair(source, node, step, rest);
    if (isBlank(value, rest)) return isAlias(found.value) ? undefined : fillBlank(source, found, rest);
    node = value;
  }
  return undefined;
}

/** A path's remaining steps around what they lead to. */
function wrap(path: readonly YamlStep[], leaf: YamlFragment): YamlFragment {
  return path.reduceRight<YamlFragment>(
    (value, step) =>
      step === APPEND ? { kind: "items", items: [value] } : { kind: "mapping", pairs: [[step, value]] },
    leaf,
  );
}

/** Whether a value is left open: a null, and where a string is to be written an empty one too. */
function isBlank(value: Node | null, rest: YamlFragment): boolean {
  return value === null || (isScalar(value) && (value.value === null || (value.value === "" && rest.kind === "text")));
}

function appendToVoid(source: YamlSource, fragment: YamlFragment): SourceEdit[] {
  const { text } = source;
  const at = documentEnd(source);
  const lines = blockLines(fragment);
  if (at === bodyStart(text) && at === text.length) return [insertion(at, `${lines.join("\n")}\n`)];
  // A comment that has the file to itself speaks of the file, and would become the key's comment without a blank line.
  return [insertLines(text, at, text.slice(0, at).includes("#") ? ["", ...lines] : lines, 0)];
}

function insertPair(source: YamlSource, map: YAMLMap, key: string, value: YamlFragment): SourceEdit[] | undefined {
  const container = tokenOf(map);
  if (container === undefined) return undefined;
  if (isFlow(container)) return insertIntoFlow(source.text, container, flowPair([key, value], isJson(source)));
  const at = map === source.root ? documentEnd(source) : undefined;
  return insertIntoBlock(source.text, container, blockLines({ kind: "mapping", pairs: [[key, value]] }), at);
}

function insertItem(source: YamlSource, list: YAMLSeq, item: YamlFragment): SourceEdit[] | undefined {
  const container = tokenOf(list);
  if (container === undefined) return undefined;
  const mirrored = mirrorItem(source.text, list, item);
  if (isFlow(container)) return insertIntoFlow(source.text, container, mirrored ?? flowText(item, isJson(source)));
  const lines = mirrored === undefined ? blockLines({ kind: "items", items: [item] }) : [mirrored];
  return insertIntoBlock(source.text, container, lines);
}

function insertIntoBlock(
  text: string,
  container: CollectionToken,
  lines: readonly string[],
  position?: number,
): SourceEdit[] | undefined {
  const entries = entriesOf(container);
  const first = entries[0];
  const last = entries.at(-1);
  if (first === undefined || last === undefined) return undefined;
  return [insertLines(text, position ?? lastLineEnd(text, last.end), lines, columnOf(text, first.start))];
}

function insertIntoFlow(text: string, container: Extract<CollectionToken, { end: unknown }>, entry: string): SourceEdit[] {
  const close = closeOf(container);
  const last = lastEntryOf(container);
  if (last === undefined) {
    const open = container.offset + 1;
    const breakEnd = text.lastIndexOf("\n", close - 1) + 1;
    if (breakEnd <= open) return [insertion(open, entry)];
    const indent = `${text.slice(breakEnd, close)}  `;
    const at = breakEnd - lineBreakBefore(text, breakEnd);
    return [insertion(at, lineBreakAt(text, at) + indent + entry)];
  }
  const comma = commaAfter(last);
  const behind = comma === undefined ? last.end : comma.offset + 1;
  if (!startsLine(text, last.start) || !text.slice(behind, close).includes("\n")) {
    return [comma === undefined ? insertion(last.end, `, ${entry}`) : insertion(behind, ` ${entry},`)];
  }
  const at = lineEnd(text, behind);
  const line = lineBreakAt(text, at) + text.slice(lineStart(text, last.start), last.start) + entry;
  return comma === undefined ? [insertion(last.end, ","), insertion(at, line)] : [insertion(at, `${line},`)];
}

/** Writes a value where a key has none yet, in the style that {@link insertEntry} keeps for it. */
function fillBlank(source: YamlSource, { entry }: FoundPair, rest: YamlFragment): SourceEdit[] | undefined {
  const { text } = source;
  if (hasTag(entry)) return undefined;
  const colon = colonOf(entry);
  const written = valueTokenOf(entry);
  if (isFlow(entry.container)) {
    const value = flowText(rest, isJson(source));
    if (colon === undefined) return [insertion(keyEndOf(entry), `:   ${value}`)];
    if (written === undefined) return [insertion(colon.offset + 1, `  ${value}`)];
    const padding = rest.kind === "text" ? undefined : NULL_PADDING[text.slice(written.offset, entry.end)];
    if (padding === undefined) return undefined;
    const padded = value.slice(0, 1) + padding + value.slice(2, -2) + value.slice(-1);
    return [{ start: written.offset, end: entry.end, text: padded }];
  }
  const column = columnOf(text, entry.start);
  const at = lineEnd(text, written?.offset ?? entry.end);
  const lines = blockLines(rest);
  if (rest.kind === "text") {
    if (colon === undefined) return [insertLines(text, at, [`: ${lines[0]}`], column)];
    if (written === undefined) return [insertion(colon.offset + 1, `  ${lines[0]}`)];
    return [insertion(written.offset, `${lines[0]} # `)];
  }
  if (written !== undefined) return [insertion(written.offset, "# "), insertLines(text, at, lines, column + 2)];
  if (colon === undefined) return [insertLines(text, at, [":", ...lines.map((line) => `  ${line}`)], column)];
  return [insertLines(text, at, lines, rest.kind === "items" ? column : column + 4)];
}

/** Behind the last line of the first document, before its line break. */
function documentEnd({ text, end }: YamlSource): number {
  return end - lineBreakBefore(text, end);
}

/** Whether a document is JSON as far as one can see, and has to stay so. */
function isJson({ root }: YamlSource): boolean {
  const container = isMap(root) ? tokenOf(root) : undefined;
  return container !== undefined && isFlow(container) && container.items[0]?.key?.type === "double-quoted-scalar";
}

function columnOf(text: string, offset: number): number {
  return offset - lineStart(text, offset);
}

function insertion(at: number, text: string): SourceEdit {
  return { start: at, end: at, text };
}

/** New lines below the one that ends at an offset. */
function insertLines(text: string, at: number, lines: readonly string[], column: number): SourceEdit {
  const lineBreak = lineBreakAt(text, at);
  return insertion(at, lines.map((line) => lineBreak + (line === "" ? "" : " ".repeat(column)) + line).join(""));
}
