import { describe, expect, it } from "vitest";
import { readImports } from "./imports.js";

const specifiers = (file: string, text: string): string[] => readImports(file, text).map((found) => found.specifier);

describe("readImports", () => {
  it.each([
    ['import a from "a";', ["a"]],
    ['import "side-effect";', ["side-effect"]],
    ['import type { T } from "t";', ["t"]],
    ['import { type U } from "u";', ["u"]],
    ['export * from "./b"; export { x, y } from "x"; export * as z from "z";', ["./b", "x", "z"]],
    ['const z = await import("dyn"); await import(`tpl`);', ["dyn", "tpl"]],
    ["await import(name); await import(`./${name}`); await import('a' + name);", []],
    ['const q = require("cjs"); require.resolve("resolved"); import.meta.require("meta");', ["cjs", "resolved", "meta"]],
    ['import fs = require("equals");', ["equals"]],
    ['// import "comment"\nconst text = `import "text"; require("text")`;', []],
    ["@Decorated()\nexport class A { constructor(@inject() private readonly b: B) {} }\nimport { B } from './b';", ["./b"]],
    ["", []],
  ])("reads %j", (text, expected) => {
    expect(specifiers("file.ts", text)).toEqual(expected);
  });

  it("reads JSX by the file's extension", () => {
    expect(specifiers("file.tsx", 'import a from "a"; export const v = <p>{import("b")}</p>;')).toEqual(["a", "b"]);
  });

  it("tells what is loaded later", () => {
    expect(readImports("file.ts", 'import "now"; import("later");')).toEqual([
      { specifier: "now", dynamic: false },
      { specifier: "later", dynamic: true },
    ]);
  });

  it("counts characters as JavaScript does, beyond the first plane too", () => {
    expect(specifiers("file.ts", 'const text = "🦊é"; await import("after");')).toEqual(["after"]);
  });
});
