import { OoneexNxError } from "../errors.js";

/** What encloses the drawing. Each stands on a line of its own. */
export const START = "<!-- topology -->";
export const END = "<!-- /topology -->";

const HEADING = "## Topology";
const NOTE = "<!-- Written by `nx g @ooneex/nx:topology`. What stands between the markers is replaced. -->";

interface Line {
  readonly text: string;
  readonly start: number;
  /** Behind its line ending. */
  readonly end: number;
}

/**
 * Puts a drawing between the markers of a Markdown text. Every byte outside of them stays. A text without markers gets a
 * section with them at its end. Markers inside of a fenced code block are text like any other.
 *
 * @param text - the file's text; `undefined` where there is no such file
 * @param mermaid - lines of the drawing, without the fence
 * @param file - workspace-relative path, for the error
 * @returns the new text; the same one where nothing is to be changed
 * @throws OoneexNxError `TOPOLOGY_MARKERS` with the line, where the markers are not one pair in order
 */
export function replaceSection(text: string | undefined, mermaid: string, file: string): string {
  const source = text ?? "";
  const newline = /\r?\n/.exec(source)?.[0] ?? "\n";
  const body = [NOTE, "", "```mermaid", ...mermaid.trimEnd().split("\n"), "```"].join(newline);
  const { starts, ends } = findMarkers(source);

  if (starts.length === 0 && ends.length === 0) {
    const section = [HEADING, "", START, body, END, ""].join(newline);
    if (source === "") return section;
    const gap = /(?:\r?\n){2}$/.test(source) ? "" : source.endsWith("\n") ? newline : newline + newline;
    const result = source + gap + section;
    if (findMarkers(result).starts.length === 1) return result;
    throw new OoneexNxError({
      code: "TOPOLOGY_MARKERS",
      what: "a fenced code block is open at the end, so that no section can follow it",
      where: `${file}:${source.split("\n").length}`,
      remedy: "close the code block",
    });
  }
  const [start, end] = [starts[0], ends[0]];
  if (start === undefined || end === undefined || starts.length > 1 || ends.length > 1 || end.start < start.end) {
    const offset = (starts[1] ?? ends[1] ?? start ?? end)?.start ?? 0;
    throw new OoneexNxError({
      code: "TOPOLOGY_MARKERS",
      what: `the drawing belongs between one line ${START} and one line ${END} below it`,
      where: `${file}:${source.slice(0, offset).split("\n").length}`,
      remedy: "leave one pair of the two lines, or take all of them out to get a new section at the end",
    });
  }
  return source.slice(0, start.end) + body + newline + source.slice(end.start);
}

function findMarkers(text: string): { starts: Line[]; ends: Line[] } {
  const starts: Line[] = [];
  const ends: Line[] = [];
  let fence: string | undefined;
  for (const line of listLines(text)) {
    const opened = /^ {0,3}(`{3,}|~{3,})(.*)$/.exec(line.text);
    const [, marks = "", rest = ""] = opened ?? [];
    if (fence !== undefined) {
      // A fence is closed by one of its own kind that is at least as long, with nothing behind it (CommonMark 4.5).
      if (marks.startsWith(fence) && rest.trim() === "") fence = undefined;
    } else if (opened !== null && !(marks.startsWith("`") && rest.includes("`"))) fence = marks;
    else if (line.text.trim() === START) starts.push(line);
    else if (line.text.trim() === END) ends.push(line);
  }
  return { starts, ends };
}

function listLines(text: string): Line[] {
  const lines: Line[] = [];
  for (const { 0: whole, 1: line = "", index } of text.matchAll(/([^\r\n]*)(?:\r?\n|\r|$)/g)) {
    if (whole !== "") lines.push({ text: line, start: index, end: index + whole.length });
  }
  return lines;
}
