import { describe, expect, it } from "vitest";
import { findProblems } from "./requirements.js";
import type { ToolVersions } from "./tool-versions.js";

const PROVEN: ToolVersions = { nx: "23.2.1", typescript: "5.9.3", bun: "1.4.5", lockfile: 2 };

describe("findProblems", () => {
  it.each<Partial<ToolVersions>>([
    {},
    { nx: "22.7.12", lockfile: 1 },
    { nx: "23.1.3" },
    { nx: "24.0.6", typescript: "7.0.2" },
    { nx: "24.1.0-beta.2" },
    { bun: "1.2.0", lockfile: 1 },
    { lockfile: undefined },
    { nx: undefined },
  ])("finds none with %j", (versions) => {
    expect(findProblems({ ...PROVEN, ...versions })).toEqual([]);
  });

  it.each<[Partial<ToolVersions>, RegExp]>([
    [{ nx: "21.6.0", lockfile: 1 }, /^Nx 21\.6\.0 is outside >=22\.0\.0 <25\.0\.0, .+ Run: nx migrate latest$/],
    [{ nx: "25.0.0" }, /^Nx 25\.0\.0 is outside /],
    [{ nx: "22.7.12" }, /^Nx 22\.7\.12 cannot read version 2 of bun\.lock, .+ Run: nx migrate 23\.1\.3, or later$/],
    [{ nx: "23.1.2" }, /^Nx 23\.1\.2 cannot read version 2 of bun\.lock/],
    [{ bun: undefined }, /^There is no bun on the PATH, .+ Install Bun 1\.4 or later$/],
    [{ bun: "1.1.38" }, /^Bun 1\.1\.38 writes no bun\.lock, .+ Run: bun upgrade$/],
    [{ typescript: undefined }, /^There is no TypeScript in node_modules; .+ Run: bun add -d typescript$/],
  ])("finds what to do with %j", (versions, problem) => {
    expect(findProblems({ ...PROVEN, ...versions })).toEqual([expect.stringMatching(problem)]);
  });
});
