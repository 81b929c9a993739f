import fc from "fast-check";

/** Bytes around a document that are legal and that no edit may touch. */
const frame = fc.record({
  head: fc.constantFrom("", "", "# head\n", "---\n", "--- # head\n", "%YAML 1.2\n---\n", "\n\n"),
  tail: fc.constantFrom("\n", "\n", "", "\n\n\n", "\n# tail\n", "\n...\n", "\n---\nnext: [a]\n", "\n...\n# next\n---\na: 1"),
  mark: fc.constantFrom("", "", "\uFEFF"),
  isWindows: fc.boolean(),
});

const neighbours = fc.subarray(["type: api # c", "text: |\n  # no comment\n  microservices:", "cache:\n  redis:\n    url: redis://r", "kept: |+\n  a\n\n", "# microservices: []", "folded: >-\n  a\n  b", "'quoted': \"a: [b]\"", "open:", "list:\n- a\n- b # c", "tagged: !!str 1", "a: &a { k: v }\nb: *a\nc:\n  <<: *a"]);
const behind = fc.subarray(["port: 3000", "# between", "", "long: \"x\\\n  y\"", "deep:\n    wide:\n        - 1", "date: 2020-01-01"]);
const filler = fc.oneof({ weight: 200, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.integer({ min: 1000, max: 5000 }) });

const item = fc.constantFrom("- name: a\n  url: A", "- name: 'b' # b\n  url: 'B' # B", '-   "url": "C"\n    "name": "c"', "- { name: d, url: D }", "- name: e\n  url: E\n  text: |\n    t", "- &g { name: g, url: G }");
const flowItem = fc.constantFrom("{ name: a, url: A }", '{"name":"b","url":"B"}', "{ url: 'C', name: 'c', }", "{\n    name: d,\n    url: D\n    }", "!!map { name: g, url: G }");

const blockList = fc
  .tuple(fc.array(item, { minLength: 1, maxLength: 3 }), fc.constantFrom("", "  ", "    "), fc.constantFrom("", " # list", " &list", " !!seq"), fc.constantFrom("\n", "\n\n", "\n# c\n"))
  .map(([items, indent, head, gap]) => `${head}\n${items.map((text) => indent + text.replaceAll("\n", `\n${indent}`)).join(gap)}`);
const flowList = fc
  .tuple(fc.array(flowItem, { minLength: 1, maxLength: 3 }), fc.constantFrom(["[", ",", "]"], ["[ ", ", ", " ]"], ["[\n   ", ",\n   ", "\n  ]"], ["[ # c\n   ", ", # c\n   ", " # c\n  ]"]), fc.constantFrom("", ","))
  .map(([items, [open, joint, close], comma]) => ` ${open ?? ""}${items.join(joint)}${comma}${close ?? ""}`);

/** An app.yml. */
export const appYml: fc.Arbitrary<string> = document("microservices", fc.oneof(fc.constantFrom("", " ", " # c", " ~", " null", " []", " [ ]", " [\n  ]", " &svc []"), blockList, flowList));

const envValue = fc.constantFrom("", " ~", " {}", " { }", " # c", "\n  billing:\n    url: x", "\n  billing: { }", "\n  order_history: # c\n    url: ''", "\n\n  # note\n  redis:\n    url: |\n      a\n      b", " { billing: { url: } }", "\n  ? billing\n  : url: y", " scalar", " [a]");

/** A `.env.yml`. */
export const envYml: fc.Arbitrary<string> = document("microservice", envValue);

function document(key: string, value: fc.Arbitrary<string>): fc.Arbitrary<string> {
  const pair = fc.tuple(fc.constantFrom(key, key, `"${key}"`, `'${key}'`, `${key} `), fc.option(value, { nil: undefined, freq: 4 })).map(([name, text]) => (text === undefined ? [] : [`${name}:${text}`]));
  return fc.tuple(frame, neighbours, pair, behind, filler).map(([around, front, own, back, lines]) => {
    const large = Array.from({ length: lines }, (_, index) => `filler${index}: { a: [${index}], b: "x" } # ${index}`);
    return wrap([...front, ...own, ...back, ...large].join("\n"), around);
  });
}

function wrap(body: string, { head, tail, mark, isWindows }: { head: string; tail: string; mark: string; isWindows: boolean }): string {
  const text = `${mark}${head}${body}${tail}`;
  return isWindows ? text.replaceAll("\n", "\r\n") : text;
}

const jsoncGap = fc.constantFrom("", " ", "\n", "\n\t", " /* c */ ", " // c\n", "\n  // \"paths\": {}\n  ");

/** A tsconfig.json with comments anywhere. */
export const tsconfig: fc.Arbitrary<string> = fc
  .record({
    gaps: fc.array(jsoncGap, { minLength: 12, maxLength: 12 }),
    aliases: fc.subarray(['"a": ["./a"]', '"@module/app/*": ["./modules/app/src/*"]', '"b/*":[\n"./b/*"\n]', '"c": []']),
    options: fc.subarray(['"strict": true', '"lib": ["ES2022"]', '"baseUrl": "."']),
    depth: fc.constantFrom("paths", "paths", "paths", "compilerOptions", "none"),
    comma: fc.constantFrom("", ","),
    mark: fc.constantFrom("", "", "\uFEFF"),
    tail: fc.constantFrom("", "\n", "\n// end", "\r\n"),
    isWindows: fc.boolean(),
  })
  .map(({ gaps, aliases, options, depth, comma, mark, tail, isWindows }) => {
    const gap = (index: number): string => gaps[index % gaps.length] ?? "";
    const list = (items: readonly string[], at: number): string => `{${gap(at)}${items.join(`${gap(at + 1)},${gap(at + 2)}`)}${items.length > 0 ? comma : ""}${gap(at + 3)}}`;
    const paths = depth === "paths" ? [`"paths":${gap(0)}${list(aliases, 1)}`] : [];
    const compiler = depth === "none" ? [] : [`"compilerOptions"${gap(4)}: ${list([...options, ...paths], 5)}`];
    const text = `${mark}${gap(8)}${list(['"extends": "./base.json"', ...compiler], 8)}${tail}`;
    return isWindows ? text.replaceAll(/\r?\n/g, "\r\n") : text;
  });

const array = fc.constantFrom("[]", "[ ]", "[\n    // none\n  ]", "[A]", "[A, B]", "[\n    A, // first\n    B,\n  ]", "[...SharedModule.KEY, A]", "[...AModule.KEY, ...ZModule.KEY]", "[\n    ...AModule.KEY,\n\n    /* last */ ...ZModule.KEY\n  ]");

/** An AppModule.ts. */
export const registry: fc.Arbitrary<string> = fc
  .record({
    arrays: fc.array(array, { minLength: 5, maxLength: 5 }),
    imports: fc.subarray(['import { SharedModule } from "@module/shared/SharedModule";', 'import type { ModuleType } from "@ooneex/module";', "import {A} from './A'", "import { B, type C } from \"./B\"; // b", 'import "reflect-metadata";', "// between", "import D, { E } from 'd';", "import * as f from 'f';"]),
    head: fc.constantFrom("", "/* eslint-disable */\n", "// The app.\n", '"use strict";\n', "#!/usr/bin/env bun\n"),
    type: fc.constantFrom([": ModuleType", ""], ["", " satisfies ModuleType"], ["", " as const"], ["", ""]),
    end: fc.constantFrom(";\n", "\n", "", ";\n\nexport default AppModule;\n"),
    mark: fc.constantFrom("", "", "\uFEFF"),
    isWindows: fc.boolean(),
  })
  .map(({ arrays, imports, head, type, end, mark, isWindows }) => {
    const keys = ["controllers", "entities", "middlewares", "cronJobs", "events"].map((key, index) => `  ${key}: ${(arrays[index] ?? "[]").replaceAll("KEY", key)},`);
    const text = `${head.startsWith("#!") ? "" : mark}${head}${imports.join("\n")}\n\nexport const AppModule${type[0] ?? ""} = {\n${keys.join("\n")}\n}${type[1] ?? ""}${end}`;
    return isWindows ? text.replaceAll("\n", "\r\n") : text;
  });

const service = fc.constantFrom("proxy:\n  image: nginx # edge", "db: { image: postgres, ports: ['5432:5432'] }", "worker:\n  <<: *base\n  command: [\"a\", \"b\"]", "cache:\n  image: >-\n    redis:7\n  environment:\n    - A=1", "app:\n  image: app\n  environment:\n    PORT: \"3000\"");

/** A compose file of somebody's own. */
export const compose: fc.Arbitrary<string> = fc
  .tuple(frame, fc.uniqueArray(service, { maxLength: 3 }), fc.constantFrom("  ", "    "), fc.constantFrom("", "volumes:\n  data: {}", "volumes:", "networks: { n: {} }", "# end"), fc.constantFrom("", "name: acme", "name: acme # c\n"))
  .map(([around, services, indent, rest, name]) => {
    const blocks = services.map((text) => indent + text.replaceAll("\n", `\n${indent}`)).join("\n\n");
    const section = services.length === 0 ? [] : [`services: # all\n${blocks}`];
    return wrap([...(name === "" ? [] : [name]), "x-base: &base\n  restart: always", ...section, ...(rest === "" ? [] : [rest])].join("\n"), around);
  });
