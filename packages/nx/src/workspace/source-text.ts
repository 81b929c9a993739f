/** A stretch of text: offsets in UTF-16 code units, the end excluded. */
export interface SourceRange {
  readonly start: number;
  readonly end: number;
}

/** One replacement of a stretch of text; an insertion where the stretch is empty. */
export interface SourceEdit extends SourceRange {
  readonly text: string;
}

/**
 * Applies edits to a text. Every byte outside of their ranges stays.
 *
 * @param text - the text that the ranges are about
 * @param edits - edits in any order, none of which overlap; insertions at one place keep theirs
 */
export function applyEdits(text: string, edits: readonly SourceEdit[]): string {
  let result = "";
  let from = 0;
  for (const edit of edits.toSorted((a, b) => a.start - b.start)) {
    result += text.slice(from, edit.start) + edit.text;
    from = edit.end;
  }
  return result + text.slice(from);
}

/** The line ending of a text's first line; `\n` where the text has one line only. */
export function readLineEnding(text: string): string {
  return /\r?\n/.exec(text)?.[0] ?? "\n";
}

/** The blanks at the start of the line that an offset stands in. */
export function readIndent(text: string, offset: number): string {
  const lineStart = text.lastIndexOf("\n", offset - 1) + 1;
  return /^[ \t]*/.exec(text.slice(lineStart, offset))?.[0] ?? "";
}

/** One step of a text's indentation: that of its first indented line, two spaces where it has none. */
export function readIndentStep(text: string): string {
  return /^([ \t]+)[^\s*]/m.exec(text)?.[1] ?? "  ";
}

/** The number, from 1, of the line that an offset stands in. */
export function readLineNumber(text: string, offset: number): number {
  let line = 1;
  for (let feed = text.indexOf("\n"); feed !== -1 && feed < offset; feed = text.indexOf("\n", feed + 1)) line += 1;
  return line;
}

/**
 * Goes through a text once, for who asks about many places of it.
 *
 * @returns what {@link readLineNumber} does for an offset of that text
 */
export function indexLines(text: string): (offset: number) => number {
  const starts = [0];
  for (let feed = text.indexOf("\n"); feed !== -1; feed = text.indexOf("\n", feed + 1)) starts.push(feed + 1);
  return (offset) => {
    let [low, high] = [0, starts.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((starts[middle] as number) <= offset) low = middle + 1;
      else high = middle;
    }
    return low;
  };
}
