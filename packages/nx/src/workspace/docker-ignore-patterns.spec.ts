import { describe, expect, it } from "vitest";
import { isIgnored, isIgnoredByBuildKit, readIgnorePatterns } from "./docker-ignore-patterns.js";

describe.each([
  ["isIgnored", isIgnored],
  ["isIgnoredByBuildKit", isIgnoredByBuildKit],
])("%s", (_, engine) => {
  const ignores = (text: string, path: string): boolean => engine(readIgnorePatterns(text), path);

  it.each([
    ["node_modules", "node_modules"],
    ["node_modules", "node_modules/a/b"],
    ["/node_modules/", "node_modules/a"],
    ["./a//b/../c", "a/c"],
    ["**/node_modules", "node_modules"],
    ["**/node_modules", "a/b/node_modules/c"],
    ["**/*.pem", "a.pem"],
    ["**/*.pem", "a/b.pem"],
    ["**.pem", "a/b.pem"],
    ["**", "a/b"],
    ["a/**", "a/b/c"],
    ["a/**/c", "a/c"],
    ["a/**/c", "a/b/b/c"],
    ["*/*/dist", "modules/billing/dist/index.js"],
    [".env.?ml", ".env.yml"],
    ["[a-c]x", "bx"],
    ["[^a-c]x", "dx"],
    ["a\\*b", "a*b"],
    ["a+(b)", "a+(b)"],
    ["  spaced \r", "spaced"],
    ["\uFEFFfirst", "first"],
    ["*\n!modules\nmodules/a", "modules/a/b"],
  ])("%j ignores %s", (text, path) => {
    expect(ignores(text, path)).toBe(true);
  });

  it.each([
    ["", "a"],
    ["node_modules", "modules/a/node_modules"],
    ["*.pem", "a/b.pem"],
    ["a/**", "a"],
    ["**/.env", "a.env"],
    ["# a", "a"],
    ["[a", "[a"],
    ["a.b", "axb"],
    ["a?b", "a/b"],
    ["**/a", "b/xa"],
    ["*\n!modules", "modules/a/b"],
    ["*\n! /modules/", "modules/a"],
    ["a\n!a/b", "a/b/c"],
    ["!a\n", "a"],
  ])("%j keeps %s", (text, path) => {
    expect(ignores(text, path)).toBe(false);
  });
});

it.each([
  ["**/.env\n!a", "a/.env", true, false],
  ["**/.env\n*\n!a", "a/.env", false, false],
  ["**/b\n!a\na/**\n!a", "a/b/c", true, false],
  ["a\n!a/b/c\na/b", "a/b/c", false, true],
])("knows how engines differ over %j and %s", (text, path, buildKit, others) => {
  expect(isIgnoredByBuildKit(readIgnorePatterns(text), path)).toBe(buildKit);
  expect(isIgnored(readIgnorePatterns(text), path)).toBe(others);
});
