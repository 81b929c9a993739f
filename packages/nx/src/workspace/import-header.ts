import type { ImportStatement } from "./imports.js";

/**
 * An import or a re-export of the plain kind: nothing between keyword and specifier but names, braces, commas and stars, and
 * nothing behind the specifier on its line but a semicolon.
 */
const STATEMENT =
  /(?:import\s*(?:[\w$*{][\w$\s,*{}]*?\bfrom\s*)?|export\s*(?:type\s*)?(?:\*[\w$\s]*?\bfrom|\{[\w$\s,]*\}\s*from)\s*)(["'])([^"'\\\r\n\u2028\u2029]*)\1[ \t]*(?:;|(?=[\r\n])|$)/y;

/** White space, a comment, the line that names an interpreter, a directive: what stands before or between imports. */
const BETWEEN = /\s+|\/\/[^\r\n\u2028\u2029]*|\/\*[^]*?\*\/|(["'])use [a-z ]+\1[ \t]*;?[ \t]*(?=[\r\n])/y;
const INTERPRETER = /^\uFEFF?#![^\r\n\u2028\u2029]*/;

/** Words by which a module can be asked for, whatever follows. */
const ASKING = ["import", "require", "createRequire"] as const;
const SPECIFIER_NEXT = /\s*(?:["']|\/[/*])/y;

/** Bun's own functions are its global's, or imported from it. */
const BUN = /\b[Bb]un\b/;
const RESOLVE = /\bresolve(?:Sync)?\b/;

const NAME_CHARACTER = /[\w$]/;

/**
 * Lists what a source file imports, where all of it stands at the file's top and is written plainly, which is so for nearly
 * every file. It reads the words of the rest without parsing it: without any of those that an import takes, there is none.
 *
 * Lists the same as {@link import("./imports.js").readImports}, many times as fast, and for a file with an error in it
 * what stands above the error.
 *
 * @param text - the file's text
 * @returns `undefined` where it takes a parser to tell
 */
export function readImportHeader(text: string): ImportStatement[] | undefined {
  const imports: string[] = [];
  const exports: string[] = [];
  let at = INTERPRETER.exec(text)?.[0].length ?? 0;
  for (;;) {
    BETWEEN.lastIndex = at;
    if (BETWEEN.test(text)) {
      at = BETWEEN.lastIndex;
      continue;
    }
    STATEMENT.lastIndex = at;
    const specifier = STATEMENT.exec(text)?.[2];
    if (specifier === undefined) break;
    (text.startsWith("import", at) ? imports : exports).push(specifier);
    at = STATEMENT.lastIndex;
  }
  if (asksForModule(text, at)) return undefined;
  // In the order in which the parser lists them.
  return [...imports, ...exports].map((specifier) => ({ specifier, dynamic: false }));
}

/** Tells whether the rest of a file holds a word that an import takes, be it in a comment or a text. */
function asksForModule(text: string, start: number): boolean {
  // An escape can hide any of the words: `r\u0065quire`.
  if (text.includes("\\u", start)) return true;
  if (ASKING.some((word) => findWord(text, word, start) !== -1) || reExports(text, start)) return true;
  return BUN.test(text) && RESOLVE.test(text);
}

function reExports(text: string, start: number): boolean {
  for (let at = findWord(text, "from", start); at !== -1; at = findWord(text, "from", at + 1)) {
    SPECIFIER_NEXT.lastIndex = at + "from".length;
    if (SPECIFIER_NEXT.test(text)) return true;
  }
  return false;
}

/** A word as such: not a part of a longer one. */
function findWord(text: string, word: string, start: number): number {
  for (let at = text.indexOf(word, start); at !== -1; at = text.indexOf(word, at + 1)) {
    const before = text[at - 1] ?? "";
    const after = text[at + word.length] ?? "";
    if (!NAME_CHARACTER.test(before) && !NAME_CHARACTER.test(after)) return at;
  }
  return -1;
}
