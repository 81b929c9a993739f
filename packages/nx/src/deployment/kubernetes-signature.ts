import { createHash } from "node:crypto";

/** Whose a file is: as it was written here, written here and changed since, or somebody's own. */
export type Ownership = "ours" | "edited" | "foreign";

/** How much of the hash of a text stands in its first line, in hexadecimal digits. */
const DIGITS = 16;

const FIRST_LINE = /^# Written by `nx g @ooneex\/nx:kubernetes`, which writes it anew unless somebody has edited it \(([0-9a-f]{16})\)\.\r?\n/;

/** Puts a line before a text that says whose it is, and what it was. */
export function signManifest(text: string): string {
  return `# Written by \`nx g @ooneex/nx:kubernetes\`, which writes it anew unless somebody has edited it (${hash(text)}).\n${text}`;
}

/** Tells whose a file is by its first line. */
export function readOwnership(text: string): Ownership {
  const [line, signature] = FIRST_LINE.exec(text) ?? [];
  if (line === undefined) return "foreign";
  return hash(text.slice(line.length)) === signature ? "ours" : "edited";
}

/** The same for line endings of either kind, since git may change them. */
function hash(text: string): string {
  return createHash("sha256").update(text.replaceAll("\r\n", "\n")).digest("hex").slice(0, DIGITS);
}
