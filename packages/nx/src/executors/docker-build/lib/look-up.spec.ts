import { describe, expect, it } from "vitest";
import { createPlan } from "../../../testing/build-plan.js";
import { installScriptedEngine } from "../../../testing/scripted-engine.js";
import { readScriptedStore, SCRIPTED_STORE } from "../../../testing/scripted-store.js";
import { lookUp, type LookedUp } from "./look-up.js";
import type { PreparedBuild } from "./prepare-build.js";

const KEY = "e".repeat(64);
const KEY_TAG = `billing:ooneex-${"e".repeat(32)}`;

/** An image in the engine's store: its id's digit, the key that its label says, its names, and what it is made of. */
type Stored = readonly [digit: string, key: string, names: readonly string[], contents: string];

/** Looks for the image of {@link KEY} in an engine that holds some. */
async function find(images: readonly Stored[], part: Partial<PreparedBuild> = {}): Promise<{ answer: LookedUp | undefined; names: (readonly string[])[] }> {
  const store = images.map(([digit, key, RepoTags, contents]) => ({
    Id: `sha256:${digit.repeat(64)}`,
    RepoTags,
    Os: "linux",
    Architecture: "amd64",
    RootFS: { Layers: [contents] },
    Config: { Labels: { "dev.ooneex.nx.key": key }, OnBuild: ['LABEL dev.ooneex.nx.key=""'] },
  }));
  const { root } = installScriptedEngine(`${SCRIPTED_STORE} process.exit(1);`, { "bin/store.json": JSON.stringify(store) });
  const build: PreparedBuild = {
    project: { name: "@module/billing", root: "modules/billing", imageName: "billing" },
    plan: createPlan(),
    key: KEY,
    platform: "linux/amd64",
    references: ["billing:latest"],
    keyTags: [],
    stage: undefined,
    floatingImages: [],
    maxAge: undefined,
    timeout: undefined,
    notices: [],
    readsWorkspace: false,
    isCurrent: () => true,
    ...part,
  };
  const answer = (await lookUp([build], "buildx")).get(build);
  return { answer, names: readScriptedStore(root).map(({ RepoTags }) => RepoTags) };
}

const found = (digit: string): LookedUp => ({ found: { digest: `sha256:${digit.repeat(64)}`, store: "engine" }, obstacle: undefined });

const NOWHERE: LookedUp = { found: undefined, obstacle: undefined };

describe("lookUp", () => {
  it("finds an image of staged files by its label, and gives it its name", async () => {
    expect(await find([["1", KEY, [], "a"], ["2", "0".repeat(64), ["billing:latest"], "b"]])).toEqual({ answer: found("1"), names: [["billing:latest"], []] });
  });

  it("leaves the name with the image of the same contents, which gets the key's", async () => {
    const { answer, names } = await find([["1", KEY, [], "a"], ["2", "0".repeat(64), ["billing:latest"], "a"]]);
    expect(answer).toEqual(found("2"));
    expect(names.map((each) => [...each].sort())).toEqual([[], ["billing:latest", KEY_TAG]]);
  });

  it.each([[[]], [["billing:latest"]]])("does not find one that was built from the workspace by its label, with the names %j", async (names) => {
    expect((await find([["1", KEY, names, "a"]], { readsWorkspace: true, keyTags: [KEY_TAG] })).answer).toEqual(NOWHERE);
  });

  it("finds it by the key's tag, whatever its label says", async () => {
    for (const label of [KEY, "0".repeat(64)]) {
      expect(await find([["1", label, [KEY_TAG], "a"]], { readsWorkspace: true, keyTags: [KEY_TAG] })).toEqual({ answer: found("1"), names: [[KEY_TAG, "billing:latest"]] });
    }
  });
});
