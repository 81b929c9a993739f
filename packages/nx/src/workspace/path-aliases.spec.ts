import { describe, expect, it } from "vitest";
import { createRandom } from "../testing/random.js";
import { addPathAlias, readPathAliases, removePathAlias } from "./path-aliases.js";

const FILE = "tsconfig.json";
const KEY = "@module/billing/*";
const TARGET = "./modules/billing/src/*";
const ENTRY = `"${KEY}": ["${TARGET}"]`;

const add = (text: string, key = KEY, target = TARGET): string => addPathAlias(text, key, target, FILE);
const remove = (text: string, key = KEY): string => removePathAlias(text, key, FILE);

/** Each style: its name, the text, the text with the alias. `E` stands for the alias. */
const STYLES: [style: string, before: string, after: string][] = [
  [
    "one alias a line",
    '{\n  "compilerOptions": {\n    "paths": {\n      "@module/app/*": ["./modules/app/src/*"]\n    }\n  }\n}\n',
    '{\n  "compilerOptions": {\n    "paths": {\n      "@module/app/*": ["./modules/app/src/*"],\n      E\n    }\n  }\n}\n',
  ],
  [
    "tabs, CRLF, a byte order mark, and no line break at the end",
    '\uFEFF{\r\n\t"compilerOptions": {\r\n\t\t"paths": {\r\n\t\t\t"a": ["./a"]\r\n\t\t}\r\n\t}\r\n}',
    '\uFEFF{\r\n\t"compilerOptions": {\r\n\t\t"paths": {\r\n\t\t\t"a": ["./a"],\r\n\t\t\tE\r\n\t\t}\r\n\t}\r\n}',
  ],
  [
    "trailing commas",
    '{\n  "compilerOptions": {\n    "paths": {\n      "a": ["./a"],\n    },\n  },\n}\n',
    '{\n  "compilerOptions": {\n    "paths": {\n      "a": ["./a"],\n      E,\n    },\n  },\n}\n',
  ],
  [
    "a comment behind the last alias",
    '{ "compilerOptions": { "paths": {\n  "a": ["./a"] // the first\n  // "b": ["./b"]\n} } }',
    '{ "compilerOptions": { "paths": {\n  "a": ["./a"], // the first\n  E\n  // "b": ["./b"]\n} } }',
  ],
  [
    "a comment behind the trailing comma",
    '{ "compilerOptions": { "paths": {\n  "a": ["./a"], /* the first */ // and last\n} } }',
    '{ "compilerOptions": { "paths": {\n  "a": ["./a"], /* the first */ // and last\n  E,\n} } }',
  ],
  [
    "a comment before the trailing comma",
    '{ "compilerOptions": { "paths": {\n  "a": ["./a"] /* the first */,\n} } }',
    '{ "compilerOptions": { "paths": {\n  "a": ["./a"] /* the first */,\n  E,\n} } }',
  ],
  [
    "comments with commas and braces in them",
    '{ "compilerOptions": { "paths": {\n  /* }, */ "a": ["./a"] /* , */\n  // }, "x": [\n} } }',
    '{ "compilerOptions": { "paths": {\n  /* }, */ "a": ["./a"], /* , */\n  E\n  // }, "x": [\n} } }',
  ],
  [
    "a line for each part of an alias",
    '{\n  "compilerOptions": {\n    "paths": {\n      "a": [\n        "./a"\n      ]\n    }\n  }\n}\n',
    `{\n  "compilerOptions": {\n    "paths": {\n      "a": [\n        "./a"\n      ],\n      "${KEY}": [\n        "${TARGET}"\n      ]\n    }\n  }\n}\n`,
  ],
  [
    "an alias with two targets last",
    '{ "compilerOptions": { "paths": {\n  "a" : [ "./a" ],\n  "b": ["./b", "./c"]\n} } }',
    `{ "compilerOptions": { "paths": {\n  "a" : [ "./a" ],\n  "b": ["./b", "./c"],\n  "${KEY}" : [ "${TARGET}" ]\n} } }`,
  ],
  [
    "one line",
    '{ "compilerOptions": { "paths": { "a": ["./a"] } } }',
    '{ "compilerOptions": { "paths": { "a": ["./a"], E } } }',
  ],
  [
    "one line with a comment",
    '{ "compilerOptions": { "paths": { "a": ["./a"] /* the first */ } } }',
    '{ "compilerOptions": { "paths": { "a": ["./a"], /* the first */ E } } }',
  ],
  [
    "one line that ends in a comment",
    '{ "compilerOptions": { "paths": { "a": ["./a"] // the first\n} } }',
    '{ "compilerOptions": { "paths": { "a": ["./a"], // the first\nE\n} } }',
  ],
  [
    "minified",
    '{"compilerOptions":{"paths":{"a":["./a"]}}}',
    `{"compilerOptions":{"paths":{"a":["./a"],"${KEY}":["${TARGET}"]}}}`,
  ],
  [
    "no paths",
    '{\n  "compilerOptions": {\n    "strict": true\n  }\n}\n',
    '{\n  "compilerOptions": {\n    "strict": true,\n    "paths": {\n      E\n    }\n  }\n}\n',
  ],
  [
    "no paths, minified",
    '{"compilerOptions":{"strict":true}}',
    `{"compilerOptions":{"strict":true,"paths":{"${KEY}":["${TARGET}"]}}}`,
  ],
  [
    "no compilerOptions",
    '{\n  "extends": "./base.json"\n}\n',
    '{\n  "extends": "./base.json",\n  "compilerOptions": {\n    "paths": {\n      E\n    }\n  }\n}\n',
  ],
  ["empty paths", '{ "compilerOptions": { "paths": {} } }', '{ "compilerOptions": { "paths": { E } } }'],
  [
    "empty paths, minified",
    '{"compilerOptions":{"paths":{}}}',
    `{"compilerOptions":{"paths":{ "${KEY}":["${TARGET}"] }}}`,
  ],
  [
    "empty paths over two lines",
    '{\n  "compilerOptions": {\n    "paths": {\n    }\n  }\n}\n',
    '{\n  "compilerOptions": {\n    "paths": {\n      E\n\n    }\n  }\n}\n',
  ],
  [
    "a comment in empty paths",
    '{\n  "compilerOptions": {\n    "paths": {\n      // none yet\n    }\n  }\n}\n',
    '{\n  "compilerOptions": {\n    "paths": {\n      // none yet\n      E\n    }\n  }\n}\n',
  ],
  ["empty compilerOptions", '{ "compilerOptions": {} }', '{ "compilerOptions": { "paths": {E} } }'],
  ["an empty object", "{}", '{ "compilerOptions": {"paths": {E}} }'],
  ["an empty object over two lines", "{\n}\n", '{\n  "compilerOptions": {\n    "paths": {\n      E\n    }\n  }\n\n}\n'],
];

describe("addPathAlias", () => {
  it.each(STYLES)("writes as the file does: %s", (_, before, after) => {
    expect(add(before)).toBe(after.replace("E", ENTRY));
  });

  it.each(STYLES)("changes nothing the second time: %s", (_, before) => {
    expect(add(add(before))).toBe(add(before));
  });

  it("leaves an alias alone that leads elsewhere", () => {
    const text = `{"compilerOptions":{"paths":{"${KEY}":["./services/billing/*"]}}}`;
    expect(add(text)).toBe(text);
  });

  it.each([
    ["", "JSON_INVALID"],
    ["{", "JSON_INVALID"],
    ['{ "compilerOptions": { "paths": { "a" } } }', "JSON_INVALID"],
    ["{} {}", "JSON_INVALID"],
    ["[]", "TSCONFIG_INVALID"],
    ['{ "compilerOptions": null }', "TSCONFIG_INVALID"],
    ['{ "compilerOptions": { "paths": [] } }', "TSCONFIG_INVALID"],
  ])("refuses %j", (text, code) => {
    expect(() => add(text)).toThrowError(expect.objectContaining({ code }));
    expect(() => remove(text)).toThrowError(expect.objectContaining({ code }));
  });

  it("names the line that it cannot read", () => {
    expect(() => add('{\n  "compilerOptions": {\n    oops\n  }\n}')).toThrowError(/where: +tsconfig\.json:3/);
  });
});

describe("removePathAlias", () => {
  it.each(STYLES)("gives the original back: %s", (_, before) => {
    expect(remove(add(before))).toBe(before);
  });

  it.each(STYLES)("changes nothing where the alias is not there: %s", (_, before) => {
    expect(remove(before)).toBe(before);
  });

  it("tells the texts apart that could give the same", () => {
    const interiors = ["", " ", "\n  ", "\n\n  ", " /* a */ ", " // a\n  ", "\n    /* a\n  */ ", "\t"];
    const texts = [
      "{}",
      "{ }",
      "{\n}",
      ...interiors.map((inside) => `{"compilerOptions": {${inside}}}`),
      ...interiors.map((inside) => `{"compilerOptions": {"paths": {${inside}}}}`),
      ...interiors.map((inside) => `{\n  "compilerOptions": {${inside}}\n}`),
      ...interiors.map((inside) => `{\n  "compilerOptions": {\n    "paths": {${inside}}\n  }\n}`),
      '{\n  "compilerOptions": {\n    "strict": true\n  }\n}',
    ];
    for (const text of texts) expect(remove(add(text))).toBe(text);
    expect(new Set(texts.map((text) => add(text))).size).toBe(texts.length);
  });

  it("takes the comment along that stands behind the alias, and no other", () => {
    const text = `{ "compilerOptions": { "paths": {\n  // ours\n  ${ENTRY}, // to be split\n  // theirs\n  "a": ["./a"]\n} } }`;
    expect(remove(text)).toBe('{ "compilerOptions": { "paths": {\n  // ours\n  // theirs\n  "a": ["./a"]\n} } }');
  });

  it("removes an alias that was written by hand", () => {
    expect(remove(`{"compilerOptions":{"paths":{${ENTRY},}}}`)).toBe('{"compilerOptions":{"paths":{}}}');
    expect(remove(`{"compilerOptions":{"paths":{"${KEY}":["./a","./b"],"c":[]}}}`)).toBe(
      '{"compilerOptions":{"paths":{"c":[]}}}',
    );
  });

  it("undoes additions in any order, whatever the style", () => {
    const { below, pick, shuffle } = createRandom(20_260_401);
    const blank = (): string =>
      pick(["", " ", "\n", "\n  ", "\n\t\t", "\n\n    ", " // c, }\n  ", " /* c, } */ ", "\n// c\n  "]);
    for (let run = 0; run < 400; run++) {
      const colon = pick([":", ": ", " : "]);
      const others = Array.from({ length: below(4) }, (_, n) => `${blank()}"p${n}"${colon}["./p${n}"]`);
      const trailing = others.length > 0 && below(3) === 0 ? `${blank()},` : "";
      const paths = `"paths": {${others.join(`${blank()},`)}${trailing}${blank()}}`;
      const options = pick([paths, paths, `"strict": true,${blank()}${paths}`, "", '"strict": true']);
      const before = pick([
        `{${blank()}"compilerOptions":${blank()}{${blank()}${options}${blank()}}${blank()}}`,
        `{${blank()}}`,
      ])
        .replaceAll("\n", pick(["\n", "\r\n"]))
        .replace(/^/, pick(["", "\uFEFF"]));

      const names = ["billing", "orders", "mail"].slice(0, 1 + below(3));
      const full = names.reduce((text, name) => add(text, `@module/${name}/*`, `./modules/${name}/src/*`), before);
      expect([...readPathAliases(full).keys()].slice(-names.length)).toEqual(names.map((name) => `@module/${name}/*`));
      expect(shuffle(names).reduce((text, name) => remove(text, `@module/${name}/*`), full)).toBe(before);
    }
  });
});

describe("readPathAliases", () => {
  it("reads what TypeScript reads", () => {
    const text =
      '\uFEFF{ "compilerOptions": { /* c */ "paths": { "@module/app/*": ["./modules/app/src/*"], "b": ["x", "y",], } } }';
    expect([...readPathAliases(text)]).toEqual([
      ["@module/app/*", ["./modules/app/src/*"]],
      ["b", ["x", "y"]],
    ]);
  });

  it.each(["{}", '{"compilerOptions":{}}', '{"compilerOptions":{"paths":null}}'])("finds none in %s", (text) => {
    expect(readPathAliases(text).size).toBe(0);
  });
});
