import { afterEach, describe, expect, it, vi } from "vitest";
import type { Command } from "../../../image/build-plan.js";
import type { ProbeResult } from "../../../image/engine.js";
import { logger } from "../../logger.js";
import type { PreparedBuild } from "./prepare-build.js";
import { refreshImages } from "./refresh-images.js";

const DAY = 86_400_000;
const IMAGE = "oven/bun:1.4.5";

/** Runs it against an engine that has the image as `inspect` says, and returns what was asked and warned. */
async function refresh(
  image: object | undefined,
  { never = false, builder, pull = 0 }: { never?: boolean; builder?: string; pull?: number } = {},
): Promise<{ asked: string[]; warned: string[] }> {
  const asked: string[] = [];
  const warned: string[] = [];
  vi.spyOn(logger, "warn").mockImplementation((line: string) => void warned.push(line));
  const probe = (argv: Command["argv"]): Promise<ProbeResult> => {
    asked.push(argv.join(" "));
    if (argv[1] === "pull") return Promise.resolve({ code: pull, stdout: "", stderr: "no route to the registry\n" });
    return Promise.resolve({ code: image === undefined ? 1 : 0, stdout: image === undefined ? "[]" : JSON.stringify([image]), stderr: "" });
  };
  const build = { floatingImages: [IMAGE], maxAge: never ? undefined : 7 * DAY, plan: { builder } } as unknown as PreparedBuild;
  await refreshImages(build, "buildx", probe);
  return { asked, warned };
}

const pulledAgo = (days: number) => ({
  RepoDigests: [`oven/bun@sha256:${"a".repeat(64)}`],
  Metadata: { LastTagTime: new Date(Date.now() - days * DAY).toISOString() },
});

afterEach(() => {
  vi.restoreAllMocks();
});

describe("refreshImages", () => {
  it("pulls a base image that is older here than the image may become", async () => {
    const { asked, warned } = await refresh(pulledAgo(8));
    expect(asked.at(-1)).toBe(`docker pull --quiet ${IMAGE}`);
    expect(warned).toEqual([]);
  });

  it.each([
    ["is younger", pulledAgo(6)],
    ["was made on this machine", { RepoDigests: [], Metadata: { LastTagTime: new Date(0).toISOString() } }],
    ["is not here, since the build gets it", undefined],
  ])("pulls none that %s", async (_title, image) => {
    const { asked } = await refresh(image);
    expect(asked).toEqual([`docker image inspect ${IMAGE}`]);
  });

  it.each([{ never: true }, { builder: "remote" }])("asks nothing with %j", async (options) => {
    expect((await refresh(pulledAgo(100), options)).asked).toEqual([]);
  });

  it("goes on with the old one where the registry does not answer, and says how old that is", async () => {
    const { warned } = await refresh(pulledAgo(9), { pull: 1 });
    expect(warned).toEqual([`${IMAGE} is 9 days old here, and a newer one could not be pulled: no route to the registry`]);
  });
});
