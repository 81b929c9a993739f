import { describe, expect, it } from "vitest";
import { readAssignments, readBound, readList } from "./option-values.js";

describe("readBound", () => {
  it.each([[600, 600_000], [0, undefined]])("of %s is %s", (seconds, bound) => {
    expect(readBound(seconds, "timeout")).toBe(bound);
  });

  it.each([-1, 1.5, "10m", "", Number.NaN, Infinity, 1e12, null])("refuses %s", (seconds) => {
    expect(() => readBound(seconds, "timeout")).toThrow(/^SECONDS_ILLEGAL: .+\n {2}where: {2}timeout\n/);
  });
});

describe("readList", () => {
  it.each([
    [undefined, []],
    ["id=npmrc,src=.npmrc", ["id=npmrc,src=.npmrc"]],
    [["id=a,src=a", "id=b"], ["id=a,src=a", "id=b"]],
  ])("%j is %j", (given, list) => {
    expect(readList(given)).toEqual(list);
  });
});

describe("readAssignments", () => {
  it.each([
    [undefined, {}],
    [{ A: "1" }, { A: "1" }],
    // What Nx makes of --build-args.A=1 --build-args.B, and of --labels.org.example.team=x
    [{ A: 1, B: true }, { A: "1", B: "true" }],
    [{ org: { example: { team: "x" } }, "org.b": "y" }, { "org.example.team": "x", "org.b": "y" }],
    ["A=1.10", { A: "1.10" }],
    [["A=1,2", "B=x=y", "C="], { A: "1,2", B: "x=y", C: "" }],
  ])("%j is %j", (given, map) => {
    expect(readAssignments(given, "buildArgs")).toEqual(map);
  });

  it.each(["A", "=1", ""])("refuses %j", (text) => {
    const refusal = expect.objectContaining({ code: "ASSIGNMENT_ILLEGAL", where: "buildArgs" });
    expect(() => readAssignments(text, "buildArgs")).toThrowError(refusal);
  });
});
