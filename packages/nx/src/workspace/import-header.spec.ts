import { describe, expect, it } from "vitest";
import { createRandom, type Random } from "../testing/random.js";
import { readImportHeader } from "./import-header.js";
import { readImports } from "./imports.js";

/** What a list of imports says, however often and in which order it says it. */
function summarize(imports: readonly { specifier: string; dynamic: boolean }[]): string[] {
  return [...new Set(imports.map(({ specifier, dynamic }) => `${specifier}${dynamic ? " (dynamic)" : ""}`))].sort();
}

describe("readImportHeader", () => {
  it.each([
    ["", []],
    ["export const a = 1;\n", []],
    ['import "a";import b from "b";import*as c from"c";import{d}from\'d\'', ["a", "b", "c", "d"]],
    ['import e, { type f, g as h } from "e"\nimport type I from "i"\nimport type { J } from "j"', ["e", "i", "j"]],
    ['import {\n  a,\n  b,\n} from "multi/line";\n', ["multi/line"]],
    ['export * from "a";\nexport * as b from "b";\nexport { c } from "c";\nexport type { D } from "d";', ["a", "b", "c", "d"]],
    ['#!/usr/bin/env bun\n"use strict"\n// one\n/* two\n */ import a from "a"; // three\nimport b from "b";', ["a", "b"]],
    ['\uFEFFimport a from "a";', ["a"]],
    ['import from from "from";\nimport type from "type";', ["from", "type"]],
    ['import a from "a";\nconst important = reimport + required + Array.from([]) + x.fromEntries;', ["a"]],
    ['import a from "a"\nexport class A {}\nexport { a };\nexport default A;', ["a"]],
  ])("reads %j", (text, expected) => {
    const imports = readImportHeader("a.ts", text);
    expect(imports?.map(({ specifier }) => specifier)).toEqual(expected);
    expect(summarize(imports ?? [])).toEqual(summarize(readImports("a.ts", text)));
  });

  it.each([
    'import a from "a";\nawait import("b");',
    'const a = require("a");',
    'import a = require("a");',
    'code();\nimport a from "a";',
    'export { a };\nimport b from "b";',
    'export { a }\nimport b from "b"',
    'export { a }\nlet b, from\n"text"',
    'code();\nexport { a } from "a";',
    'code();\nexport * from/* c */"a";',
    'import /* c */ a from "a";',
    'import a from "a" with { type: "json" };',
    'import a from "\\u0061";',
    'import { "b c" as b } from "b";',
    'import é from "a";',
    "import.meta.url;",
    '// a\rimport a from "a"; b = 1; import c from "c";',
    'type A = import("a").A;',
    'declare module "a" { export * from "b"; }',
    '"use strict"; import a from "a";',
    'r\\u0065quire("a");',
    'import a from "a";\nconst b = r\\u{65}quire("b");',
    'createRequire(__filename)("a");',
    'Bun.resolveSync("a", ".");',
    'import { resolve } from "bun";\nresolve("a", ".");',
  ])("leaves %j to the parser", (text) => {
    expect(readImportHeader("a.ts", text)).toBeUndefined();
  });

  it.each(["/** as `import \"b\"` */", "// from \"b\"", "/* require('b'); \\u0061 */"])("passes over words in a comment such as %j, where a file has no elements", (comment) => {
    const text = `import a from "a";\nexport const c = "/*";\n${comment}\nexport class A {}\n`;
    expect(readImportHeader("a.ts", text)).toEqual([{ specifier: "a", dynamic: false }]);
    expect(readImportHeader("a.tsx", text)).toBeUndefined();
    expect(readImportHeader("a.js", text)).toBeUndefined();
  });

  it("lists what the parser lists, whatever stands beside whatever", () => {
    let read = 0;
    for (let seed = 0; seed < 4_000; seed++) {
      const random = createRandom(seed);
      const text = writeFile(random);
      const file = random.pick(["a.ts", "a.tsx", "a.mts", "a.js"]);
      const imports = readImportHeader(file, text);
      if (imports === undefined) continue;
      read++;
      expect(summarize(imports), text).toEqual(summarize(readImports(file, text)));
    }
    expect(read).toBeGreaterThan(1_000);
  });
});

const HEADER = [
  'import "%";',
  'import a% from "%";',
  'import a% from \'%\'\n',
  'import{b%}from"%";',
  'import { b% as c%, d% } from "%"\n',
  'import { b%,\r\n  c%,\r\n} from "%";\r\n',
  'import * as n% from "%";',
  'import e%, { f% } from "%";',
  'export * from "%";',
  'export*as g% from"%"\n',
  'export { h% } from "%";',
  'export {} from "%";\n',
  'export { };\n',
  "// import x from 'not-%'\n",
  '/* export * from "not-%" */',
  "/** from % */\n",
  "/**/",
  "\n",
  "\r\n",
  "\t ",
  '"use client";\n',
  '"import";\n',
];

const REST = [
  "export const a% = `from ${1} import`;\n",
  "export const b% = /[\"'`]from\\s/.test('');\n",
  "export function from%() { return Array.from([]); }\n",
  "export default class {}\n",
  "const c% = { from: '%', importer: 1 };\n",
  "const d% = { from : 1 };\n",
  "export { };\n",
  'const e% = "import";\n',
  'const f% = await import("%");\n',
  'const g% = require("%");\n',
  'const g% = r\\u0065quire("%");\n',
  'const g% = Bun.resolveSync("%", ".");\n',
  'const g% = createRequire(__filename)("%");\n',
  'import late% from "%";\n',
  'export { h% as late% } from "%";\nconst h% = 1;\n',
  "// import('not-%')\n",
  "/* required */\n",
  "const i% = 4 / 2 / 1; // '\n",
];

/** A header, in most cases nothing that asks for a module behind it, and `%` a number of its own in each statement. */
function writeFile({ below, pick }: Random): string {
  let number = 0;
  const take = (choices: readonly string[], count: number): string[] =>
    Array.from({ length: below(count) }, () => pick(choices).replaceAll("%", String(number++)));
  return [...take(HEADER, 8), "\n", ...take(REST.slice(0, below(REST.length) + 1), 5)].join("");
}
