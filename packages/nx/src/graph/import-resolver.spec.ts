import { describe, expect, it } from "vitest";
import { buildImportResolver } from "./import-resolver.js";

const resolve = buildImportResolver({
  projects: {
    billing: { root: "modules/billing" },
    bill: { root: "modules/bill" },
    money: { root: "libs/money" },
    inner: { root: "libs/money/inner" },
  },
  externalNodes: {},
  aliases: new Map([
    ["*", ["./modules/bill/any/*"]],
    ["@m/*", ["./modules/bill/src/*"]],
    ["@m/billing/*", ["./gone/*", "./modules/billing/src/*"]],
    ["@m/exact", ["./libs/money/src/exact.ts"]],
    ["@m/*.money", ["./libs/money/src/*"]],
    ["@m/*.inner", ["libs/money/inner/*"]],
    ["$/*", ["./libs/money/$&/*"]],
  ]),
  readInstalledVersion: () => undefined,
});

describe("an alias", () => {
  it.each([
    ["with the longest text before the star wins, and its first target that is in a project", "@m/billing/x", "billing"],
    ["is taken for no longer name", "@m/bill/x", "bill"],
    ["without a star wins over one with a star", "@m/exact", "money"],
    ["without a star matches nothing but itself", "@m/exact/x", "bill"],
    ["comes in the order of tsconfig.json where the text before the star is the same", "@m/x.money", "bill"],
    ["with nothing before the star takes the rest", "zod", "bill"],
    ["leads to the nearest project", "$/../inner/x", "inner"],
    ["keeps its letters as they are", "$/x", "money"],
  ])("%s", (_title, specifier, project) => {
    expect(resolve(specifier, { file: "modules/bill/src/index.ts", project: "bill" })).toBe(project);
  });

  it("needs the text behind its star", () => {
    const suffixed = buildImportResolver({
      projects: { money: { root: "libs/money" } },
      externalNodes: {},
      aliases: new Map([["@m/*.money", ["./libs/money/*"]]]),
      readInstalledVersion: () => undefined,
    });
    const importer = { file: "libs/money/a.ts", project: "money" };
    expect(suffixed("@m/x.money", importer)).toBe("money");
    expect(suffixed("@m/x.moneys", importer)).toBeUndefined();
    expect(suffixed("@m/.mon", importer)).toBeUndefined();
  });
});
