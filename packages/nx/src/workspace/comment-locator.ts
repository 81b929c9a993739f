/**
 * Tells whether a place in a text is inside of a comment; false where it is not, and from where on it takes a parser to tell.
 * Takes offsets that do not fall.
 */
export type CommentLocator = (offset: number) => boolean;

/** What a text of TypeScript without elements is made of, as far as a comment could begin in it by mistake. */
const COMMENT = /\/\/[^\r\n\u2028\u2029]*|\/\*[^]*?\*\//y;
const CODE = /[^"'`/]+/y;
const STRING = /"(?:[^"\\\r\n]|\\(?:\r\n|[^]))*"|'(?:[^'\\\r\n]|\\(?:\r\n|[^]))*'/y;
/** What is put into it is plain: no text, no comment and no block of its own. */
const TEMPLATE = /`(?:[^`\\$]|\\[^]|\$(?!\{)|\$\{[^"'`{}/]*\})*`/y;
const PATTERN = /\/(?:[^/\\[\r\n\u2028\u2029]|\\[^\r\n\u2028\u2029]|\[(?:[^\]\\\r\n\u2028\u2029]|\\[^\r\n\u2028\u2029])*\])+\/\w*/y;
const DIVISION = /\//y;

const LINE_END = /[\r\n\u2028\u2029]/;

/** What a comment of HTML begins or ends with. A file that imports nothing may be a script, and a script may hold them. */
const HTML = /<!--|-->/;

/** Code behind which a slash begins a regular expression. */
const BEFORE_PATTERN = /(?:[(,=:[&|?{;*%~^]|=>|(?:^|[^+])\+|(?:^|[^-])-)$/;

/** Code behind which a slash divides, on the same line: on another, a statement may have ended in between. */
const BEFORE_DIVISION = /[\w$\]]$/;

/** What looks like that, and begins an expression. */
const OPERATOR = /\b(?:return|typeof|case|in|of|do|else|void|delete|throw|new|await|yield|instanceof|default|extends)$/;

/** As much code before a slash as the longest of those words takes, and the character that makes it a word of its own. */
const GLANCE = 12;

/** Stands for a text or a regular expression, behind which a slash divides. */
const VALUE = "]";

/** Characters of a text beyond which a parser has to tell: a pattern that matches millions of them at once overflows the stack. */
const MOST = 1_000_000;

/**
 * Builds what finds the comments of a file without parsing it.
 *
 * @param text - TypeScript without JSX, whose elements hold quotes that belong to no text
 * @param start - offset of code, with which a statement begins
 */
export function buildCommentLocator(text: string, start: number): CommentLocator {
  if (text.length - start > MOST || HTML.test(text.slice(start))) return () => false;
  let end = start;
  let isComment = false;
  let isLost = false;
  /** The code that is before `end`, and whether a line has ended since. */
  let before = "";
  let endedLine = false;

  const read = (token: RegExp): string | undefined => {
    token.lastIndex = end;
    const found = token.exec(text)?.[0];
    end += found?.length ?? 0;
    return found;
  };
  const readValue = (...tokens: readonly RegExp[]): boolean => {
    before = VALUE;
    endedLine = false;
    return tokens.some((token) => read(token) !== undefined);
  };
  const readSlash = (): boolean => {
    if (BEFORE_PATTERN.test(before)) return readValue(PATTERN);
    if (endedLine || !BEFORE_DIVISION.test(before) || OPERATOR.test(before)) return false;
    before = "/";
    return read(DIVISION) !== undefined;
  };
  const readNext = (): boolean => {
    const comment = read(COMMENT);
    isComment = comment !== undefined;
    if (comment !== undefined) {
      endedLine ||= LINE_END.test(comment);
      return true;
    }
    const code = read(CODE);
    if (code === undefined) return text[end] === "/" ? readSlash() : readValue(STRING, TEMPLATE);
    const bare = code.trimEnd();
    if (bare !== "") before = bare.slice(-GLANCE);
    endedLine = LINE_END.test(code.slice(bare.length)) || (bare === "" && endedLine);
    return true;
  };
  return (offset) => {
    while (!isLost && end <= offset) isLost = !readNext();
    return !isLost && isComment;
  };
}
