import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { ProbeResult } from "../engine.js";
import { describeImages } from "./engine-store.js";
import { keepInEngine } from "./keep-in-engine.js";
import type { Described } from "./same-contents.js";

interface Recorded extends Described {
  readonly RepoTags: readonly string[];
}

/** What Docker Engine 26.1 says of images of one Dockerfile, by their tags. */
const IMAGES = JSON.parse(readFileSync(join(import.meta.dirname, "fixtures/docker-equal.json"), "utf8")) as Recorded[];
const find = (tag: string): Recorded => IMAGES.find(({ RepoTags }) => RepoTags[0]?.endsWith(`:${tag}`)) as Recorded;

const [BEFORE, AFTER, LAYER] = [find("before"), find("after"), find("layer")];
const KEY = "b".repeat(64);
const KEY_TAG = `billing:ooneex-${"b".repeat(32)}`;

/** An engine in which `billing:latest` is an image, its key's tag perhaps another, and that refuses what a test says. */
function engineWith(image: Recorded, refused = /^$/, tagged?: Recorded) {
  const images = [{ ...image, RepoTags: ["billing:latest"] }, ...(tagged === undefined ? [] : [{ ...tagged, RepoTags: [KEY_TAG] }])];
  const asked: string[] = [];
  const probe = (argv: readonly string[]): Promise<ProbeResult> => {
    if (argv[1] === "image") return Promise.resolve({ code: 0, stdout: JSON.stringify(images), stderr: "" });
    const line = argv.slice(1).join(" ");
    asked.push(line);
    return Promise.resolve(refused.test(line) ? { code: 1, stdout: "", stderr: "Error: No such image" } : { code: 0, stdout: "", stderr: "" });
  };
  return { asked, probe };
}

const NAMES = ["billing:latest", "billing:2"];

describe("describeImages", () => {
  it("finds each name's image by the names that the engine writes", async () => {
    const { probe } = engineWith(AFTER);
    const found = await describeImages("docker", ["docker.io/library/billing", "orders:latest"], probe);
    expect([...found].map(([name, { Id }]) => [name, Id])).toEqual([["docker.io/library/billing", AFTER.Id]]);
  });
});

describe("keepInEngine", () => {
  it("gives all names and the key's to the image from before, and removes nothing", async () => {
    const { asked, probe } = engineWith(AFTER);
    expect(await keepInEngine("docker", BEFORE, { names: NAMES, key: KEY }, probe)).toEqual({ kept: BEFORE.Id, replaced: AFTER.Id });
    expect(asked).toEqual([KEY_TAG, ...NAMES].map((name) => `tag ${BEFORE.Id} ${name}`));
  });

  it("keeps the one that another run has kept in the meantime", async () => {
    const { probe } = engineWith(AFTER, /^$/, BEFORE);
    for (const before of [AFTER, LAYER]) {
      expect(await keepInEngine("docker", before, { names: NAMES, key: KEY }, probe)).toEqual({ kept: BEFORE.Id, replaced: AFTER.Id });
    }
  });

  it("does not trust the tag of the key", async () => {
    const { asked, probe } = engineWith(AFTER, /^$/, LAYER);
    expect(await keepInEngine("docker", AFTER, { names: NAMES, key: KEY }, probe)).toBeUndefined();
    expect(asked).toEqual([]);
  });

  it.each([
    ["the contents differ", LAYER, KEY],
    ["the id is the same", BEFORE, "a".repeat(64)],
    ["the name stands for an image of another key by now", AFTER, "c".repeat(64)],
  ])("changes nothing where %s", async (_, image, key) => {
    const { asked, probe } = engineWith(image);
    expect(await keepInEngine("docker", BEFORE, { names: NAMES, key }, probe)).toBeUndefined();
    expect(asked).toEqual([]);
  });

  it("leaves the new one where the image from before has gone", async () => {
    const { asked, probe } = engineWith(AFTER, /^tag /);
    expect(await keepInEngine("docker", BEFORE, { names: NAMES, key: KEY }, probe)).toBeUndefined();
    expect(asked).toHaveLength(1);
  });
});
