import { parseSync } from "oxc-parser";
import { describe, expect, it } from "vitest";
import { createRandom } from "../testing/random.js";
import { buildCommentLocator } from "./comment-locator.js";

/** The text with a star for each character that is found to be in a comment. */
function mark(text: string): string {
  const isComment = buildCommentLocator(text, 0);
  return Array.from({ length: text.length }, (_, offset) => (isComment(offset) ? "*" : text[offset])).join("");
}

describe("buildCommentLocator", () => {
  it.each([
    ["a // b\nc", "a ****\nc"],
    ["a /* b\n */ c", "a ******** c"],
    ['"/*" // a', '"/*" ****'],
    ["'\\'//' + '\\\\' // a", "'\\'//' + '\\\\' ****"],
    ["`// ${a.b(c)} $ \\` /*` // a", "`// ${a.b(c)} $ \\` /*` ****"],
    ["a = /\\/*[/*]/g; // b", "a = /\\/*[/*]/g; ****"],
    ["a(/'/) // b", "a(/'/) ****"],
    ["() => /'/ // b", "() => /'/ ****"],
    ["a + /'/ // b", "a + /'/ ****"],
    ["a / b // c", "a / b ****"],
    ["a[0] /* b */ / 2 / 1 // c", "a[0] ******* / 2 / 1 ****"],
    ["'a' / `b` / 2 // c", "'a' / `b` / 2 ****"],
    ["a /*\n*/ / b // c", "a ***** / b // c"],
    ["a\n = /'/ // b", "a\n = /'/ ****"],
  ])("finds what is a comment in %j", (text, expected) => {
    expect(mark(text)).toBe(expected);
  });

  it.each([
    "f() / 2 // a",
    "{} /'/ // a",
    "return /'/ // a",
    "a++ / 2 // b",
    "a! / 2 // b",
    "a < /'/ // b",
    "`${'a'}` // b",
    "`${`a`}` // b",
    "`${{}}` // b",
    "'a\n// b",
    "a /* b",
    "1./2 // a",
    "/a/ // b",
    "a\n/b/ c // d",
    "break\n/'/ // b",
    "type A = 'x'\u2028/'/ // b",
    "export default /'/ // b",
    "class A extends /'/ {} // b",
    "x = /a\n// b",
    "-->'\n// a",
  ])("finds nothing behind what takes a parser in %j", (text) => {
    expect(mark(text)).toBe(text);
  });

  it("leaves a file to the parser that no pattern matches at once", () => {
    const offset = 20_000_002;
    expect(buildCommentLocator(`"${"A".repeat(offset - 2)}" // a`, 0)(offset + 2)).toBe(false);
  });

  it("finds nothing that the parser takes for anything but a comment", () => {
    const pieces = [
      ..."ab1 \n\n;;,=+-*/()[]{}<>?:!&|.\"'`$\\",
      ..."//,/*,*/,/a/,/[/]/,/\\//g,=> ,return ,typeof ,in ,of ,++,--,${,${a},'x',\"y\",`z`,\\n,\\',// c\n,/* d */,/*\n*/,\r,\u2028,/'/,x = ,const k = ,f(),a / b,class A {},<T>,as T,!,default ,export default ,extends ,class A extends ,break,continue,debugger,for (;;) {,type A = ,string,'x',let a: string,let a: string[],export as namespace A,declare module \"x\"".split(","),
    ];
    let comments = 0;
    for (let seed = 0; seed < 30_000; seed++) {
      const { below, pick } = createRandom(seed);
      const text = Array.from({ length: 2 + below(14) }, () => pick(pieces)).join("");
      const parsed = parseSync("a.ts", text);
      if (parsed.errors.length > 0) continue;
      const found = mark(text);
      const actual = parsed.comments.reduce((marked, { start, end }) => marked.slice(0, start) + "*".repeat(end - start) + marked.slice(end), text);
      for (let offset = 0; offset < text.length; offset++) {
        if (found[offset] !== text[offset]) expect(actual[offset], text).not.toBe(text[offset]);
      }
      if (found !== text) comments++;
    }
    expect(comments).toBeGreaterThan(200);
  });
});
