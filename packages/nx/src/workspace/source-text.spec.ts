import { describe, expect, it } from "vitest";
import { applyEdits, indexLines, readIndent, readIndentStep, readLineEnding, readLineNumber } from "./source-text.js";

describe("source text", () => {
  it("applies edits and keeps the rest", () => {
    const edits = [
      { start: 0, end: 1, text: "" },
      { start: 2, end: 2, text: "+" },
      { start: 3, end: 4, text: "D" },
    ];
    expect(applyEdits("abcde", edits)).toBe("b+cDe");
  });

  it.each([
    ["{}", "\n"],
    ["{\r\n}\n", "\r\n"],
    ["{\n}\r\n", "\n"],
  ])("reads the line ending of %j", (text, eol) => {
    expect(readLineEnding(text)).toBe(eol);
  });

  it.each([
    ["{}", "  "],
    ['{\n\t"a": 1\n}', "\t"],
    ['/**\n * about\n */\n{\n    "a": 1\n}', "    "],
  ])("reads the indentation of %j", (text, step) => {
    expect(readIndentStep(text)).toBe(step);
  });

  it("reads an offset's line", () => {
    expect(readLineNumber("a\nb\nc", 2)).toBe(2);
    const texts = ["", "\n", "a", "a\r\nb\n", "\n\nc", "a\nb\nc"];
    const places = texts.flatMap((text) => Array.from({ length: text.length + 2 }, (_, offset) => ({ text, offset })));
    const lines = places.map(({ text, offset }) => text.slice(0, offset).split("\n").length);
    expect(places.map(({ text, offset }) => readLineNumber(text, offset))).toEqual(lines);
    expect(places.map(({ text, offset }) => indexLines(text)(offset))).toEqual(lines);
    expect(readIndent("a\n\t b", 4)).toBe("\t ");
    expect(readIndent("  a", 2)).toBe("  ");
  });
});
