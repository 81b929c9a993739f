import { describe, expect, it } from "vitest";
import type { Builder, BuildPlan } from "../../../image/build-plan.js";
import type { ProbeResult } from "../../../image/engine.js";
import { createPlan } from "../../../testing/build-plan.js";
import { concludeBuild, giveKeyTags } from "./conclude-build.js";
import type { PreparedBuild } from "./prepare-build.js";

const KEY = "e".repeat(64);
const ID = `sha256:${"1".repeat(64)}`;
const DIGEST = `sha256:${"2".repeat(64)}`;
const TAG = `ghcr.io/acme/billing:ooneex-${"e".repeat(32)}`;

/** A build that reads the workspace, with what a test says of its plan. */
function prepared(part: Partial<BuildPlan>, isCurrent = true): PreparedBuild {
  const references = ["ghcr.io/acme/billing:1"];
  return {
    project: { name: "@module/billing", root: "modules/billing", imageName: "billing" },
    plan: createPlan({ tags: references, ...part }),
    key: KEY,
    platform: "linux/amd64",
    references,
    keyTags: [TAG],
    stage: undefined,
    floatingImages: [],
    maxAge: undefined,
    timeout: undefined,
    notices: [],
    readsWorkspace: true,
    isCurrent: () => isCurrent,
  };
}

/** Gives the names with an engine and a registry that hold one image of a key, and returns what changed something there. */
async function give(part: Partial<BuildPlan>, builder: Builder, { key = KEY, refused = /^$/ } = {}): Promise<{ notice: string | undefined; asked: string[] }> {
  const labels = { Labels: { "dev.ooneex.nx.key": key } };
  const platform = { os: "linux", architecture: "amd64" };
  const asked: string[] = [];
  const probe = (argv: readonly string[]): Promise<ProbeResult> => {
    const line = argv.join(" ");
    if (argv[1] === "image") return answer(JSON.stringify([{ Id: ID, RepoTags: ["ghcr.io/acme/billing:1"], Config: labels }]));
    if (argv[3] === "inspect" && argv.at(-1) !== TAG) return answer(JSON.stringify({ manifest: { digest: DIGEST }, image: { ...platform, config: labels } }));
    if (argv[3] === "inspect") return answer("", `ERROR: ${TAG}: not found`);
    asked.push(line);
    return refused.test(line) ? answer("", "Error: denied") : answer("");
  };
  return { notice: await giveKeyTags(prepared(part), builder, probe), asked };
}

const answer = (stdout: string, stderr = ""): Promise<ProbeResult> => Promise.resolve({ code: stderr === "" ? 0 : 1, stdout, stderr });

const IN_ENGINE = `docker tag ${ID} ${TAG}`;
const IN_REGISTRY = `docker buildx imagetools create --prefer-index=false --tag ${TAG} ghcr.io/acme/billing@${DIGEST}`;

describe("giveKeyTags", () => {
  it.each<[string, Partial<BuildPlan>, Builder, string[]]>([
    ["loaded", {}, "buildx", [IN_ENGINE]],
    ["pushed", { push: true }, "buildx", [IN_REGISTRY]],
    ["pushed and loaded", { push: true, load: true }, "buildx", [IN_ENGINE, IN_REGISTRY]],
    ["pushed for a platform", { push: true, platforms: ["linux/amd64"] }, "buildx", [IN_REGISTRY]],
    ["in no store", { load: false }, "buildx", []],
    ["loaded by Podman", {}, "podman", [IN_ENGINE.replace("docker", "podman")]],
    ["pushed by Podman", { push: true }, "podman", [IN_ENGINE.replace("docker", "podman"), `podman push --quiet ${TAG}`]],
  ])("names an image that is %s, where it is", async (_title, part, builder, expected) => {
    expect(await give(part, builder)).toEqual({ notice: undefined, asked: expected });
  });

  it.each([{}, { push: true }])("leaves an image of somebody else alone that has the name by now, with %j", async (part) => {
    const { notice, asked } = await give(part, "buildx", { key: "0".repeat(64) });
    expect(asked).toEqual([]);
    expect(notice).toMatch(/^The image is built again the next time, since it has no name that stands for its key: ghcr\.io\/acme\/billing:1/);
  });

  it.each<[Builder, RegExp]>([
    ["buildx", /imagetools create/],
    ["podman", /push/],
  ])("says why a registry has refused the name to %s", async (builder, refused) => {
    expect((await give({ push: true }, builder, { refused })).notice).toContain("Error: denied");
  });
});

describe("concludeBuild", () => {
  it("asks for nothing, and knows no key, where files changed during the build", async () => {
    const { build, kept, notice } = await concludeBuild(prepared({ push: true }, false), { before: new Map(), after: new Map() }, "buildx");
    expect([build.key, build.keyTags, kept]).toEqual([undefined, [], undefined]);
    expect(notice).toMatch(/^What modules\/billing\/Dockerfile reads changed while the image was built; it counts for nothing/);
  });

  it("leaves an image of staged files as it is", async () => {
    const build: PreparedBuild = { ...prepared({ push: true }, false), readsWorkspace: false };
    expect(await concludeBuild(build, { before: new Map(), after: new Map() }, "buildx")).toEqual({ build, kept: undefined, notice: undefined });
  });
});
