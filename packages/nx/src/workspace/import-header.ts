import { buildCommentLocator, type CommentLocator } from "./comment-locator.js";
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

/**
 * What a module can be asked for by, whatever follows. An escape can hide any of the words: `r\u0065quire`. One pattern, since
 * the text is gone through once for each.
 */
const ASKING = /\\u|\b(?:import|require|createRequire)\b|\bfrom\s*(?:["']|\/[/*])/g;

/** Without elements, which JavaScript may hold whatever its extension says. */
const PURE_TYPESCRIPT = /\.[cm]?ts$/;

/** Bun's own functions are its global's, or imported from it. */
const BUN = /\b[Bb]un\b/;
const RESOLVE = /\bresolve(?:Sync)?\b/;

/**
 * Lists what a source file imports, where all of it stands at the file's top and is written plainly, which is so for nearly
 * every file. It reads the words of the rest without parsing it: without any of those that an import takes, but in a comment,
 * there is none.
 *
 * Lists the same as {@link import("./imports.js").readImports}, many times as fast, and for a file with an error in it
 * what stands above the error.
 *
 * @param file - path, whose extension tells what can be in the file
 * @param text - the file's text
 * @returns `undefined` where it takes a parser to tell
 */
export function readImportHeader(file: string, text: string): ImportStatement[] | undefined {
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
  if (asksForModule(file, text, at)) return undefined;
  // In the order in which the parser lists them.
  return [...imports, ...exports].map((specifier) => ({ specifier, dynamic: false }));
}

/** Tells whether the rest of a file holds a word that an import takes, be it in a text. */
function asksForModule(file: string, text: string, start: number): boolean {
  let isComment: CommentLocator | undefined;
  ASKING.lastIndex = start;
  for (let found = ASKING.exec(text); found !== null; found = ASKING.exec(text)) {
    if (!PURE_TYPESCRIPT.test(file)) return true;
    isComment ??= buildCommentLocator(text, start);
    if (!isComment(found.index)) return true;
  }
  return RESOLVE.test(text) && BUN.test(text);
}
