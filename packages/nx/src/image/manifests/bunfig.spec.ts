import { describe, expect, it } from "vitest";
import { isolateLinker, pruneBunfig } from "./bunfig.js";

describe("pruneBunfig", () => {
  it.each([
    ["", "\n"],
    ["[install]\nexact = true\n", "[install]\nexact = true\n"],
    ["[test]\ncoverage = true\n", "\n"],
    ['preload = ["./a.ts"]\n\n[test]\ncoverage = true\n[test.reporter]\njunit = "x"\n\n[install]\nexact = true\n', 'preload = ["./a.ts"]\n\n[install]\nexact = true\n'],
    ["[install]\nexact = true\n\n  [ test ]\nroot = 'a'\n", "[install]\nexact = true\n"],
    ["[tests]\na = 1\n", "[tests]\na = 1\n"],
    ['[install]\nscopes = [\n  ["test"],\n]\n', '[install]\nscopes = [\n  ["test"],\n]\n'],
  ])("makes of %j %j", (text, pruned) => {
    expect(pruneBunfig(text)).toBe(pruned);
  });
});

describe("isolateLinker", () => {
  it.each([
    ["", 'install.linker = "isolated"\n'],
    ["[install]\nexact = true\n", '[install]\nlinker = "isolated"\nexact = true\n'],
    ["  [ install ] # how\nexact = true\n", '  [ install ] # how\nlinker = "isolated"\nexact = true\n'],
    ["install = { exact = true }\n", 'install = { linker = "isolated", exact = true }\n'],
    ["install = {}\n", 'install = { linker = "isolated"}\n'],
    ["install.exact = true\n", 'install.linker = "isolated"\ninstall.exact = true\n'],
    ['[install.scopes]\na = "b"\n', 'install.linker = "isolated"\n[install.scopes]\na = "b"\n'],
    ['[install]\nlinker = "hoisted"\n', '[install]\nlinker = "hoisted"\n'],
    ["# no linker\n", 'install.linker = "isolated"\n# no linker\n'],
  ])("makes of %j %j", (text, isolated) => {
    expect(isolateLinker(text)).toBe(isolated);
  });
});
