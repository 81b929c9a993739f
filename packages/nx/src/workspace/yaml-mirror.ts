import { isMap, isScalar, type Scalar, type YAMLSeq } from "yaml";
import { entriesOf, tokenOf, type YamlEntry } from "./yaml-entry.js";
import { quote, type YamlFragment, type YamlQuoting } from "./yaml-fragment.js";
import { applyEdits, type SourceEdit } from "./source-text.js";

/** What may stand between the keys and values of an item that is copied: no comment, anchor, tag or alias. */
const PUNCTUATION = /^[\s:,{}?-]*$/;

/**
 * Writes an item of a list as its first plain sibling is written, from the order of its keys to its line breaks.
 *
 * The first and not the last one, so that the style depends on nothing that was added before.
 *
 * @returns `undefined` where no sibling has the same keys and strings for values
 */
export function mirrorItem(text: string, list: YAMLSeq, item: YamlFragment): string | undefined {
  const container = tokenOf(list);
  if (container === undefined || item.kind !== "mapping") return undefined;
  const values = new Map(item.pairs.flatMap(([key, value]) => (value.kind === "text" ? [[key, value.value]] : [])));
  const entries = entriesOf(container);
  for (const [index, sibling] of list.items.entries()) {
    const entry = entries[index];
    const copy = entry && copyEntry(text, entry, sibling, values);
    if (copy !== undefined) return copy;
  }
  return undefined;
}

function copyEntry(
  text: string,
  entry: YamlEntry,
  node: unknown,
  values: ReadonlyMap<string, string>,
): string | undefined {
  if (!isMap(node) || node.items.length !== values.size) return undefined;
  const splices: SourceEdit[] = [];
  const gaps: string[] = [];
  let position = entry.start;
  for (const { key, value } of node.items) {
    const replacement = isString(key) ? values.get(key.value) : undefined;
    if (replacement === undefined || !isString(key) || !isString(value)) return undefined;
    gaps.push(text.slice(position, key.range[0]), text.slice(key.range[1], value.range[0]));
    const [start, end] = value.range;
    splices.push({ start: start - entry.start, end: end - entry.start, text: quote(replacement, value.type) });
    position = end;
  }
  gaps.push(text.slice(position, entry.end));
  if (!gaps.every((gap) => PUNCTUATION.test(gap))) return undefined;
  return applyEdits(text.slice(entry.start, entry.end), splices);
}

function isString(node: unknown): node is Scalar<string> & { type: YamlQuoting; range: [number, number, number] } {
  const isWritten = isScalar(node) && node.range != null && typeof node.value === "string";
  return isWritten && (node.type === "PLAIN" || node.type === "QUOTE_DOUBLE" || node.type === "QUOTE_SINGLE");
}
