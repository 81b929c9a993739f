import { describe, expect, it } from "vitest";
import { readImports, readSourceImports } from "./imports.js";

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
    ['await import("./a" + ".ts"); await import(("paren")); require(`plain`); require(on ? "yes" : "no"); await import(`./${"x"}`);', ["./a.ts", "paren", "plain", "yes", "no", "./x"]],
    ['export {} from "nothing"; import {} from "none";', ["none", "nothing"]],
    ['(require as any)("a"); (require)("b"); require!("c"); (require?.resolve)("d"); module["require"]("e"); r\\u0065quire("f");', [..."abcdef"]],
    ['require("a" || "z"); require(null ?? "b"); require(`c${1}`); require("z" && "d"); require(`e${true}${null}`);', ["a", "b", "c1", "d", "etruenull"]],
    ['require(on || "z"); require(on && "z"); mine.require("z"); require(1); require(/z/);', []],
    ['export {/* c */} /* d */ from "nothing"; export { // }\n} from "none";', ["nothing", "none"]],
    ["require(); require(...names); require(name); other.resolve('x');", []],
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

describe("readSourceImports", () => {
  const read = (text: string, file = "file.ts"): unknown[] =>
    readSourceImports(file, text).sites.map(({ specifier, typeOnly, kind, loader }) => [specifier, typeOnly, kind, loader]);

  it.each([
    ['import type A from "a"', true],
    ['import type { A } from "a"', true],
    ['import type {} from "a"', true],
    ['import /* c */ type * as A from "a"', true],
    ['import type from from "a"', true],
    ['import type A = require("a")', true],
    ['export type { A } from "a"', true],
    ['export type * from "a"', true],
    ['import type from "a"', false],
    ['import type, { type A } from "a"', false],
    ['import { type A } from "a"', false],
    ['import {} from "a"', false],
    ['import A = require("a")', false],
    ['export { type A } from "a"', false],
    ['export {} from "a"', false],
  ])("tells whether a whole statement is about types: %s", (text, typeOnly) => {
    expect(readSourceImports("file.ts", text).sites).toEqual([expect.objectContaining({ specifier: "a", typeOnly })]);
  });

  it("tells what asks, and how the file is to be read", () => {
    expect(read('import a from "a" with { type: "text" }; import b from "b" with { "ty\\u0070e": \'json\' };')).toEqual([
      ["a", false, "import", "text"],
      ["b", false, "import", "json"],
    ]);
    expect(read('export { a } from "a" with { type: "text" };'), "Bun passes over it").toEqual([["a", false, "import", undefined]]);
    expect(read('import("a", { with: { type: "file" } }); import("b"); require("c"); import d = require("d");')).toEqual([
      ["a", false, "import", "file"],
      ["b", false, "import", undefined],
      ["c", false, "require", undefined],
      ["d", false, "require", undefined],
    ]);
  });

  it.each([
    ['import a from "a" /* with { type: "text" } */;', undefined],
    ['import a from "a" with { /* type: "text" */ };', undefined],
    ['import a from "a" with /* } */ { other: "x", type: "text" };', "text"],
    ['import a from "a" assert { type: "text" };', "text"],
    ['import("a", /* { with: { type: "text" } } */);', undefined],
    ['import("a", { "with": { ["type"]: `text` } } as any);', "text"],
    ['import("a", { with: { type: "te" + "xt" } });', undefined],
    ['import("a", { [with_]: { type: "text" } });', undefined],
    ['import("a", options);', undefined],
  ])("reads attributes, and none in a comment: %s", (text, loader) => {
    expect(read(text)).toEqual([["a", false, "import", loader]]);
  });

  it.each([
    ['import.meta.require("a")', true],
    ['(import.meta as any)["require"]?.("a")', true],
    ['import.meta.resolve("a")', true],
    ['import.meta.resolveSync(`a`)', true],
    ['const { resolve } = import.meta; resolve("a")', true],
    ['Bun.resolveSync("a", import.meta.dir)', true],
    ['await Bun.resolve("a", process.cwd())', true],
    ['import { resolveSync as find } from "bun"; find("a", ".")', true],
    ['require.resolve("a")', true],
    ['require["resolve"]?.("a", { paths: [process.cwd()] })', true],
    ['const load = require; load("a")', true],
    ['(0, require)("a")', true],
    ['createRequire(import.meta.url)("a")', true],
    ['require("module").createRequire(__filename)("a")', true],
    ['module.createRequire(process.cwd() + "/").resolve("a")', true],
    ['import { createRequire as make } from "node:module"; const load = make(import.meta.url); load("a")', true],
    ['import { createRequire } from "node:module"; const require = createRequire(import.meta.url); require("a")', true],
    ['const load = () => require("a"); let require: NodeRequire; require = createRequire(import.meta.url);', true],
    ['const { createRequire: make = other } = module; make(import.meta.url)("a")', true],
    ['const load = typeof require === "undefined" ? createRequire(import.meta.url) : require; load("a")', true],
    ['class A { #load = createRequire(import.meta.url); load() { return this.#load("a"); } }', true],
    ['r\\u0065quire.resolve("a")', true],
    ['module.require("a")', false],
    ['require("a")', false],
    ['const require = (name: string) => name; require("a")', false],
  ])("tells what Bun leaves out of a bundle: %s", (text, unbundled) => {
    expect(readSourceImports("file.ts", text).sites.filter(({ specifier }) => specifier === "a")).toEqual([expect.objectContaining({ unbundled })]);
  });

  it.each([
    "Promise.resolve('a')",
    "path.resolve('a')",
    "class A { resolve = import.meta.resolve; then = () => Promise.resolve('a') }",
    "createRequire('/opt/plugins/').resolve('a')",
    "createRequire(import.meta.url)",
    "Bun.resolveSync(name, '.')",
    "Bun.resolveSync('./a', process.cwd())",
    "require.resolve('./a', { paths: [folder] })",
  ])("finds nothing that can be told in %s", (text) => {
    expect(readSourceImports("file.ts", text).sites).toEqual([]);
  });

  it.each([
    ['try { import.meta.resolve("a") } catch {}', true],
    ['try { run(() => { import.meta.resolve("a") }) } catch (error) { report(error) }', true],
    ['try { import.meta.resolve("a") } finally {}', false],
    ['try {} catch { import.meta.resolve("a") }', false],
  ])("tells whether its absence is provided for: %s", (text, guarded) => {
    expect(readSourceImports("file.ts", text).sites).toEqual([expect.objectContaining({ specifier: "a", guarded })]);
  });

  it("tells where each stands", () => {
    const text = 'const fox = "🦊";\nimport a from "a"; export * from "b"; import("c"); require("d");';
    for (const { specifier, start } of readSourceImports("file.ts", text).sites) expect(text.slice(start + 1, start + 2)).toBe(specifier);
  });

  it.each([
    ["view.tsx", "export const view = <p />;", true],
    ["view.jsx", "export const view = <></>;", true],
    ["view.js", "import 'a'; export const view = <p>{1}</p>;", true],
    ["view.tsx", "export const text = '</p>';", false],
    ["view.ts", "export const text = <string>value; // />", false],
  ])("finds elements: %s %s", (file, text, jsx) => {
    expect(readSourceImports(file, text).jsx).toBe(jsx);
  });
});
