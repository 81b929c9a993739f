import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { ProbeResult } from "../engine.js";
import { describeImages, findInEngine, inspectImage, tagInEngine, type WantedKey } from "./engine-store.js";
import { keyTag } from "./key-label.js";

/** Answers of Docker Engine 26.1 and Podman 4.3 about images of one Dockerfile, and what is based on them. */
const RECORDED = {
  docker: readFileSync(join(import.meta.dirname, "fixtures/docker-inspect.json"), "utf8"),
  podman: readFileSync(join(import.meta.dirname, "fixtures/podman-inspect.json"), "utf8"),
};

const KEY = "d".repeat(64);
const KEY_OF_A_TAG = "f".repeat(64);
const KEY_WITHOUT_TRIGGER = "a".repeat(64);

interface Recorded {
  readonly Id: string;
  readonly RepoTags: string[];
}

/** An engine whose store holds what was recorded, in some order, as far as the names say. */
function storeOf(engine: "docker" | "podman", select: (image: Recorded) => boolean = () => true) {
  const images = (JSON.parse(RECORDED[engine]) as Recorded[]).filter(select);
  const asked: string[][] = [];
  const probe = (argv: readonly string[]): Promise<ProbeResult> => {
    asked.push([...argv]);
    const listed = images.map(({ Id }) => `${Id}\n`).join("");
    return Promise.resolve({ code: 0, stdout: argv[2] === "ls" ? listed : JSON.stringify(images), stderr: "" });
  };
  return { probe, asked };
}

const named = (name: string) => ({ RepoTags }: Recorded) => RepoTags.includes(name);

const wanted = (needsTag: boolean, each: readonly string[]): Map<string, WantedKey> => new Map(each.map((key) => [key, { tags: [keyTag("h5s:ours2", key)], needsTag }]));

const keys = (...each: readonly string[]): Map<string, WantedKey> => wanted(false, each);

const taggedKeys = (...each: readonly string[]): Map<string, WantedKey> => wanted(true, each);

describe("findInEngine", () => {
  it("finds every key with two commands", async () => {
    const { probe, asked } = storeOf("docker");
    const found = await findInEngine("docker", keys(KEY, KEY_OF_A_TAG, "0".repeat(64)), ["linux/amd64"], { probe });
    expect([...found.keys()]).toEqual([KEY, KEY_OF_A_TAG]);
    expect(found.get(KEY)).toEqual({
      id: "sha256:24c1d5913c77ce7215aaa5e912792e3e6aeccf38d5921295f18ccb72577bf324",
      references: ["127.0.0.1:5911/acme/multi:amd64", "h5s:ours2"],
      os: "linux",
      architecture: "amd64",
      variant: undefined,
    });
    expect(asked).toHaveLength(2);
  });

  it.each([
    ["an image without an instruction of its own", "docker", "h5s:none"],
    ["an image with a variable more", "docker", "h5s:env"],
    ["an image committed from a container", "docker", "h5s:commit"],
    ["an image with a variable more", "podman", "localhost/child:latest"],
    ["an image committed from a container", "podman", "localhost/committed:latest"],
  ] as const)("does not take %s for the one it is based on, in %s", async (_, engine, name) => {
    expect(await findInEngine(engine, keys(KEY), [], { probe: storeOf(engine, named(name)).probe })).toEqual(new Map());
  });

  it("finds an image of a Dockerfile without the trigger only by the tag of its key", async () => {
    const found = await findInEngine("docker", keys(KEY_OF_A_TAG, KEY_WITHOUT_TRIGGER), [], { probe: storeOf("docker").probe });
    expect([...found.keys()]).toEqual([KEY_OF_A_TAG]);
  });

  describe("an image that has the tag of a second key", () => {
    const other = "9".repeat(64);
    const images = (JSON.parse(RECORDED.docker) as Recorded[])
      .filter(named("h5s:ours2"))
      .map((image) => ({ ...image, RepoTags: [...image.RepoTags, keyTag("h5s:ours2", other)] }));
    const asked: string[][] = [];
    /** Lists what has the label, and inspects what it is asked for. */
    const probe = (argv: readonly string[]): Promise<ProbeResult> => {
      asked.push([...argv]);
      if (argv[2] === "ls") return Promise.resolve({ code: 0, stdout: argv.includes(`label=dev.ooneex.nx.key=${other}`) ? "" : `${images[0]?.Id}\n`, stderr: "" });
      return Promise.resolve({ code: 0, stdout: JSON.stringify(images), stderr: "" });
    };

    it("is found by either of several keys", async () => {
      const found = await findInEngine("docker", keys(KEY, other), [], { probe });
      expect([...found].map(([key, { id }]) => [key, id])).toEqual([KEY, other].map((key) => [key, images[0]?.Id]));
    });

    it("is found by the second alone, by the name", async () => {
      asked.length = 0;
      expect((await findInEngine("docker", keys(other), [], { probe })).get(other)?.id).toBe(images[0]?.Id);
      expect(asked.at(-1)).toEqual(["docker", "image", "inspect", keyTag("h5s:ours2", other)]);
      expect(await findInEngine("docker", keys(other), ["linux/arm64"], { probe })).toEqual(new Map());
      expect(await inspectImage("docker", "h5s:ours2", other, probe)).toMatchObject({ id: images[0]?.Id });
    });
  });

  describe("a key whose image only the tag tells", () => {
    const image = (JSON.parse(RECORDED.docker) as Recorded[]).find(named("h5s:ours2")) as Recorded;
    /** An engine in which just that image is, with the label of {@link KEY}, under the given names. */
    const engineWith = (...names: string[]) => {
      const asked: string[] = [];
      const probe = (argv: readonly string[]): Promise<ProbeResult> => {
        asked.push(argv.join(" "));
        const isListed = argv[2] === "ls" || argv.some((arg) => arg === image.Id || names.includes(arg));
        const stdout = argv[2] === "ls" ? `${image.Id}\n` : JSON.stringify(isListed ? [{ ...image, RepoTags: names }] : []);
        return Promise.resolve({ code: 0, stdout, stderr: "" });
      };
      return { probe, asked };
    };
    const tag = keyTag("h5s:ours2", KEY);

    it.each([[["h5s:ours2"]], [[]]])("is not found by its label, with the names %j", async (names) => {
      for (const asked of [taggedKeys(KEY), taggedKeys(KEY, KEY_OF_A_TAG)]) {
        expect(await findInEngine("docker", asked, ["linux/amd64"], { probe: engineWith(...names).probe })).toEqual(new Map());
      }
      expect((await findInEngine("docker", keys(KEY), ["linux/amd64"], { probe: engineWith(...names).probe })).get(KEY)?.id).toBe(image.Id);
    });

    it("is found by the tag, with one command where it is the only one", async () => {
      const { probe, asked } = engineWith("h5s:ours2", tag);
      expect((await findInEngine("docker", taggedKeys(KEY), ["linux/amd64"], { probe })).get(KEY)?.id).toBe(image.Id);
      expect(asked).toEqual([`docker image inspect ${tag}`]);
      expect((await findInEngine("docker", taggedKeys(KEY, KEY_OF_A_TAG), ["linux/amd64"], { probe })).get(KEY)?.id).toBe(image.Id);
      expect(asked).toHaveLength(3);
    });
  });

  it("prefers the image that has the key's tag to a nameless one that has its label", async () => {
    const [image] = (JSON.parse(RECORDED.docker) as Recorded[]).filter(named("h5s:ours2"));
    const other = "9".repeat(64);
    const kept = { ...image, RepoTags: ["h5s:ours2", keyTag("h5s:ours2", other)] };
    const nameless = JSON.parse(JSON.stringify({ ...image, Id: `sha256:${"1".repeat(64)}`, RepoTags: [] }).replaceAll(KEY, other)) as Recorded;
    const probe = (argv: readonly string[]): Promise<ProbeResult> => {
      const stdout = argv[2] === "ls" ? `${nameless.Id}\n` : JSON.stringify(argv.includes(nameless.Id) ? [nameless] : [kept]);
      return Promise.resolve({ code: 0, stdout, stderr: "" });
    };
    expect((await findInEngine("docker", keys(other), [], { probe })).get(other)?.id).toBe(image?.Id);
  });

  it("finds Podman's", async () => {
    const found = await findInEngine("podman", keys(KEY), ["linux/amd64"], { probe: storeOf("podman").probe });
    expect(found.get(KEY)).toMatchObject({
      id: "sha256:c76c286ad30a031065621af0b18666b25f476124403877c2b298ef01fbea1d80",
      references: ["localhost/billing:latest", "127.0.0.1:5911/acme/pod:1"],
    });
  });

  it.each([
    [["linux/arm/v7"], "sha256:962f55dbfcc9ea241365d646aae593a1ca4feadd14a0f1ffe79c92cede84fc29"],
    [["linux/arm"], "sha256:962f55dbfcc9ea241365d646aae593a1ca4feadd14a0f1ffe79c92cede84fc29"],
    [["linux/arm64"], undefined],
    [["linux/amd64", "linux/arm/v7"], undefined],
  ])("of %j is %s", async (platforms, id) => {
    expect((await findInEngine("docker", keys(KEY), platforms, { probe: storeOf("docker").probe })).get(KEY)?.id).toBe(id);
  });

  it("prefers an image that has a name", async () => {
    const [image] = (JSON.parse(RECORDED.docker) as Recorded[]).filter(named("h5s:ours2"));
    const unnamed = { ...image, Id: `sha256:${"1".repeat(64)}`, RepoTags: [] };
    for (const order of [[unnamed, image], [image, unnamed]]) {
      const probe = () => Promise.resolve({ code: 0, stdout: JSON.stringify(order), stderr: "" });
      expect((await findInEngine("docker", keys(KEY), [], { probe })).get(KEY)?.id).toBe(image?.Id);
    }
    const probe = () => Promise.resolve({ code: 0, stdout: JSON.stringify([unnamed]), stderr: "" });
    expect((await findInEngine("docker", keys(KEY), [], { probe })).get(KEY)?.id).toBe(unnamed.Id);
  });

  it("finds what is left where an image has gone in between", async () => {
    const { probe } = storeOf("docker");
    const leaving = async (argv: readonly string[]): Promise<ProbeResult> => ({ ...(await probe(argv)), code: argv[2] === "ls" ? 0 : 1 });
    expect((await findInEngine("docker", keys(KEY), [], { probe: leaving })).size).toBe(1);
  });

  it.each([
    ["does not exist", { code: undefined, stdout: "", stderr: "" }],
    ["is down", { code: 1, stdout: "", stderr: "Cannot connect to the Docker daemon" }],
    ["says something else", { code: 0, stdout: "hello\n", stderr: "" }],
  ])("finds nothing in an engine that %s", async (_, answer) => {
    expect(await findInEngine("docker", keys(KEY), [], { probe: () => Promise.resolve(answer) })).toEqual(new Map());
  });
});

describe("inspectImage", () => {
  it("reads an image of the key, and none of another", async () => {
    const { probe } = storeOf("docker", named("h5s:ours2"));
    expect(await inspectImage("docker", "h5s:ours2", KEY, probe)).toMatchObject({ architecture: "amd64" });
    expect(await inspectImage("docker", "h5s:ours2", KEY_OF_A_TAG, probe)).toBeUndefined();
  });
});

describe("tagInEngine", () => {
  const image = { id: `sha256:${"d".repeat(64)}`, os: "linux", architecture: "amd64" };

  const tag = async (engine: "docker" | "podman", own: string[], wanted: string[], answer: Partial<ProbeResult> = {}) => {
    const asked: string[] = [];
    const probe = (argv: readonly string[]): Promise<ProbeResult> => {
      asked.push(argv.join(" "));
      return Promise.resolve({ code: 0, stdout: "", stderr: "", ...answer });
    };
    return { done: await tagInEngine(engine, { ...image, references: own }, wanted, probe), asked };
  };

  it("gives the names that are missing", async () => {
    expect(await tag("docker", ["billing:latest"], ["billing:latest", "billing:2"])).toEqual({
      done: true,
      asked: [`docker tag ${image.id} billing:2`],
    });
  });

  it.each([
    ["docker", "acme/billing:1", "docker.io/acme/billing:1"],
    ["docker", "billing:latest", "docker.io/library/billing"],
    ["podman", "localhost/billing:latest", "billing"],
    ["podman", "localhost/acme/billing:latest", "acme/billing"],
    ["podman", "localhost/billing:1", "localhost/billing:1"],
    ["podman", "ghcr.io/acme/billing:1", "ghcr.io/acme/billing:1"],
  ] as const)("knows that %s's %s is %s", async (engine, own, wanted) => {
    expect((await tag(engine, [own], [wanted])).asked).toEqual([]);
  });

  it.each([
    ["docker", "localhost/billing:latest", "billing:latest"],
    ["podman", "localhost/billing:1", "docker.io/library/billing:1"],
    ["podman", "localhost/127.0.0.1:5000/billing:1", "127.0.0.1:5000/billing:1"],
    ["podman", "localhost/localhost/billing:1", "localhost/billing:1"],
  ] as const)("knows that %s's %s is not %s", async (engine, own, wanted) => {
    expect((await tag(engine, [own], [wanted])).asked).toHaveLength(1);
  });

  it.each([
    ["docker", `Error response from daemon: No such image: ${image.id}\n`],
    ["podman", `Error: ${image.id}: image not known\n`],
  ] as const)("says that an image of %s has gone", async (engine, stderr) => {
    expect((await tag(engine, [], ["billing:1"], { code: 1, stderr })).done).toBe(false);
  });

  it("does not hide any other failure", async () => {
    const stderr = 'Error parsing reference: "Billing" is not a valid repository/tag\n';
    await expect(tag("docker", [], ["Billing"], { code: 1, stderr })).rejects.toMatchObject({ code: "TAG_FAILED" });
  });
});

describe("describeImages", () => {
  it("finds what Podman writes with localhost before it, in one part or several", async () => {
    const image = { Id: "1".repeat(64), RepoTags: ["localhost/acme/billing:latest", "localhost/billing:2"] };
    const probe = () => Promise.resolve({ code: 0, stdout: JSON.stringify([image]), stderr: "" });
    const found = await describeImages("podman", ["acme/billing", "billing:2", "quay.io/billing:2"], probe);
    expect([...found].map(([name, { Id }]) => [name, Id])).toEqual(["acme/billing", "billing:2"].map((name) => [name, `sha256:${image.Id}`]));
  });
});
