import { describe, expect, it } from "vitest";
import { editNxJson } from "./nx-json.js";

const WITH_API = { typescript: "5.9.3" };

const edit = (text: string, typescript: string | undefined = WITH_API.typescript): string =>
  editNxJson(text, { typescript }).text;

/** Each style: its name, the text, and the text with the plugin registered and affected sets exact. */
const STYLES: [style: string, before: string, after: string][] = [
  [
    "an empty object",
    "{}\n",
    `{
  "plugins": ["@ooneex/nx"],
  "pluginsConfig": {
    "@nx/js": {
      "projectsAffectedByDependencyUpdates": "auto"
    }
  }
}
`,
  ],
  [
    "nothing but a comment",
    "{\n  // ours\n}",
    `{
  // ours
  "plugins": ["@ooneex/nx"],
  "pluginsConfig": {
    "@nx/js": {
      "projectsAffectedByDependencyUpdates": "auto"
    }
  }
}`,
  ],
  [
    "comments, and a trailing comma",
    `{
    // the base
    "defaultBase": "main", // not master
    "plugins": [
        "@nx/vite", // bundles
        /* options */ { "plugin": "@nx/eslint", "options": {} } // lints
        // no more
    ],
    "cli": { "packageManager": "bun" }, // fast
}
`,
    `{
    // the base
    "defaultBase": "main", // not master
    "plugins": [
        "@nx/vite", // bundles
        /* options */ { "plugin": "@nx/eslint", "options": {} }, // lints
        "@ooneex/nx"
        // no more
    ],
    "cli": { "packageManager": "bun" }, // fast
    "pluginsConfig": {
        "@nx/js": {
            "projectsAffectedByDependencyUpdates": "auto"
        }
    },
}
`,
  ],
  [
    "tabs, and a list on one line",
    '{\n\t"plugins": ["@nx/vite"] // one\n}\n',
    '{\n\t"plugins": ["@nx/vite", "@ooneex/nx"], // one\n\t"pluginsConfig": {\n\t\t"@nx/js": {\n\t\t\t"projectsAffectedByDependencyUpdates": "auto"\n\t\t}\n\t}\n}\n',
  ],
  [
    "objects on one line",
    '{ "plugins": [], "pluginsConfig": { "@nx/js": { "analyzeSourceFiles": true } } }',
    '{ "plugins": ["@ooneex/nx"], "pluginsConfig": { "@nx/js": { "analyzeSourceFiles": true, "projectsAffectedByDependencyUpdates": "auto" } } }',
  ],
  [
    "no configuration of this plugin yet",
    '{ "plugins": [ /* none */ ], "pluginsConfig": {} }',
    '{ "plugins": [ /* none */\n  "@ooneex/nx"\n], "pluginsConfig": {\n  "@nx/js": {\n    "projectsAffectedByDependencyUpdates": "auto"\n  }\n} }',
  ],
];

const ALL = STYLES.flatMap(([style, before, after]) => [
  [style, before, after],
  [`${style}, after a byte order mark`, `\uFEFF${before}`, `\uFEFF${after}`],
  // A text of one line does not tell which line ending it would have.
  ...(before.includes("\n")
    ? [[`${style}, CRLF`, ...[before, after].map((text) => text.replaceAll("\n", "\r\n"))]]
    : []),
]) as typeof STYLES;

describe("editNxJson", () => {
  it.each(ALL)("keeps every comment and the layout: %s", (_style, before, after) => {
    expect(edit(before)).toBe(after);
  });

  it.each(ALL)("changes nothing when run again: %s", (_style, _before, after) => {
    expect(editNxJson(after, WITH_API)).toEqual({ text: after, messages: [] });
  });

  it.each(['"@ooneex/nx"', '{ "plugin": "@ooneex/nx", "options": { "serveTargetName": "dev" } }'])(
    "does not register %s twice",
    (entry) => {
      const { text, messages } = editNxJson(`{ "plugins": [${entry}] }`, WITH_API);
      expect(text).toContain(`"plugins": [${entry}]`);
      expect(messages).toHaveLength(1);
    },
  );

  it.each([
    ["5.9.3", undefined],
    ["6.0.3", undefined],
    ["7.0.2", false],
    [undefined, false],
  ])("with TypeScript %s sets analyzeSourceFiles to %j", (typescript, value) => {
    const { pluginsConfig } = JSON.parse(editNxJson("{}", { typescript }).text) as {
      pluginsConfig: { "@nx/js": object };
    };
    expect(pluginsConfig["@nx/js"]).toEqual({
      projectsAffectedByDependencyUpdates: "auto",
      ...(value === undefined ? {} : { analyzeSourceFiles: value }),
    });
  });

  it("turns an analysis off that crashes the graph, and leaves one on that works", () => {
    const text = '{ "pluginsConfig": { "@nx/js": { "analyzeSourceFiles": true /* ours */ } } }';
    expect(edit(text, "7.0.2")).toContain('"analyzeSourceFiles": false');
    expect(edit(text, "7.0.2")).toContain("/* ours */");
    expect(edit(text)).toContain('"analyzeSourceFiles": true');
  });

  it.each(['"all"', '["app"]'])("keeps %s as its user's decision about dependency updates, and says so", (value) => {
    const before = `{ "plugins": ["@ooneex/nx"], "pluginsConfig": { "@nx/js": { "projectsAffectedByDependencyUpdates": ${value} } } }`;
    const { text, messages } = editNxJson(before, WITH_API);
    expect(text).toBe(before);
    expect(messages).toEqual([expect.stringContaining("is set by you and stays")]);
  });

  it("says what it did, and why", () => {
    expect(editNxJson("{}", { typescript: "7.0.2" }).messages).toEqual([
      "nx.json: registered @ooneex/nx",
      expect.stringMatching(/^nx\.json: set projectsAffectedByDependencyUpdates to "auto", so that /),
      "nx.json: set analyzeSourceFiles to false, since Nx cannot analyse imports with TypeScript 7.0.2; @ooneex/nx does it instead",
    ]);
  });

  it.each([
    ["{", "JSON_INVALID", "nx.json:1"],
    ["", "JSON_INVALID", "nx.json:1"],
    ["[]", "JSON_UNEXPECTED", "nx.json:1"],
    ['{\n  "plugins": {}\n}', "JSON_UNEXPECTED", "nx.json:2"],
    ['{\n\n  "pluginsConfig": null\n}', "JSON_UNEXPECTED", "nx.json:3"],
    ['{ "pluginsConfig": { "@nx/js": [] } }', "JSON_UNEXPECTED", "nx.json:1"],
  ])("refuses %j with %s", (text, code, where) => {
    expect(() => edit(text)).toThrowError(expect.objectContaining({ code, where }) as Error);
  });
});
