import { createHash } from "node:crypto";

/** The generators that write whole files, and keep them in step until somebody edits them. */
type Generator = "ci" | "kubernetes";

/** Whose a file is: written here and as it was, written here and changed since, or somebody's own. */
export type Ownership = "ours" | "edited" | "foreign";

/** How much of the hash of a text stands in its first line, in hexadecimal digits. */
const DIGITS = 16;

const FIRST_LINE = /^# Written by `nx g @ooneex\/nx:(\w+)`, which writes it anew unless somebody has edited it \(([0-9a-f]{16})\)\.\r?\n/;

/** Puts a line before a text that says which generator wrote it, and what it was. */
export function signFile(text: string, generator: Generator): string {
  return `# Written by \`nx g @ooneex/nx:${generator}\`, which writes it anew unless somebody has edited it (${hash(text)}).\n${text}`;
}

/** Tells by its first line whether a file is a generator's; what another generator wrote is foreign to it. */
export function readOwnership(text: string, generator: Generator): Ownership {
  const [line, writer, signature] = FIRST_LINE.exec(text) ?? [];
  if (line === undefined || writer !== generator) return "foreign";
  return hash(text.slice(line.length)) === signature ? "ours" : "edited";
}

/** The same for line endings of either kind, since git may change them. */
function hash(text: string): string {
  return createHash("sha256").update(text.replaceAll("\r\n", "\n")).digest("hex").slice(0, DIGITS);
}
