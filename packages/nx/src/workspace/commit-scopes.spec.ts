import { describe, expect, it } from "vitest";
import { createRandom } from "../testing/random.js";
import { addCommitScope, COMMITLINT_FILES, removeCommitScope } from "./commit-scopes.js";

const FILE = ".commitlintrc.ts";

const rule = (value: string): string => `export default { rules: { "scope-enum": ${value} } };\n`;

/** Each style: its name, the text, the text with the scope billing, and the file's name where it matters. */
const STYLES: [style: string, before: string, after: string, file?: string][] = [
  [
    "one scope a line, trailing comma",
    'import type { UserConfig } from "@commitlint/types";\n\nexport default {\n  rules: {\n    "scope-enum": [\n      2,\n      "always",\n      [\n        "shared",\n        "app",\n      ],\n    ],\n  },\n} satisfies UserConfig;\n',
    'import type { UserConfig } from "@commitlint/types";\n\nexport default {\n  rules: {\n    "scope-enum": [\n      2,\n      "always",\n      [\n        "shared",\n        "app",\n        "billing",\n      ],\n    ],\n  },\n} satisfies UserConfig;\n',
  ],
  [
    "tabs, CRLF, a byte order mark, characters of two units, and no line break at the end",
    "\uFEFF// 😀 é\r\nmodule.exports = {\r\n\trules: {\r\n\t\t'scope-enum': [2, 'always', [\r\n\t\t\t'shared',\r\n\t\t\t'app'\r\n\t\t]],\r\n\t},\r\n}",
    "\uFEFF// 😀 é\r\nmodule.exports = {\r\n\trules: {\r\n\t\t'scope-enum': [2, 'always', [\r\n\t\t\t'shared',\r\n\t\t\t'app',\r\n\t\t\t'billing'\r\n\t\t]],\r\n\t},\r\n}",
    "commitlint.config.cjs",
  ],
  ["one line", rule('[2, "always", ["shared", "app"]]'), rule('[2, "always", ["shared", "app", "billing"]]')],
  ["one scope", rule("[2, 'always', ['app']]"), rule("[2, 'always', ['app', 'billing']]")],
  ["sorted, in between", rule('[2, "always", ["app", "deps"]]'), rule('[2, "always", ["app", "billing", "deps"]]')],
  ["sorted, at the start", rule('[2, "always", [ "ci", "deps" ]]'), rule('[2, "always", [ "billing", "ci", "deps" ]]')],
  ["sorted, at the end", rule('[2, "always", ["api", "app",]]'), rule('[2, "always", ["api", "app", "billing",]]')],
  [
    "sorted over lines with comments",
    rule('[2, "always", [\n  // modules\n  "app", // the API\n  // cross-cutting\n  "shared", // shared\n]]'),
    rule(
      '[2, "always", [\n  // modules\n  "app", // the API\n  "billing",\n  // cross-cutting\n  "shared", // shared\n]]',
    ),
  ],
  [
    "a comment behind the last scope",
    rule('[2, "always", [\n  "shared",\n  "app" // the API\n]]'),
    rule('[2, "always", [\n  "shared",\n  "app", // the API\n  "billing"\n]]'),
  ],
  [
    "commas in front",
    rule('[2, "always", [\n  "shared"\n  , "app"\n]]'),
    rule('[2, "always", [\n  "shared"\n  , "app", "billing"\n]]'),
  ],
  ["as const", rule('[2, "always", ["app"] as const]'), rule('[2, "always", ["app", "billing"] as const]')],
  [
    "parentheses, satisfies and a named level",
    rule('([RuleConfigSeverity.Error, "always" as const, (["app"])] satisfies Rule)'),
    rule('([RuleConfigSeverity.Error, "always" as const, (["app", "billing"])] satisfies Rule)'),
  ],
  [
    "a constant of the same file",
    `const scopes = ["app"] as const;\n${rule('[2, "always", scopes]')}`,
    `const scopes = ["app", "billing"] as const;\n${rule('[2, "always", scopes]')}`,
  ],
  [
    "a constant for the whole rule",
    `const scopeRule: Rule = [2, "always", ["app"]];\n${rule("scopeRule")}`,
    `const scopeRule: Rule = [2, "always", ["app", "billing"]];\n${rule("scopeRule")}`,
  ],
  [
    "a spread among the scopes",
    rule('[2, "always", ["app", ...others, "zoo"]]'),
    rule('[2, "always", ["app", ...others, "zoo", "billing"]]'),
  ],
  [
    "scopes beside delimiters",
    rule('[2, "always", { scopes: ["app"], delimiters: ["/"] }]'),
    rule('[2, "always", { scopes: ["app", "billing"], delimiters: ["/"] }]'),
  ],
  [
    "JSON",
    '{\n  "rules": {\n    "scope-enum": [2, "always", ["shared", "app"]]\n  }\n}',
    '{\n  "rules": {\n    "scope-enum": [2, "always", ["shared", "app", "billing"]]\n  }\n}',
    ".commitlintrc.json",
  ],
  [
    "minified JSON without an ending",
    '\uFEFF{"rules":{"scope-enum":[2,"always",["app"]]}}',
    '\uFEFF{"rules":{"scope-enum":[2,"always",["app","billing"]]}}',
    ".commitlintrc",
  ],
];

describe("addCommitScope", () => {
  it.each(STYLES)("writes as the file does: %s", (_, before, after, file = FILE) => {
    expect(addCommitScope(before, "billing", file)).toEqual({ text: after });
  });

  it.each(STYLES)("changes nothing the second time: %s", (_, __, after, file = FILE) => {
    expect(addCommitScope(after, "billing", file)).toEqual({ text: after });
  });
});

describe("removeCommitScope", () => {
  it.each(STYLES)("gives the original back: %s", (_, before, after, file = FILE) => {
    expect(removeCommitScope(after, "billing", file)).toEqual({ text: before });
  });

  it.each(STYLES)("changes nothing where the scope is not listed: %s", (_, before, __, file = FILE) => {
    expect(removeCommitScope(before, "billing", file)).toEqual({ text: before });
  });

  it("removes the only scope", () => {
    expect(removeCommitScope(rule('[2, "always", ["billing"]]'), "billing", FILE).text).toBe(rule('[2, "always", []]'));
  });

  it("undoes additions in any order, whatever the style", () => {
    const { below, pick, shuffle } = createRandom(20_260_402);
    const blank = (): string =>
      pick(["", " ", "\n", "\n  ", "\n\t", "\n\n    ", " // c, ]\n  ", " /* c, ] */ ", "\n// c\n  "]);
    for (let run = 0; run < 400; run++) {
      const quote = pick(['"', "'"]);
      const present = shuffle(["app", "deps", "mailer", "shared"]).slice(below(4));
      const items = (below(2) === 0 ? present.toSorted() : present).map(
        (scope) => `${blank()}${quote}${scope}${quote}`,
      );
      const trailing = below(3) === 0 ? `${blank()},` : "";
      const list = `[${items.join(`${blank()},`)}${trailing}${blank()}]`;
      const before = rule(`[2,${blank()}"always", ${list}]`).replaceAll("\n", pick(["\n", "\r\n"]));

      const scopes = shuffle(["billing", "orders", "aa", "zz"]).slice(below(4));
      const full = scopes.reduce((text, scope) => addCommitScope(text, scope, FILE).text, before);
      for (const scope of scopes) expect(full).toContain(`${quote}${scope}${quote}`);
      expect(shuffle(scopes).reduce((text, scope) => removeCommitScope(text, scope, FILE).text, full)).toBe(before);
    }
  });
});

describe.each([
  ["addCommitScope", addCommitScope],
  ["removeCommitScope", removeCommitScope],
])("%s", (_, edit) => {
  it.each([
    ["no scope-enum", "export default { extends: ['@commitlint/config-conventional'] };"],
    ["scope-enum in a comment only", '// no "scope-enum" here\nexport default {};'],
    ["a list of forbidden scopes", rule('[2, "never", ["app"]]')],
    ["an empty list, which allows all", rule('[2, "always", []]')],
    ["a rule that is off", rule("[0]")],
  ])("leaves alone what allows every module: %s", (__, text) => {
    expect(edit(text, "app", FILE)).toEqual({ text });
  });

  it.each([
    ["a function", rule("async () => [2, 'always', await readScopes()]")],
    ["a method", 'export default { rules: { "scope-enum"(context) { return [2, "always", ["app"]]; } } };'],
    ["a call", rule('[2, "always", readdirSync("modules")]')],
    ["an imported list", `import { scopes } from "./scopes";\n${rule('[2, "always", scopes]')}`],
    ["a list of spreads only", rule('[2, "always", [...apps, ...modules]]')],
    ["a list with a hole", rule('[2, "always", ["app", , "b"]]')],
    ["a constant that names itself", `const scopes = scopes;\n${rule('[2, "always", scopes]')}`],
    ["an applicability that is computed", rule('[2, when, ["app"]]')],
    ["two lists", `${rule('[2, "always", ["app"]]')}const b = { "scope-enum": [2, "always", ["b"]] };`],
    ["YAML", "rules:\n  scope-enum: [2, always, [app]]\n", ".commitlintrc"],
    ["YAML by its ending", "rules:\n  scope-enum: [2, always, [app]]\n", ".commitlintrc.yaml"],
  ])("says why it leaves alone %s", (__, text, file = FILE) => {
    expect(edit(text, "app", file)).toEqual({ text, skipped: expect.stringContaining(file) });
  });

  it("names the line that it cannot read", () => {
    const text = 'export default {\n  rules: {\n    "scope-enum": [2, "always", ["app"}\n  }\n};';
    expect(() => edit(text, "billing", FILE)).toThrowError(/COMMITLINT_INVALID[^]*where: +\.commitlintrc\.ts:3/);
  });
});

it("lists each file of commitlint once", () => {
  expect(new Set(COMMITLINT_FILES).size).toBe(COMMITLINT_FILES.length);
  expect(COMMITLINT_FILES).toContain("commitlint.config.mts");
});
