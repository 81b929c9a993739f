import { readLineEnding } from "../../../workspace/source-text.js";

/**
 * What tools make out of the sources, and what must not be committed. The services' `billing.env` has a line of its own, which
 * is silent on `.env`: of that one an owner may have decided otherwise.
 */
const LINES = ["node_modules", "dist", "coverage", ".nx", "*.tsbuildinfo", ".env", "?*.env", ".env.yml", ".env.*.yml"];

/** The examples, which hold no secret, stand behind the line that would leave them out with the other environments. */
const ENVIRONMENTS = ".env.*.yml";
const EXAMPLE = ".env.example.yml";

const HEADING = "# Added by @ooneex/nx: what is made from the sources, and env files, which hold secrets.";

/**
 * Makes sure that git leaves out outputs and secrets.
 *
 * @param text - .gitignore; `undefined` where there is none
 * @returns the text with one block at its end for the lines that it lacks, or the original one
 */
export function ensureGitIgnore(text: string | undefined): string {
  const original = text ?? "";
  // `dist/`, `**/dist` and `dist` say the same of a folder; `!dist` is its owner's decision.
  const lines = original.split(/\r?\n/).map((line) => line.trim().replace(/\/$/, ""));
  const present = new Set(lines.map((line) => line.replace(/^!/, "").replace(/^\*\*\//, "")));
  const isExampleOut = lines.some((line) => line.replace(/^\*\*\//, "") === EXAMPLE);
  const missing = LINES.filter((line) => !present.has(line)).flatMap((line) => (line === ENVIRONMENTS && !isExampleOut ? [line, `!${EXAMPLE}`] : line));
  if (missing.length === 0) return original;
  const eol = readLineEnding(original);
  const block = [HEADING, ...missing, ""].join(eol);
  if (original === "") return block;
  return `${original}${original.endsWith("\n") ? "" : eol}${eol}${block}`;
}
