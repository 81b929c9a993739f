import { describe, expect, it } from "vitest";
import { pruneBunfig } from "./bunfig.js";

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
