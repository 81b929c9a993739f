import { applyEdits, type SourceEdit } from "./source-text.js";
import {
  closeOf,
  colonOf,
  commaAfter,
  commaBefore,
  entriesOf,
  headEndOf,
  isFlow,
  keyEndOf,
  valueTokenOf,
  type YamlEntry,
} from "./yaml-entry.js";
import { NULL_PADDING } from "./yaml-insert.js";
import {
  bodyStart,
  lastLineEnd,
  lineBreakAt,
  lineBreakBefore,
  lineEnd,
  lineStart,
  startsLine,
} from "./yaml-source.js";

/**
 * Texts that adding an entry may have started from, the most probable first. The caller takes the first one from which
 * adding the entry gives the text again, which proves it right.
 *
 * @param chain - entries that hold one another, the one to remove last
 */
export function originalsOf(text: string, chain: readonly YamlEntry[]): string[] {
  const plans = chain.slice(firstSole(chain)).flatMap((entry, index, links) => {
    const removal = removeEntry(text, links.slice(index));
    const removals = removal === undefined ? [] : [removal, removal.map((splice) => withBlankLine(text, splice))];
    return [...removals, ...unfill(text, entry)];
  });
  return [...new Set(plans.map((splices) => applyEdits(text, splices)))].filter((original) => original !== text);
}

/**
 * Texts without an entry that was written by hand, the best first: without the parents that it leaves empty, with them,
 * and with an empty list or map where an alias needs one. The caller takes the first one whose meaning is right.
 *
 * @param chain - entries that hold one another, the one to remove last
 */
export function remaindersOf(text: string, chain: readonly YamlEntry[]): string[] {
  const leaf = chain.at(-1);
  if (leaf === undefined) return [];
  const outer = chain.slice(firstSole(chain));
  const hasComment = outer.slice(1).some((entry) => surroundingsOf(text, entry, leaf).includes("#"));
  const removals = (hasComment ? [[leaf]] : [outer, [leaf]]).map((entries) => removeEntry(text, entries));
  const emptied = [{ start: leaf.start, end: leaf.end, text: leaf.container.type === "block-seq" ? " []" : " {}" }];
  return [...removals, emptied].flatMap((splices) => (splices === undefined ? [] : [applyEdits(text, splices)]));
}

/** Index of the outermost entry that nothing but the last one fills. */
function firstSole(chain: readonly YamlEntry[]): number {
  const last = chain.findLastIndex((entry) => entriesOf(entry.container).length > 1);
  return Math.max(last, 0);
}

/** What brackets hold apart from an entry; nothing for a block, whose comments can stay behind without it. */
function surroundingsOf(text: string, { container }: YamlEntry, leaf: YamlEntry): string {
  if (!isFlow(container)) return "";
  return text.slice(container.offset, leaf.start) + text.slice(leaf.end, closeOf(container));
}

/** Takes out the first entry of a chain and with it all others; comment lines between them stay. */
function removeEntry(text: string, chain: readonly YamlEntry[]): SourceEdit[] | undefined {
  const [entry] = chain;
  if (entry === undefined) return undefined;
  if (isFlow(entry.container)) return removeFromFlow(text, entry);
  if (!startsLine(text, entry.start)) return removeInline(text, entry);
  const comments = chain.flatMap((parent, index) => {
    const child = chain[index + 1];
    if (child === undefined || isFlow(child.container)) return [];
    return text
      .slice(lineEnd(text, headEndOf(parent)), lineStart(text, child.start))
      .split(/\r?\n/)
      .filter((line) => line.trimStart().startsWith("#"));
  });
  const start = lineStart(text, entry.start);
  const end = lastLineEnd(text, entry.end);
  const lineBreak = lineBreakAt(text, end);
  if (start > bodyStart(text)) {
    const kept = comments.map((line) => lineBreak + line).join("");
    return [{ start: start - lineBreakBefore(text, start), end, text: kept }];
  }
  const kept = comments.map((line) => line + lineBreak).join("");
  return [{ start, end: Math.min(end + lineBreak.length, text.length), text: kept }];
}

/** Takes out an entry whose line begins with the indicator of its parent, as in `? - a`. */
function removeInline(text: string, entry: YamlEntry): SourceEdit[] | undefined {
  const entries = entriesOf(entry.container);
  const next = entries[entries.findIndex(({ item }) => item === entry.item) + 1];
  if (next === undefined) return [cut(entry.start, entry.end)];
  return text.slice(entry.end, next.start).trim() === "" ? [cut(entry.start, next.start)] : undefined;
}

function removeFromFlow(text: string, entry: YamlEntry): SourceEdit[] {
  const before = commaBefore(entry);
  const after = commaAfter(entry);
  const end = after === undefined ? entry.end : after.offset + 1;
  const comma = before !== undefined && after === undefined ? [cut(before.offset, before.offset + 1)] : [];
  if (startsLine(text, entry.start) && /^\s*(?:#|$)/.test(text.slice(end, lineEnd(text, end)))) {
    const start = lineStart(text, entry.start);
    return [...comma, cut(start - lineBreakBefore(text, start), end)];
  }
  if (before !== undefined && text.slice(before.offset + 1, entry.start).trim() === "") {
    return [cut(after === undefined ? before.offset : before.offset + 1, end)];
  }
  const blanks = after === undefined ? 0 : (/^[ \t]*/.exec(text.slice(end))?.[0].length ?? 0);
  return [...comma, cut(entry.start, end + blanks)];
}

/** Takes one more line out in front of a removed one where it is empty. */
function withBlankLine(text: string, splice: SourceEdit): SourceEdit {
  return { ...splice, start: splice.start - lineBreakBefore(text, splice.start) };
}

/** Each way in which a pair's value can have been written where its key had none. */
function unfill(text: string, entry: YamlEntry): SourceEdit[][] {
  const colon = colonOf(entry);
  const value = valueTokenOf(entry);
  if (colon === undefined || value === undefined) return [];
  const sameLine = [cut(colon.offset + 1, entry.end)];
  if (isFlow(entry.container)) {
    const nulls = Object.keys(NULL_PADDING).map((name) => [{ start: value.offset, end: entry.end, text: name }]);
    return [sameLine, [cut(colon.offset, entry.end)], ...nulls];
  }
  const last = lastLineEnd(text, entry.end);
  const below = [headEndOf(entry), keyEndOf(entry)].map((end) => [cut(lineEnd(text, end), last)]);
  const comment = entry.item.sep?.find(({ type }) => type === "comment")?.offset;
  const behind = text.startsWith(" # ", entry.end);
  return [
    sameLine,
    ...below,
    ...(comment === undefined ? [] : [[cut(comment, comment + 2), cut(lineEnd(text, comment), last)]]),
    ...(behind ? [[cut(value.offset, entry.end + 3)]] : []),
  ];
}

function cut(start: number, end: number): SourceEdit {
  return { start, end, text: "" };
}
