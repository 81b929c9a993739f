import { execFileSync } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { writeWorkspace } from "../../testing/temporary-workspace.js";
import { createSourceTracer, type TracedSources } from "./source-tracer.js";

const manifest = createRequire(import.meta.url).resolve("bun/package.json");
const { bin } = JSON.parse(readFileSync(manifest, "utf8")) as { bin: { bun: string } };
const BUN = join(dirname(manifest), bin.bun);

interface Case {
  readonly files: Readonly<Record<string, string>>;
  /** `modules/billing/src/index.ts` unless it says otherwise. */
  readonly entry?: string;
  /** Symbolic links: path to what they lead to, relative to the folder they stand in. */
  readonly links?: Readonly<Record<string, string>>;
  /** Package folders with a package.json among the files, linked into node_modules by their name. */
  readonly workspaces?: readonly string[];
  /** npm packages, installed for Bun only. */
  readonly npm?: Readonly<Record<string, string>>;
  /** Files that are traced although Bun has no use for them. */
  readonly beyond?: readonly string[];
}

const ENTRY = "modules/billing/src/index.ts";
const LOG = "console.log(import.meta.url.length);\nexport const value = 1;\n";
const json = (value: unknown): string => JSON.stringify(value);
const config = (compilerOptions: unknown, rest?: object): string => json({ ...rest, compilerOptions });
const each = (paths: readonly string[], text = LOG): Record<string, string> => Object.fromEntries(paths.map((path) => [path, text]));
const FROM_ROOT = { "tsconfig.json": config({ paths: { "@module/*": ["./modules/*"] } }) };
const ELEMENT = "export const view = <p>hello</p>;\nconsole.log(view);";
const RUNTIME = "export const jsx = String, jsxDEV = String, Fragment = 1;";
const react = (name: string): Record<string, string> => ({
  [`${name}/package.json`]: "{}",
  [`${name}/jsx-runtime.js`]: RUNTIME,
  [`${name}/jsx-dev-runtime.js`]: RUNTIME,
});
const METADATA = { experimentalDecorators: true, emitDecoratorMetadata: true };
const DECORATED = `import { Dep } from "./dep"; import type { Typ } from "./typ";
  function d(...all: any[]) { return (target: any) => target; }
  @d() export class A { constructor(private dep: Dep, typ: Typ) {} }
  console.log(A);`;

/** A folder with one file for each extension, so that the one that wins comes to light. */
const extensions = (wins: readonly string[], ask: string): Record<string, Case> =>
  Object.fromEntries(
    wins.map((winner, index) => [
      `${ask} finds ${winner} before ${wins.slice(index + 1).join(" ")}`,
      { files: { [ENTRY]: ask, ...each(wins.slice(index).map((extension) => `modules/billing/src/x${extension}`), "{}") } },
    ]),
  );

const money = (fields: object, files: readonly string[], ask = 'import "@acme/money";', beyond: readonly string[] = []): Case => ({
  files: { [ENTRY]: ask, "libs/money/package.json": json({ name: "@acme/money", ...fields }), ...each(files.map((file) => `libs/money/${file}`)) },
  workspaces: ["libs/money"],
  beyond,
});

const CASES: Readonly<Record<string, Case>> = {
  ...extensions([".tsx", ".jsx", ".mts", ".ts", ".mjs", ".js", ".cts", ".cjs", ".json"], 'import "./x";'),
  ...extensions([".tsx", ".ts", ".jsx", ".cts", ".cjs", ".js", ".mjs", ".mts", ".json"], 'console.log(require("./x"));'),
  ...extensions([".js", ".js.ts", ".ts", ".tsx", ".mts"], 'import "./x.js";'),
  ...extensions([".ts", ".js/index.ts"], 'import "./x.js"; '),
  ...extensions([".jsx", ".ts", ".tsx", ".mts"], 'import "./x.jsx";'),
  "compiled extensions": { files: { [ENTRY]: 'import "./a.mjs"; import "./b.cjs";', ...each(["modules/billing/src/a.mts", "modules/billing/src/b.cts"]) } },
  "file before folder": { files: { [ENTRY]: 'import "./x"; import "./y/";', ...each(["x.ts", "x/index.ts", "y.ts", "y/index.ts"].map((file) => `modules/billing/src/${file}`)) } },
  "folders by dots": { files: { "modules/billing/src/deep/main.ts": 'import "."; import ".."; import "../.";', ...each(["modules/billing/src/deep/index.ts", "modules/billing/src/index.ts"]) }, entry: "modules/billing/src/deep/main.ts" },
  "folder with main": { files: { [ENTRY]: 'import "./x"; import "./y"; import "./z";', "modules/billing/src/x/package.json": json({ main: "lib/a.js" }), "modules/billing/src/y/package.json": json({ main: "lib" }), "modules/billing/src/z/package.json": json({ main: "none.js" }), ...each(["x/lib/a.ts", "x/index.ts", "y/lib/index.ts", "y/index.ts", "z/index.ts"].map((file) => `modules/billing/src/${file}`)) } },
  "folder with module": { files: { [ENTRY]: 'import "./x"; require("./y");', "modules/billing/src/x/package.json": json({ main: "a.js", module: "b.js" }), "modules/billing/src/y/package.json": json({ main: "a.js", module: "b.js" }), ...each(["x/a.js", "x/b.js", "y/a.js", "y/b.js"].map((file) => `modules/billing/src/${file}`)) } },

  "all forms of an import": {
    files: {
      [ENTRY]: `import a from "./a"; import * as b from "./b"; export * from "./c"; export * as d from "./d"; export { value as e } from "./e"; import {} from "./f"; export {} from "./g";
        import h = require("./h"); import("./i"); import(\`./j\`); import("./" + "k"); require(\`./l\`); module.require("./m"); module.require("./n");
        import(Math.random() > 1 ? "./o" : "./p"); import(("./q" as string)!); console.log(a, b, h);`,
      ...each([..."abcdefghijklmnopq"].map((name) => `modules/billing/src/${name}.ts`), `${LOG}export default 1;`),
    },
  },
  "require behind what is gone at run time": {
    files: {
      [ENTRY]: `import "./a"; (require as any)("./b"); (require)("./c"); require!("./d"); (<any>require)("./e"); (require satisfies any)("./f"); require?.("./g"); require<any>("./h");
        module["require"]("./i");`,
      ...each([..."abcdefghi"].map((name) => `modules/billing/src/${name}.ts`)),
    },
  },
  "a call with an escape in its name": { files: { [ENTRY]: 'r\\u0065quire("./a");', "modules/billing/src/a.ts": LOG } },
  "an escape between the quotes": { files: { [ENTRY]: 'require("./\\u0061"); import("./\\x62");', ...each(["modules/billing/src/a.ts", "modules/billing/src/b.ts"]) } },
  "a name out of literals": {
    files: {
      [ENTRY]: `declare const on: any; require("./a" || "./z"); require(null ?? "./b"); require(\`./\${1}\`); require("" || "./c"); require("./z" && "./d"); require(void 0 ?? "./e"); require(!0 && "./f");
        import("./g" ?? "./z"); require("./" + 2); require(true ? "./h" : "./z"); require(on || "./z"); require(on ?? "./z"); require(on ? "./i" : null || "./j"); require((0, "./z"));`,
      ...each([..."abcdefghijz12"].map((name) => `modules/billing/src/${name}.ts`)),
    },
  },
  "attributes in a comment": {
    files: {
      [ENTRY]: 'import { value } from "./a" /* with { type: "text" } */; import("./b" /* , { with: { type: "text" } } */); console.log(value);',
      ...each(["modules/billing/src/a.ts", "modules/billing/src/b.ts"], 'import "./c"; export const value = 1;'),
      "modules/billing/src/c.ts": LOG,
    },
  },
  "attributes of an export, which Bun passes over": {
    files: {
      [ENTRY]: 'export * from "./a" with { type: "text" }; export {/* nothing */} from "./b"; export { default as x } from "./c.txt" with { type: "ts" };',
      ...each(["a.ts", "b.ts", "c.txt"].map((name) => `modules/billing/src/${name}`), 'import "./d"; console.log(1);'),
      "modules/billing/src/d.ts": LOG,
    },
  },
  ...Object.fromEntries(
    ["ts", "tsx", "mts", "cts", "js", "jsx", "mjs", "cjs", "TS"].map((loader) => [
      `a text read as ${loader}`,
      { files: { [ENTRY]: `import { value } from "./a.txt" with { type: "${loader}" }; console.log(value);`, "modules/billing/src/a.txt": 'import "./b"; export const value = 1;', "modules/billing/src/b.ts": LOG } },
    ]),
  ),
  "a text read by import()": { files: { [ENTRY]: 'import("./a.txt", { "with": { ["type"]: `ts` } } as any);', "modules/billing/src/a.txt": 'import "./b";', "modules/billing/src/b.ts": LOG } },
  "a text with elements": { files: { [ENTRY]: 'import { view } from "./a.txt" with { type: "tsx" }; console.log(view);', "modules/billing/src/a.txt": `import "./b";${ELEMENT}`, "modules/billing/src/b.ts": LOG }, npm: react("react") },
  "a text that is a stylesheet": { files: { [ENTRY]: 'import "./a.txt" with { type: "css" };', "modules/billing/src/a.txt": '@import "./b.css";', "modules/billing/src/b.css": "p { color: red }" } },
  "a text that is a page": { files: { [ENTRY]: 'import page from "./a.txt" with { type: "html" }; console.log(page);', "modules/billing/src/a.txt": '<script src="./b.ts"></script>', "modules/billing/src/b.ts": LOG } },
  "source that is read as no source": { files: { [ENTRY]: 'import a from "./a.ts" with { type: "TEXT" }; import b from "./b.ts" with { type: "txt" }; import("./c.ts", { assert: { type: "text" } }); console.log(a, b);', ...each(["a.ts", "b.ts", "c.ts"].map((name) => `modules/billing/src/${name}`), 'import "./d";'), "modules/billing/src/d.ts": LOG } },
  "types": {
    files: {
      [ENTRY]: `import type { A } from "./a"; import type B from "./b"; import type * as C from "./c"; export type { D } from "./d"; export type * from "./e"; import type F = require("./f");
        type G = typeof import("./g"); import { type H } from "./h"; import type from "./i"; export type X = [A, B, C.C, F, G, H]; console.log(type);`,
      ...each([..."abcdefgh"].map((name) => `modules/billing/src/${name}.ts`)),
      "modules/billing/src/i.ts": "export default 1;",
    },
    beyond: ["modules/billing/src/h.ts"],
  },
  "types of decorated parameters": { files: { [ENTRY]: DECORATED, "tsconfig.json": config(METADATA), ...each(["modules/billing/src/dep.ts"], "export class Dep {}"), ...each(["modules/billing/src/typ.ts"], "export class Typ {}") } },
  "metadata that only the base asks for": { files: { [ENTRY]: DECORATED, "tsconfig.json": config(METADATA), "modules/billing/tsconfig.json": config({ emitDecoratorMetadata: false, experimentalDecorators: false }, { extends: "../../tsconfig.json" }), ...each(["modules/billing/src/dep.ts"], "export class Dep {}"), ...each(["modules/billing/src/typ.ts"], "export class Typ {}") } },
  "a circle of modules": { files: { ...FROM_ROOT, [ENTRY]: 'import "@module/shared/src/a"; export const x = 1; console.log(x);', "modules/shared/src/a.ts": 'import { x } from "@module/billing/src/index"; console.log(() => x);' } },
  "what is no source": {
    files: {
      [ENTRY]: `import a from "./a.json"; import b from "./b.toml"; import c from "./c.yml"; import d from "./d.txt"; import e from "./e.bin" with { type: "file" }; import f from "./f.ts" with { type: "text" };
        import g from "./g.html" with { type: "text" }; console.log(a, b, c, d, e, f, g); import("./h.ts", { with: { type: "text" } });`,
      ...each(["a.json"].map((file) => `modules/billing/src/${file}`), "{}"),
      ...each(["c.yml"].map((file) => `modules/billing/src/${file}`), "a: 1"),
      ...each(["b.toml"].map((file) => `modules/billing/src/${file}`), "a = 1"),
      ...each(["d.txt", "e.bin"].map((file) => `modules/billing/src/${file}`), "text"),
      ...each(["f.ts", "h.ts"].map((file) => `modules/billing/src/${file}`), 'import "./nowhere";'),
      "modules/billing/src/g.html": '<script src="./nowhere.ts"></script>',
    },
  },
  "a page and a stylesheet": {
    files: {
      ...FROM_ROOT,
      [ENTRY]: 'import page from "./page.html"; import "./own.css"; console.log(page);',
      "modules/billing/src/page.html": '<link rel="stylesheet" href="./a.css"><img src="p.png"><a href="./other.html">o</a><!-- <img src="gone.png"> --><script src="/modules/billing/src/s.ts"></script><script src="@module/shared/t.ts"></script>',
      "modules/billing/src/a.css": '@import "b.css"; @import url(c.css); @import "@module/shared/d.css"; p { background: url("q.png") }',
      ...each(["modules/billing/src/b.css", "modules/billing/src/c.css", "modules/shared/d.css", "modules/billing/src/own.css"], "p { color: red }"),
      ...each(["p.png", "q.png", "other.html"].map((file) => `modules/billing/src/${file}`), "x"),
      ...each(["modules/billing/src/s.ts", "modules/shared/t.ts"]),
    },
  },

  "elements": { files: { [ENTRY]: 'import "./x"; import "./y"; import "./z"', ...each(["modules/billing/src/x.tsx", "modules/billing/src/y.js"], ELEMENT), "modules/billing/src/z.tsx": LOG }, npm: react("react") },
  "elements of another source": { files: { [ENTRY]: 'import "./x";', "modules/billing/src/x.tsx": ELEMENT, "tsconfig.json": config({ jsx: "react-jsx", jsxImportSource: "preact" }) }, npm: react("preact") },
  "elements of a source of the workspace": { files: { [ENTRY]: 'import "./x";', "modules/billing/src/x.tsx": ELEMENT, "tsconfig.json": config({ jsx: "react-jsx", jsxImportSource: "@module/view", paths: { "@module/*": ["./modules/*"] } }), ...each(["modules/view/jsx-runtime.ts", "modules/view/jsx-dev-runtime.ts"], RUNTIME) }, beyond: ["modules/view/jsx-dev-runtime.ts"] },
  "elements by hand": { files: { [ENTRY]: 'import "./x"; import "./y";', "modules/billing/src/x.tsx": `const React = { createElement: String };${ELEMENT}`, "modules/billing/src/y.jsx": `/** @jsxRuntime automatic */ ${ELEMENT}`, "tsconfig.json": config({ jsx: "react" }) }, npm: react("react") },
  "elements, the base by hand": { files: { [ENTRY]: 'import "./x";', "modules/billing/src/x.tsx": ELEMENT, "tsconfig.json": config({ jsx: "react" }), "modules/billing/tsconfig.json": config({ jsx: "react-jsx" }, { extends: "../../tsconfig.json" }) }, npm: react("react") },

  "aliases": { files: { ...FROM_ROOT, [ENTRY]: 'import "@module/shared/src"; import "@module/shared/src/b.js"; import "@module/shared/src/";', ...each(["modules/shared/src/index.ts", "modules/shared/src/b.ts", "modules/shared/src/c.ts"]) } },
  "the best of several aliases": { files: { [ENTRY]: 'import "@a/x"; import "@a/b/x"; import "@a/c"; import "@a/d.e"; import "@a/f";', "tsconfig.json": config({ paths: { "*": ["./star/*"], "@a/*": ["./none/*", "./one/*"], "@a/b/*": ["./two/*"], "@a/c": ["./three.ts"], "@a/*.e": ["./four/*"], "@a/f": ["./types/f.d.ts"] } }), "types/f.d.ts": "export {};", ...each(["one/x.ts", "one/b/x.ts", "two/x.ts", "three.ts", "one/c.ts", "four/d.ts", "one/d.e.ts", "star/@a/x.ts"]) }, npm: { "@a/f/index.js": LOG } },
  "aliases with a base": { files: { [ENTRY]: 'import "@a/x"; import "modules/shared/y"; import "z";', "tsconfig.json": config({ baseUrl: ".", paths: { "@a/*": ["one/*"] } }), ...each(["one/x.ts", "modules/shared/y.ts", "z.ts"]) } },
  "a base below": { files: { [ENTRY]: 'import "@a/x"; import "y";', "tsconfig.json": config({ baseUrl: "one", paths: { "@a/*": ["./t/*"] } }), "modules/billing/tsconfig.json": config({ baseUrl: "./src" }, { extends: "../../tsconfig.json" }), ...each(["one/t/x.ts", "modules/billing/src/t/x.ts", "modules/billing/src/y.ts", "one/y.ts"]) } },
  "aliases below with the base above": { files: { [ENTRY]: 'import "@a/x";', "tsconfig.json": config({ baseUrl: "." }), "modules/billing/tsconfig.json": config({ paths: { "@a/*": ["./t/*"] } }, { extends: "../../tsconfig.json" }), ...each(["t/x.ts", "modules/billing/t/x.ts"]) } },
  "aliases inherited over two files": { files: { [ENTRY]: 'import "@a/x"; import "@b/y";', "configs/base.json": config({ paths: { "@a/*": ["../one/*"], "@b/*": ["${configDir}/two/*"] } }), "tsconfig.json": json({ extends: "configs/base.json" }), "modules/billing/tsconfig.json": json({ extends: "../../tsconfig.json" }), ...each(["one/x.ts", "configs/two/y.ts", "two/y.ts"]) } },
  "aliases below replace those above": { files: { [ENTRY]: 'import "@a/x";', "tsconfig.json": config({ paths: { "@a/*": ["./one/*"] } }), "modules/billing/tsconfig.json": config({ paths: { "@a/*": ["./two/*"] } }, { extends: "../../tsconfig.json" }), ...each(["one/x.ts", "modules/billing/two/x.ts"]) } },
  "no aliases below": { files: { [ENTRY]: 'import "@a/x";', "tsconfig.json": config({ paths: { "@a/*": ["./one/*"] } }), "modules/billing/tsconfig.json": config({}), "one/x.ts": LOG }, npm: { "@a/x/index.js": LOG } },
  "aliases below, none in it": { files: { [ENTRY]: 'import "@a/x";', "tsconfig.json": config({ paths: { "@a/*": ["./one/*"] } }), "modules/billing/tsconfig.json": config({ paths: {} }, { extends: "../../tsconfig.json" }), "one/x.ts": LOG }, npm: { "@a/x/index.js": LOG } },
  "extends that Bun passes over": { files: { [ENTRY]: 'import "@a/x";', "tsconfig.json": config({ paths: { "@a/*": ["./one/*"] } }), "modules/billing/tsconfig.json": json({ extends: ["../../tsconfig.json"] }), "modules/billing/src/tsconfig.json": json({ extends: "../../../tsconfig" }), "one/x.ts": LOG }, npm: { "@a/x/index.js": LOG } },
  "each file by its own tsconfig": { files: { ...FROM_ROOT, [ENTRY]: 'import "@module/shared/a";', "modules/shared/a.ts": 'import "@own";', "modules/shared/tsconfig.json": '{ // comment\n "compilerOptions": { "paths": { "@own": ["./own.ts",], }, }, }', "modules/shared/own.ts": LOG } },
  "jsconfig.json": { files: { [ENTRY]: 'import "@a/x";', "jsconfig.json": config({ paths: { "@a/*": ["./one/*"] } }), "one/x.ts": LOG } },
  "an alias of a package": { files: { [ENTRY]: 'import "short"; import "@a/dep";', "tsconfig.json": config({ paths: { "short": ["./node_modules/long"], "@a/*": ["./libs/*"] } }), "package.json": json({ dependencies: { "@a/dep": "1" } }) }, npm: { "long/index.js": LOG, "@a/dep/index.js": LOG } },
  "what comes with Bun": { files: { [ENTRY]: 'import "fs"; import "node:path"; import "bun"; import "bun:sqlite"; import "ws"; import "undici";', "tsconfig.json": config({ paths: { fs: ["./fs.ts"] } }), "fs.ts": LOG }, npm: { "ws/index.js": LOG } },

  "#imports": {
    files: { "modules/billing/package.json": json({ imports: { "#a": "./src/a.ts", "#b/*": "./src/b/*", "#c": { bun: "./src/c.ts", default: "./src/d.ts" }, "#d": "dep", "#e": "@acme/money", "#g": "./src/g.js" } }), [ENTRY]: [..."acdeg"].map((name) => `import "#${name}";`).join("") + 'import "#b/x";', "libs/money/package.json": json({ name: "@acme/money" }), ...each(["a.ts", "b/x.ts", "c.ts", "d.ts", "g.ts"].map((file) => `modules/billing/src/${file}`)), ...each(["libs/money/index.ts"]) },
    workspaces: ["libs/money"],
    npm: { "dep/index.js": LOG },
    beyond: ["modules/billing/package.json"],
  },
  "a package that imports itself": { files: { "modules/billing/package.json": json({ name: "own", exports: { "./x": "./src/x.ts" } }), [ENTRY]: 'import "own/x";', "modules/billing/src/x.ts": LOG }, beyond: ["modules/billing/package.json"] },
  "a package of the workspace": money({}, ["index.ts", "other.ts"]),
  "a package with main and module": money({ main: "src/a.ts", module: "src/b.ts" }, ["src/a.ts", "src/b.ts"]),
  "a package with main and module, required": money({ main: "src/a.ts", module: "src/b.ts" }, ["src/a.ts", "src/b.ts"], 'require("@acme/money");'),
  "a package with exports": money({ exports: "./src/a.ts", main: "src/b.ts" }, ["src/a.ts", "src/b.ts"]),
  "a package with conditions": money({ exports: { ".": { browser: "./0.ts", types: "./1.ts", bun: "./2.ts", default: "./3.ts" } } }, ["0.ts", "1.ts", "2.ts", "3.ts"]),
  "a package with kinds": money({ exports: { ".": { import: "./0.ts", require: "./1.ts" }, "./r": { require: "./1.ts", import: "./0.ts" } } }, ["0.ts", "1.ts"], 'import "@acme/money"; require("@acme/money/r");'),
  "a package with modes": money({ exports: { production: "./0.ts", default: "./1.ts" } }, ["0.ts", "1.ts"], 'import "@acme/money";', ["libs/money/0.ts"]),
  "a package with patterns": money({ exports: { "./*": "./src/*", "./f/*": "./src/f/*/index.ts", "./f/x": "./y.ts", "./old/": "./src/old/" } }, ["src/a.ts", "src/f/b/index.ts", "y.ts", "src/f/x/index.ts", "src/old/c.ts"], 'import "@acme/money/a"; import "@acme/money/f/b"; import "@acme/money/f/x"; import "@acme/money/old/c.ts"; import "@acme/money/package.json";'),
  "a path in a package": money({}, ["src/a.ts", "src/b/index.ts"], 'import "@acme/money/src/a"; import "@acme/money/src/b";'),
  "an alias before a package": { files: { ...money({}, ["index.ts"]).files, "tsconfig.json": config({ paths: { "@acme/money": ["./one.ts"] } }), "one.ts": LOG }, workspaces: ["libs/money"] },

  "a linked file": { files: { [ENTRY]: 'import "./link";', "modules/shared/real.ts": 'import "./dep";', "modules/shared/dep.ts": LOG, "modules/billing/src/dep.ts": LOG }, links: { "modules/billing/src/link.ts": "../../shared/real.ts" } },
  "a linked folder": { files: { [ENTRY]: 'import "./link/deep/real"; import "../../shared/dep"', "modules/shared/deep/real.ts": 'import "../dep";', "modules/shared/dep.ts": LOG }, links: { "modules/billing/src/link": "twice", "modules/billing/src/twice": "../../shared" } },
  "a linked tsconfig": { files: { [ENTRY]: 'import "@a/x"; import "@b/x";', "conf/tsconfig.json": json({ compilerOptions: { paths: { "@a/*": ["./a/*"], "@b/*": ["../b/*"] } }, extends: "./base.json" }), "conf/base.json": "{}", "modules/billing/base.json": "{}", ...each(["conf/a/x.ts", "b/x.ts", "modules/billing/a/x.ts", "modules/b/x.ts"]) }, links: { "modules/billing/tsconfig.json": "../../conf/tsconfig.json" } },
  "a base behind a linked folder": { files: { [ENTRY]: 'import "@a/x"; import "@b/x"; import "./y";', "modules/billing/tsconfig.json": json({ extends: "./link/base.json" }), "conf/base.json": config({ paths: { "@a/*": ["./a/*"], "@b/*": ["../b/*"] } }), "modules/billing/src/y.ts": 'import "../link/z";', ...each(["conf/z.ts", "conf/a/x.ts", "b/x.ts", "modules/billing/b/x.ts"]) }, links: { "modules/billing/link": "../../conf" } },
  "a linked entrypoint": { files: { "modules/shared/real.ts": 'import "./dep";', "modules/shared/dep.ts": LOG }, links: { [ENTRY]: "../../shared/real.ts" } },
};

describe("what is traced, beside what Bun bundles", () => {
  it.each(Object.entries(CASES))("%s", async (_name, { files, entry = ENTRY, links = {}, workspaces = [], npm = {}, beyond = [] }) => {
    const root = writeWorkspace({ "package.json": "{}", ...files });
    for (const [path, target] of Object.entries(links)) link(root, path, target);
    const traced = await createSourceTracer(root, workspaces).trace([entry]);

    const names = Object.fromEntries(workspaces.map((folder) => [(JSON.parse(files[`${folder}/package.json`] ?? "{}") as { name: string }).name, folder]));
    const install = (folder: string): void => {
      for (const [path, text] of Object.entries(npm)) write(folder, `node_modules/${path}`, text);
      for (const [name, target] of Object.entries(names)) link(folder, `node_modules/${name}`, `../../${target}`);
    };
    install(root);
    expect(await createSourceTracer(root, workspaces).trace([entry]), "installed packages change nothing").toEqual(traced);
    const original = bundle(root, entry);
    expect(traced.files.filter((path) => !beyond.includes(path) && !path.endsWith("package.json"))).toEqual(
      original.inputs.filter((path) => !path.startsWith("node_modules/") && !path.endsWith("package.json")),
    );

    const stage = writeWorkspace({});
    const manifests = ["", ...workspaces].map((folder) => join(folder, "package.json"));
    stageSources(root, stage, traced, manifests);
    install(stage);
    expect(bundle(stage, entry).outputs).toEqual(original.outputs);
  });
});

function stageSources(root: string, stage: string, traced: TracedSources, manifests: readonly string[]): void {
  for (const path of [...manifests, ...traced.files]) {
    mkdirSync(dirname(join(stage, path)), { recursive: true });
    copyFileSync(join(root, path), join(stage, path));
  }
  for (const [path, target] of Object.entries(traced.links)) link(stage, path, target);
  for (const [path, text] of Object.entries(traced.tsconfigs)) write(stage, path, text);
}

/** Files of the workspace and of packages that went into the bundle, and what came out. */
function bundle(root: string, entry: string): { inputs: string[]; outputs: Record<string, string> } {
  const out = mkdtempSync(join(tmpdir(), "ooneex-nx-bundle-"));
  onTestFinished(() => rmSync(out, { recursive: true, force: true }));
  const metafile = join(out, "meta.json");
  const args = ["build", entry, "--target=bun", `--outdir=${join(out, "dist")}`, `--metafile=${metafile}`];
  execFileSync(BUN, args, { cwd: root, stdio: "pipe" });
  const meta = JSON.parse(readFileSync(metafile, "utf8")) as { inputs: object; outputs: object };
  const outputs = Object.keys(meta.outputs).map((path): [string, string] => [
    path,
    readFileSync(join(out, "dist", path), "utf8").replaceAll(root, "/root"),
  ]);
  return { inputs: Object.keys(meta.inputs).sort(), outputs: Object.fromEntries(outputs) };
}

function write(root: string, path: string, text: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
}

function link(root: string, path: string, target: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  symlinkSync(target, join(root, path));
}
