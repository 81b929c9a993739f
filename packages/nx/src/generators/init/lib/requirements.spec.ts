import { describe, expect, it } from "vitest";
import type { ProbeResult } from "../../../image/engine.js";
import { findEngineProblems, findProblems } from "./requirements.js";
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
    { bun: "1.3.12", lockfile: undefined },
    { bun: "1.4.0" },
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
    [{ bun: "1.3.12" }, /^Bun 1\.3\.12 cannot read version 2 of bun\.lock, .+ Run: bun upgrade$/],
    [{ typescript: undefined }, /^There is no TypeScript in node_modules; .+ Run: bun add -d typescript$/],
  ])("finds what to do with %j", (versions, problem) => {
    expect(findProblems({ ...PROVEN, ...versions })).toEqual([expect.stringMatching(problem)]);
  });
});

describe("findEngineProblems", () => {
  /** Docker of a version with buildx, or with its own BuildKit as the last clients without buildx have it. */
  const docker = (version: string, hasBuildx: boolean) => {
    return ([program, command]: readonly string[]): Promise<ProbeResult> => {
      const versions = JSON.stringify({ Client: { Version: version }, Server: { Version: version } });
      const code = program !== "docker" ? undefined : command === "buildx" && !hasBuildx ? 1 : 0;
      return Promise.resolve({ code, stdout: versions, stderr: "" });
    };
  };

  it.each([
    ["25.0.0", true],
    ["28.5.1", true],
    ["20.10.24+dfsg1", false],
  ])("finds none with Docker %s, with buildx: %j", async (version, hasBuildx) => {
    expect(await findEngineProblems(docker(version, hasBuildx))).toEqual([]);
  });

  it("finds a Docker that refuses what is generated", async () => {
    expect(await findEngineProblems(docker("24.0.7", true))).toEqual([
      expect.stringMatching(/^Docker Engine 24\.0\.7 does not know HEALTHCHECK --start-interval, .+ 25 or later$/),
    ]);
  });

  it("finds a missing engine", async () => {
    const nothing = () => Promise.resolve({ code: undefined, stdout: "", stderr: "" });
    expect(await findEngineProblems(nothing)).toEqual([expect.stringMatching(/^No image can be built here yet: /)]);
  });
});
