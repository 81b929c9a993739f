/** A link of a page to another place of the repository. */
export interface Link {
  readonly line: number;
  /** Path, relative to the page's folder; `""` for the page itself. */
  readonly path: string;
  readonly anchor: string | undefined;
}

/** The page without its blocks, comments and what is made from schemas and measurements; line numbers stay. */
export function readProse(text: string): string {
  return [/^```[^]*?^```$/gm, /<!-- (options|bench)\b[^]*?<!-- \/\1 -->/g, /<!--[^]*?-->/g].reduce(
    (rest, pattern) => rest.replace(pattern, (part) => part.replace(/[^\n]/g, "")),
    text,
  );
}

/** Reads the links of a page that do not lead out of the repository. */
export function readLinks(text: string): Link[] {
  return readProse(text).split("\n").flatMap((line, index) =>
    [...line.matchAll(/\]\(([^)\s]+)\)/g)]
      .map(([, target = ""]) => target)
      .filter((target) => !/^[a-z]+:/.test(target))
      .map((target): Link => {
        const [path = "", anchor] = target.split("#");
        return { line: index + 1, path, anchor };
      }),
  );
}

/**
 * The anchors that a page's headings have.
 *
 * @see https://docs.github.com/en/get-started/writing-on-github/getting-started-with-writing-and-formatting-on-github/basic-writing-and-formatting-syntax#section-links
 */
export function readAnchors(text: string): string[] {
  const titles = [...readProse(text).matchAll(/^#+ (.+)$/gm)].map(([, title = ""]) => title);
  return titles.map((title) => title.toLowerCase().replace(/[^\p{L}\p{N} _-]/gu, "").replaceAll(" ", "-"));
}

/** What a page says, sentence by sentence, without the short ones that say nothing by themselves. */
export function readSentences(text: string): string[] {
  return readProse(text)
    .split(/\n\s*\n|\n(?=[-|#])/)
    .filter((paragraph) => !paragraph.startsWith("|"))
    .flatMap((paragraph) => paragraph.replace(/\s+/g, " ").split(/(?<=[.:;]) /))
    .map((sentence) => sentence.trim())
    .filter((sentence) => sentence.split(" ").length > 5);
}
