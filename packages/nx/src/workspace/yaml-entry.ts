import { type CST, isAlias, isMap, isScalar, isSeq, type Node, type Pair, type YAMLMap, type YAMLSeq } from "yaml";
import type { YamlSource } from "./yaml-source.js";

/** Source tokens of a map or a list. */
export type CollectionToken = CST.BlockMap | CST.BlockSequence | CST.FlowCollection;

/** A pair of a map or an item of a list, where it stands in the text. */
export interface YamlEntry {
  readonly container: CollectionToken;
  readonly item: CST.CollectionItem;
  /** First character of the entry: its `-`, `?`, anchor, tag, key or value. */
  readonly start: number;
  /** Behind its last character. A block scalar includes the line break of its last line. */
  readonly end: number;
}

/** A pair that a key leads to. */
export interface FoundPair {
  readonly entry: YamlEntry;
  /** The value as written; an alias is not followed. */
  readonly value: Node | null;
}

const TRIVIA: ReadonlySet<string> = new Set(["space", "newline", "comment", "comma"]);

/** Tokens of a collection; `undefined` for one that a shorthand implies. */
export function tokenOf(node: YAMLMap | YAMLSeq): CollectionToken | undefined {
  const token = node.srcToken;
  const isCollection =
    token?.type === "block-map" || token?.type === "block-seq" || token?.type === "flow-collection";
  return isCollection ? token : undefined;
}

/** Whether a collection is written with brackets. */
export function isFlow(container: CollectionToken): container is CST.FlowCollection {
  return container.type === "flow-collection";
}

/** Entries of a collection in the order of the text. */
export function entriesOf(container: CollectionToken): YamlEntry[] {
  return (container.items as readonly CST.CollectionItem[]).flatMap((item) => entryOf(container, item) ?? []);
}

/** The last entry in the text. It is looked for from the end, since the ends of all entries are those of all that is in them. */
export function lastEntryOf(container: CollectionToken): YamlEntry | undefined {
  for (let index = container.items.length - 1; index >= 0; index -= 1) {
    const entry = entryOf(container, container.items[index] as CST.CollectionItem);
    if (entry !== undefined) return entry;
  }
  return undefined;
}

/**
 * Pair of a map under a key, a merged one where the map has none of its own.
 *
 * @returns `undefined` where there is none
 */
export function findPair(source: YamlSource, map: YAMLMap, key: string): FoundPair | undefined {
  const own = map.items.find((pair) => {
    const name = resolveAlias(source, pair.key as Node | null);
    return isScalar(name) && name.value === key && !isMergeKey(pair);
  });
  if (own !== undefined) return foundPair(map, own);
  for (const merged of mergedMaps(source, map)) {
    const found = findPair(source, merged, key);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Maps that a map's `<<` keys name, in order of precedence. */
export function mergedMaps(source: YamlSource, map: YAMLMap): YAMLMap[] {
  return map.items.filter(isMergeKey).flatMap((pair) => {
    const value = resolveAlias(source, pair.value as Node | null);
    const sources = isSeq(value) ? value.items.map((item) => resolveAlias(source, item as Node | null)) : [value];
    return sources.filter((item) => isMap(item));
  });
}

/** Where a pair of a map stands; `undefined` for one that a shorthand implies. */
export function foundPair(map: YAMLMap, pair: Pair): FoundPair | undefined {
  const container = tokenOf(map);
  const entry = container && pair.srcToken && entryOf(container, pair.srcToken);
  return entry && { entry, value: pair.value as Node | null };
}

/** Whether a pair is `<<`, unquoted, which merges other maps. */
export function isMergeKey(pair: Pair): boolean {
  return isScalar(pair.key) && pair.key.type === "PLAIN" && pair.key.source === "<<";
}

/** The node that an alias names; any other node itself. */
export function resolveAlias(source: YamlSource, node: Node | null): Node | null {
  return isAlias(node) ? (node.resolve(source.document) ?? null) : node;
}

/** The `:` of a pair; `undefined` for a key alone. */
export function colonOf(entry: YamlEntry): CST.SourceToken | undefined {
  return entry.item.sep?.find(({ type }) => type === "map-value-ind");
}

/** Whether a tag says what a pair's value is. */
export function hasTag(entry: YamlEntry): boolean {
  return entry.item.sep?.some(({ type }) => type === "tag") ?? false;
}

/** Behind a pair's key, its `:` and the anchor and tag of its value. */
export function headEndOf(entry: YamlEntry): number {
  const last = entry.item.sep?.findLast(isMark);
  return last === undefined ? keyEndOf(entry) : last.offset + last.source.length;
}

/** Behind a pair's key. */
export function keyEndOf(entry: YamlEntry): number {
  return entry.item.key ? tokenEnd(entry.item.key) : entry.start;
}

/** The written value of an entry; `undefined` where it is left out. */
export function valueTokenOf(entry: YamlEntry): CST.Token | undefined {
  const { value } = entry.item;
  return value?.type === "scalar" && value.source === "" ? undefined : value;
}

/** The comma that follows an entry in brackets. */
export function commaAfter(entry: YamlEntry): CST.SourceToken | undefined {
  const items = entry.container.items as readonly CST.CollectionItem[];
  return items[items.indexOf(entry.item) + 1]?.start.find(({ type }) => type === "comma");
}

/** The comma that precedes an entry in brackets. */
export function commaBefore(entry: YamlEntry): CST.SourceToken | undefined {
  return entry.item.start.find(({ type }) => type === "comma");
}

/** Offset of the bracket that closes a collection. */
export function closeOf(container: CST.FlowCollection): number {
  return container.end[0]?.offset ?? container.offset;
}

function entryOf(container: CollectionToken, item: CST.CollectionItem): YamlEntry | undefined {
  const start = startOf(item);
  return start === undefined ? undefined : { container, item, start, end: endOf(item) ?? start };
}

function isMark(token: CST.SourceToken): boolean {
  return !TRIVIA.has(token.type);
}

function startOf(item: CST.CollectionItem): number | undefined {
  const token = item.start.find(isMark) ?? item.key ?? item.sep?.find(isMark) ?? item.value;
  return token?.offset;
}

function endOf(item: CST.CollectionItem): number | undefined {
  if (item.value) return tokenEnd(item.value);
  const mark = item.sep?.findLast(isMark);
  if (mark !== undefined) return mark.offset + mark.source.length;
  if (item.key) return tokenEnd(item.key);
  const start = item.start.findLast(isMark);
  return start && start.offset + start.source.length;
}

function tokenEnd(token: CST.Token): number {
  switch (token.type) {
    case "block-map":
    case "block-seq":
      return lastEntryOf(token)?.end ?? token.offset;
    case "flow-collection":
      return closeOf(token) + 1;
    case "block-scalar":
      return token.props.reduce((end, prop) => end + lengthOf(prop), token.offset + token.source.length);
    default:
      return token.offset + lengthOf(token);
  }
}

function lengthOf(token: CST.Token): number {
  return "source" in token ? token.source.length : 0;
}
