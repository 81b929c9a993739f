import { symlinkSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { writeWorkspace } from "../../testing/temporary-workspace.js";
import { matchIncludes } from "./includes.js";

const FILES = [
  "modules/billing/locales/de.json",
  "modules/billing/locales/deep/fr.json",
  "modules/billing/locales/notes.md",
  "modules/billing/locales/.hidden",
  "modules/billing/locales/.env.yml",
  "modules/billing/locales/server.key",
  "modules/billing/locales/[id].json",
  "modules/billing/dist/index.js",
  "modules/billing/node_modules/dep/index.js",
  "modules/orders/locales/de.json",
  ".nx/cache/de.json",
  ".git/de.json",
];

function workspace(): string {
  return writeWorkspace(Object.fromEntries(FILES.map((path) => [path, ""])));
}

describe("matchIncludes", () => {
  it.each([
    ["modules/billing/locales/de.json", ["de.json"]],
    ["./modules/billing/locales/deep/", ["deep/fr.json"]],
    ["modules/billing/locales", [".hidden", "[id].json", "de.json", "deep/fr.json", "notes.md"]],
    ["modules/billing/locales/**", [".hidden", "[id].json", "de.json", "deep/fr.json", "notes.md"]],
    ["modules/billing/locales/**/*.json", ["[id].json", "de.json", "deep/fr.json"]],
    ["modules/billing/locales/*.json", ["[id].json", "de.json"]],
    ["modules/billing/locales/[id].json", ["[id].json"]],
    ["modules/billing/locales/[dn]*", ["de.json", "deep/fr.json", "notes.md"]],
    ["modules/billing/locales/{de,deep/{en,fr}}.json", ["de.json", "deep/fr.json"]],
    ["modules/billing/locales/??.json", ["de.json"]],
  ])("%s", (pattern, expected) => {
    expect(matchIncludes(workspace(), [pattern], "include")).toEqual(expected.map((name) => `modules/billing/locales/${name}`));
  });

  it("leaves out installed packages, secrets, and build output that is not named", () => {
    const root = workspace();
    expect(matchIncludes(root, ["**/*.js*", "modules"], "include")).toEqual(
      FILES.filter((path) => /^modules\/\w+\/locales\/(?!\.env|server)/.test(path)).sort(),
    );
    expect(matchIncludes(root, ["modules/billing/dist"], "include")).toEqual(["modules/billing/dist/index.js"]);
    expect(matchIncludes(root, ["modules/*/dist/*.js"], "include")).toEqual(["modules/billing/dist/index.js"]);
  });

  it("names each file once, sorted", () => {
    expect(matchIncludes(workspace(), ["modules/orders", "modules/*/locales/de.json", "modules/orders"], "include")).toEqual([
      "modules/billing/locales/de.json",
      "modules/orders/locales/de.json",
    ]);
  });

  it("takes links for what they lead to, and ends where one leads in a circle", () => {
    const root = writeWorkspace({ "a/x.json": "", "b/y.json": "", "b/.env": "" });
    symlinkSync("../b", join(root, "a/link"));
    symlinkSync("..", join(root, "b/circle"));
    symlinkSync("../b/.env", join(root, "a/harmless"));
    expect(matchIncludes(root, ["a"], "include")).toEqual(["a/link/y.json", "a/x.json"]);
  });

  it.each([
    ["modules/billing/locales/gone.json", "INCLUDE_MISSING"],
    ["gone/**", "INCLUDE_MISSING"],
    ["**/*.png", "INCLUDE_MISSING"],
    ["modules/billing/node_modules/dep", "INCLUDE_MISSING"],
    ["!modules/billing/locales", "INCLUDE_MISSING"],
    ["modules/billing/locales/.env.yml", "SOURCE_SECRET"],
    ["modules/**/*.key", "SOURCE_SECRET"],
    ["../elsewhere", "SOURCE_OUTSIDE"],
    ["/etc/hosts", "SOURCE_OUTSIDE"],
  ])("refuses %s: %s", (pattern, code) => {
    expect(() => matchIncludes(workspace(), ["modules/orders", pattern], "image.include in billing.yml")).toThrow(
      expect.objectContaining({ code, where: "image.include in billing.yml" }) as Error,
    );
  });
});
