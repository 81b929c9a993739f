/** A fenced block of a page. */
export interface Block {
  /** Page and line of its first line, such as `README.md:12`. */
  readonly where: string;
  /** What stands behind the fence, such as `sh`. */
  readonly language: string;
  readonly text: string;
  /** What the comment above it says of its test: see CONTRIBUTING.md. */
  readonly test: string | undefined;
}

const FENCE = /^```(\w*)$/;
const COMMENT = /^<!-- test: (.+) -->$/;

/** Reads the fenced blocks of a page, in order. */
export function readBlocks(page: string, text: string): Block[] {
  const lines = text.split("\n");
  const blocks: Block[] = [];
  for (let start = 0; start < lines.length; start++) {
    const language = FENCE.exec(lines[start] ?? "")?.[1];
    if (language === undefined) continue;
    const end = lines.indexOf("```", start + 1);
    if (end === -1) throw new Error(`${page}:${start + 1}: a block without an end`);
    const test = COMMENT.exec(lines[start - 1] ?? "")?.[1];
    blocks.push({ where: `${page}:${start + 2}`, language, text: lines.slice(start + 1, end).join("\n"), test });
    start = end;
  }
  return blocks;
}

/** The commands of a block, without the remarks behind them. */
export function readCommands({ text }: Block): string[] {
  return text
    .replaceAll("\\\n", " ")
    .split("\n")
    .map((line) => line.replace(/(?:^|\s+)# .*$/, "").trim())
    .filter((line) => line !== "");
}
