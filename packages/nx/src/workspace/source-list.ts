import { applyEdits, readIndent, readLineEnding, type SourceEdit, type SourceRange } from "./source-text.js";

/** A list between brackets with commas between its items, as JSON and TypeScript write both objects and arrays. */
export interface SourceList {
  /** What stands between the brackets. */
  readonly inside: SourceRange;
  readonly items: readonly SourceRange[];
}

/** A comment or a comma: what can stand between two items besides blanks. */
interface Token extends SourceRange {
  readonly kind: "comma" | "line comment" | "block comment";
}

/**
 * Inserts an item into a list that has items already. The item is set apart from its neighbour as the neighbours are
 * from each other, a comment behind the item before it stays with that item, and a trailing comma stays a habit.
 * {@link removeItem} is the exact inverse.
 *
 * @param index - the place that the item gets; the number of items appends it
 * @param gap - what follows a comma on one line where the list has one item, so that none of its own commas shows it
 */
export function insertItem(text: string, list: SourceList, index: number, item: string, gap: string): string {
  const separator = buildSeparator(text, list, index, gap);
  const before = list.items[index - 1];
  if (before === undefined) {
    const at = list.items[0]?.start ?? list.inside.start;
    return applyEdits(text, [insertion(at, `${item},${separator}`)]);
  }
  const after = list.items[index]?.start ?? list.inside.end;
  const comma = readTokens(text, before.end, after).find(({ kind }) => kind === "comma");
  const comment = readLineComments(text, comma?.end ?? before.end, after);
  const at = comment?.end ?? comma?.end ?? before.end;
  const newLine = comment?.kind === "line comment" && !separator.includes("\n");
  const lead = newLine ? `${readLineEnding(text)}${readIndent(text, before.start)}` : separator;
  return applyEdits(
    text,
    comma === undefined ? [insertion(before.end, ","), insertion(at, lead + item)] : [insertion(at, `${lead}${item},`)],
  );
}

/**
 * Removes an item from a list, with its comma and the blanks before it. A comment behind it goes too if the item has a
 * line of its own; comments on lines of their own stay.
 */
export function removeItem(text: string, list: SourceList, index: number): string {
  const item = list.items[index];
  if (item === undefined) return text;
  const from = list.items[index - 1]?.end ?? list.inside.start;
  const to = list.items[index + 1]?.start ?? list.inside.end;
  const tokensBefore = readTokens(text, from, item.start);
  const comma = readTokens(text, item.end, to).find(({ kind }) => kind === "comma");
  const comment = isFirstOnLine(text, list, item) ? readLineComments(text, comma?.end ?? item.end, to) : undefined;
  const end = comment?.end ?? comma?.end ?? item.end;
  if (index === 0 && list.items.length > 1) {
    return applyEdits(text, [deletion(item.start, skipBlanks(text, end, to))]);
  }
  const gap = deletion(tokensBefore.at(-1)?.end ?? from, end);
  const commaBefore = tokensBefore.find(({ kind }) => kind === "comma");
  // Without a comma of its own, the last item leaves the one that sets it apart.
  return comma === undefined && commaBefore !== undefined
    ? applyEdits(text, [deletion(commaBefore.start, commaBefore.end), gap])
    : applyEdits(text, [gap]);
}

/**
 * Puts the first item into an empty list. No two texts give the same result, nor does one give what a caller gets that
 * writes the whole list anew as `{item}`, or with the item on a line of its own: this is what makes a removal exact.
 *
 * @param step - one step of indentation
 * @see listEmptied
 */
export function fillList(text: string, inside: SourceRange, item: string, step: string): string {
  const lineBreak = findLastLineBreak(text, inside);
  if (lineBreak === undefined) return applyEdits(text, [insertion(inside.end, ` ${item} `)]);
  const eol = readLineEnding(text);
  const line = `${eol}${readIndent(text, inside.end)}${step}${item}`;
  // Where nothing but a line break stands between the brackets, a second one tells it from a list written anew.
  return applyEdits(text, [insertion(lineBreak, lineBreak === inside.start ? line + eol : line)]);
}

/** Every text that {@link fillList} can have made a list with a single item from. */
export function listEmptied(text: string, list: SourceList): string[] {
  const [item] = list.items;
  if (item === undefined || list.items.length > 1) return [];
  if (text[item.start - 1] === " " && text[item.end] === " ") {
    return [applyEdits(text, [deletion(item.start - 1, item.end + 1)])];
  }
  const lineBreak = findLastLineBreak(text, { start: list.inside.start, end: item.start });
  const lineEnd = /^\r?\n/.exec(text.slice(item.end))?.[0].length;
  if (lineBreak === undefined || lineEnd === undefined) return [];
  return [item.end, item.end + lineEnd].map((end) => applyEdits(text, [deletion(lineBreak, end)]));
}

/** Whether the first item of an empty list would get a line of its own. */
export function isEmptyOverLines(text: string, inside: SourceRange): boolean {
  return findLastLineBreak(text, inside) !== undefined;
}

/** The indentation that an appended item gets; `undefined` where it shares a line with the item before it. */
export function readItemIndent(text: string, list: SourceList): string | undefined {
  const last = list.items.at(-1);
  return last !== undefined && isFirstOnLine(text, list, last) ? readIndent(text, last.start) : undefined;
}

function buildSeparator(text: string, list: SourceList, index: number, gap: string): string {
  const { items } = list;
  // The first item has a bracket before it, which says nothing about commas unless the item starts a line.
  const place = items.length > 1 ? Math.min(Math.max(index, 1), items.length - 1) : 0;
  const model = items[place];
  if (model === undefined) return "";
  if (isFirstOnLine(text, list, model)) return `${readLineEnding(text)}${readIndent(text, model.start)}`;
  const before = items[place - 1];
  if (before === undefined) return gap;
  return text.slice(readTokens(text, before.end, model.start).at(-1)?.end ?? model.start, model.start);
}

/** Whether nothing but blanks and comments stands before an item on its line. */
function isFirstOnLine(text: string, list: SourceList, item: SourceRange): boolean {
  const before = list.items[list.items.indexOf(item) - 1]?.end ?? list.inside.start;
  const comma = readTokens(text, before, item.start).findLast(({ kind }) => kind === "comma");
  return findLastLineBreak(text, { start: comma?.end ?? before, end: item.start }) !== undefined;
}

/** The last of the comments behind an offset on its line, unless another item follows on that line. */
function readLineComments(text: string, from: number, limit: number): Token | undefined {
  let last: Token | undefined;
  for (const token of readTokens(text, from, limit)) {
    if (token.kind === "comma" || text.slice(last?.end ?? from, token.start).includes("\n")) break;
    last = token;
  }
  const next = skipBlanks(text, last?.end ?? from, limit);
  const endsLine = text.slice(last?.end ?? from, next).includes("\n") || /^[\]}]/.test(text.slice(next, next + 1));
  return endsLine ? last : undefined;
}

/** Where the last line of a stretch between items begins, its line break included; comments are no lines of it. */
function findLastLineBreak(text: string, range: SourceRange): number | undefined {
  let found: number | undefined;
  let from = range.start;
  for (const { start, end } of [...readTokens(text, range.start, range.end), { start: range.end, end: range.end }]) {
    for (const match of text.slice(from, start).matchAll(/\r?\n/g)) found = from + match.index;
    from = end;
  }
  return found;
}

function readTokens(text: string, start: number, end: number): Token[] {
  return [...text.slice(start, end).matchAll(/\/\/[^\r\n]*|\/\*[\s\S]*?\*\/|,/g)].map(({ 0: token, index }) => ({
    kind: token === "," ? "comma" : token.startsWith("//") ? "line comment" : "block comment",
    start: start + index,
    end: start + index + token.length,
  }));
}

function skipBlanks(text: string, from: number, limit: number): number {
  const blanks = /^\s*/.exec(text.slice(from, limit))?.[0].length ?? 0;
  return from + blanks;
}

function insertion(at: number, text: string): SourceEdit {
  return { start: at, end: at, text };
}

function deletion(start: number, end: number): SourceEdit {
  return { start, end, text: "" };
}
