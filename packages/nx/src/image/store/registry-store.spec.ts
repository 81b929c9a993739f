import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { type ProbeResult, TIMED_OUT } from "../engine.js";
import { addKeyTagsInRegistry, findInRegistry, pullFromRegistry, readRegistryDigest, tagInRegistry } from "./registry-store.js";

/** Answers of buildx 0.13 about what docker-registry 2.8 holds: one image, an index of just that, an index of two. */
const read = (name: string): string => readFileSync(join(import.meta.dirname, `fixtures/imagetools-${name}.json`), "utf8");
const IMAGE = read("image");
const INDEX_OF_ONE = read("index-of-one");
const INDEX = read("index");

const DIGEST = "sha256:914e29b68b6cb9b87d21b457c964cb71849365849f08a866ecd7fe8b6d0805e2";
const KEY = "e".repeat(64);
const TAG = `ooneex-${"e".repeat(32)}`;
const BOTH = ["linux/amd64", "linux/arm64"];

/** What stands under which name; anything else is unknown to the registry, and everything that is created works. */
function registryOf(
  names: Record<string, string | Partial<ProbeResult>>,
  created: Partial<ProbeResult> | ((argv: readonly string[]) => Partial<ProbeResult>) = {},
) {
  const asked: string[] = [];
  const probe = (argv: readonly string[]): Promise<ProbeResult> => {
    const reference = argv.at(-1) ?? "";
    const missing = { code: 1, stdout: "", stderr: `ERROR: ${reference}: not found\n` };
    if (argv[3] !== "inspect") {
      asked.push(argv.join(" "));
      return Promise.resolve({ code: 0, stdout: "", stderr: "", ...(typeof created === "function" ? created(argv) : created) });
    }
    const answer = names[reference] ?? missing;
    return Promise.resolve({ code: 0, stdout: "", stderr: "", ...(typeof answer === "string" ? { stdout: answer } : answer) });
  };
  return { probe, asked };
}

describe("findInRegistry", () => {
  const find = (under: Record<string, string | Partial<ProbeResult>>, platforms: readonly string[] = [], key = KEY) =>
    findInRegistry({ references: ["ghcr.io/acme/billing:1", "acme/billing:1"], key, platforms }, registryOf(under).probe);

  it.each([
    ["one image", IMAGE, [], DIGEST],
    ["one image of the platform", IMAGE, ["linux/amd64"], DIGEST],
    ["an index of one", INDEX_OF_ONE, ["linux/amd64"], (JSON.parse(INDEX_OF_ONE) as { manifest: { digest: string } }).manifest.digest],
    ["an index of both", INDEX, BOTH, "sha256:f80749a89c472542113b1576272d56ca1bb06641a84f29acfadd0ceac738b98c"],
  ])("finds %s", async (_, answer, platforms, digest) => {
    const { found, reason } = await find({ [`ghcr.io/acme/billing:${TAG}`]: answer }, platforms);
    const only = answer === INDEX_OF_ONE ? DIGEST : undefined;
    expect(found).toEqual({ repository: "ghcr.io/acme/billing", digest, only, key: KEY, platforms, builder: undefined });
    expect(reason).toBeUndefined();
  });

  it("finds it in whichever repository has it", async () => {
    expect((await find({ [`acme/billing:${TAG}`]: IMAGE })).found?.repository).toBe("acme/billing");
  });

  it.each([
    ["an index where one is missing", INDEX_OF_ONE, BOTH, "it has no image for linux/arm64"],
    ["one image of several", IMAGE, BOTH, "it has no image for linux/arm64"],
    ["another platform", IMAGE, ["linux/arm64"], "it has no image for linux/arm64"],
    ["an index whose image cannot be read", withoutImage("linux/arm64"), [], "its image for linux/arm64 cannot be read"],
    ["an index with an image of another key", INDEX.replace(KEY, "0".repeat(64)), BOTH, "was built from something else"],
    ["an image without the label", IMAGE.replace("dev.ooneex.nx.key", "team"), [], "was built from something else"],
    ["an answer of another kind", "[]", [], "cannot be read"],
    ["an answer that is cut off", IMAGE.slice(0, 200), [], "cannot be read"],
    [
      "an index that lists an image which has gone",
      { code: 1, stderr: `ERROR: failed to copy: httpReadSeeker: failed open: content at http://127.0.0.1:5911/v2/x not found: not found\n` },
      BOTH,
      "failed to copy: httpReadSeeker",
    ],
    ["a registry that refuses", { code: 1, stderr: "ERROR: unexpected status from HEAD request: 401 Unauthorized\n" }, [], "401 Unauthorized"],
    ["a registry that does not answer", { code: TIMED_OUT, stderr: "#1 pushing" }, [], "no answer in time"],
    ["a registry that fails without a word", { code: 1 }, [], "no reason was given"],
    ["a machine without Docker", { code: undefined }, [], "not installed"],
    ["a Docker without buildx", { code: 1, stderr: "docker: 'buildx' is not a docker command.\nSee 'docker --help'\n" }, [], "not installed"],
  ])("does not find %s", async (_, answer, platforms, expected) => {
    const { found, reason } = await find({ [`ghcr.io/acme/billing:${TAG}`]: answer }, platforms);
    expect(found).toBeUndefined();
    expect(reason).toContain(expected);
    expect(reason).not.toContain("\n");
  });

  it.each([
    ["not found", {}],
    ["manifest unknown", { [`ghcr.io/acme/billing:${TAG}`]: { code: 1, stderr: "ERROR: unexpected status: 404 Not Found: manifest unknown\n" } }],
  ])("has nothing to say where a registry has no such name: %s", async (_, names) => {
    expect(await find(names)).toEqual({ found: undefined, reason: undefined });
  });

  it("says nothing of the registry that has no such name beside one that refuses", async () => {
    const { reason } = await find({ [`ghcr.io/acme/billing:${TAG}`]: { code: 1, stderr: "ERROR: 401 Unauthorized\n" } });
    expect(reason).toBe(`ghcr.io/acme/billing:${TAG}: 401 Unauthorized`);
  });
});

/** The index without what buildx says of one of its images, which only another version than the recorded one would do. */
function withoutImage(platform: string): string {
  const answer = JSON.parse(INDEX) as { image: Record<string, unknown> };
  delete answer.image[platform];
  return JSON.stringify(answer);
}

describe("readRegistryDigest", () => {
  it("reads that of an image, and none of what is not there", async () => {
    const { probe } = registryOf({ "ghcr.io/acme/billing:1": IMAGE });
    expect(await readRegistryDigest("ghcr.io/acme/billing:1", undefined, probe)).toBe(DIGEST);
    expect(await readRegistryDigest("ghcr.io/acme/billing:2", undefined, probe)).toBeUndefined();
  });
});

describe("tagInRegistry", () => {
  const found = { repository: "ghcr.io/acme/billing", digest: DIGEST, key: KEY, platforms: [], builder: "farm" };
  const create = "docker buildx imagetools create --builder farm";

  const createdAs = (...tags: string[]) => `${create} --prefer-index=false ${tags.map((tag) => `--tag ${tag}`).join(" ")} ghcr.io/acme/billing@${DIGEST}`;

  it("creates the names that are missing in one go, the key's tag of another repository among them", async () => {
    const { probe, asked } = registryOf({ [`ghcr.io/acme/billing:${TAG}`]: IMAGE, "ghcr.io/acme/billing:1": INDEX_OF_ONE });
    expect(await tagInRegistry(found, ["ghcr.io/acme/billing:1", "ghcr.io/acme/billing:2", "acme/billing:2"], probe)).toBeUndefined();
    expect(asked).toEqual([createdAs(`acme/billing:${TAG}`, "ghcr.io/acme/billing:2", "acme/billing:2")]);
  });

  it("creates them one after the other where a registry refuses them at once", async () => {
    const { probe, asked } = registryOf({}, (argv) => (argv.filter((word) => word === "--tag").length > 1 ? { code: 1, stderr: "ERROR: 400 Bad Request\n" } : {}));
    expect(await tagInRegistry(found, ["ghcr.io/acme/billing:2", "acme/billing:2"], probe)).toBeUndefined();
    const names = [`ghcr.io/acme/billing:${TAG}`, `acme/billing:${TAG}`, "ghcr.io/acme/billing:2", "acme/billing:2"];
    expect(asked).toEqual([createdAs(...names), ...names.map((name) => createdAs(name))]);
  });

  it("stops at the first name that a registry refuses by itself", async () => {
    const { probe, asked } = registryOf({}, (argv) => (argv.includes(`acme/billing:${TAG}`) ? { code: 1, stderr: "ERROR: acme/billing: denied\n" } : {}));
    expect(await tagInRegistry(found, ["ghcr.io/acme/billing:2", "acme/billing:2"], probe)).toBe("acme/billing: denied");
    expect(asked.slice(1)).toEqual([createdAs(`ghcr.io/acme/billing:${TAG}`), createdAs(`acme/billing:${TAG}`)]);
  });

  it("does nothing where all names are there", async () => {
    const { probe, asked } = registryOf({ [`ghcr.io/acme/billing:${TAG}`]: IMAGE, "ghcr.io/acme/billing:1": IMAGE });
    expect(await tagInRegistry(found, ["ghcr.io/acme/billing:1"], probe)).toBeUndefined();
    expect(asked).toEqual([]);
  });

  it("does nothing where a name stands for the only image of the index that was found", async () => {
    const { probe, asked } = registryOf({ [`ghcr.io/acme/billing:${TAG}`]: INDEX_OF_ONE, "ghcr.io/acme/billing:1": IMAGE });
    const { digest } = (JSON.parse(INDEX_OF_ONE) as { manifest: { digest: string } }).manifest;
    expect(await tagInRegistry({ ...found, digest, only: DIGEST }, ["ghcr.io/acme/billing:1"], probe)).toBeUndefined();
    expect(asked).toEqual([]);
  });

  it("takes a name from another image", async () => {
    const { probe, asked } = registryOf({ [`ghcr.io/acme/billing:${TAG}`]: IMAGE, "ghcr.io/acme/billing:1": INDEX });
    expect(await tagInRegistry(found, ["ghcr.io/acme/billing:1"], probe)).toBeUndefined();
    expect(asked).toHaveLength(1);
  });

  it("does without the flag that an older buildx does not know", async () => {
    const stderr = "unknown flag: --prefer-index\nSee 'docker buildx imagetools create --help'.\n";
    const { probe, asked } = registryOf({}, (argv) => (argv.includes("--prefer-index=false") ? { code: 125, stderr } : {}));
    expect(await tagInRegistry(found, ["ghcr.io/acme/billing:1"], probe)).toBeUndefined();
    expect(asked).toHaveLength(2);
    expect(asked[1]).toBe(asked[0]?.replace(" --prefer-index=false", ""));
  });

  it("says that an image has gone", async () => {
    const { probe, asked } = registryOf({}, { code: 1, stderr: `ERROR: ghcr.io/acme/billing@${DIGEST}: not found\n` });
    expect(await tagInRegistry(found, ["ghcr.io/acme/billing:1"], probe)).toBe(`ghcr.io/acme/billing@${DIGEST}: not found`);
    expect(asked).toHaveLength(2);
  });

  it("waits for a registry that does not answer once", async () => {
    const { probe, asked } = registryOf({}, { code: TIMED_OUT, stderr: "#1 [internal] pushing ghcr.io/acme/billing:1\n" });
    expect(await tagInRegistry(found, ["ghcr.io/acme/billing:1"], probe)).toBe("no answer in time");
    expect(asked).toHaveLength(1);
  });
});

describe("addKeyTagsInRegistry", () => {
  const create = "docker buildx imagetools create --prefer-index=false";
  const add = async (names: Record<string, string>, created: Partial<ProbeResult> = {}) => {
    const { probe, asked } = registryOf(names, created);
    const references = ["ghcr.io/acme/billing:1", "ghcr.io/acme/billing:2", "acme/billing:1"];
    return { reason: await addKeyTagsInRegistry({ references, key: KEY, platforms: ["linux/amd64"] }, probe), asked };
  };

  it("names what was pushed to each repository, once", async () => {
    const { reason, asked } = await add({ "ghcr.io/acme/billing:1": INDEX, "ghcr.io/acme/billing:2": IMAGE, "acme/billing:1": IMAGE });
    expect(reason).toBeUndefined();
    expect(asked).toEqual(["ghcr.io/acme/billing", "acme/billing"].map((repository) => `${create} --tag ${repository}:${TAG} ${repository}@${DIGEST}`));
  });

  it("does not name what has taken its place, and says so", async () => {
    const other = IMAGE.replaceAll(KEY, "0".repeat(64));
    const { reason, asked } = await add({ "ghcr.io/acme/billing:2": IMAGE, "acme/billing:1": other });
    expect(reason).toBe("acme/billing:1: its image for linux/amd64 was built from something else");
    expect(asked).toHaveLength(1);
  });

  it("says why a registry takes no name", async () => {
    const { reason } = await add({ "ghcr.io/acme/billing:2": IMAGE, "acme/billing:1": IMAGE }, { code: 1, stderr: "ERROR: 403 Forbidden\nmore\n" });
    expect(reason).toBe("403 Forbidden");
  });
});

describe("pullFromRegistry", () => {
  const found = { repository: "ghcr.io/acme/billing", digest: DIGEST, key: KEY, platforms: ["linux/amd64"] };

  const pull = async (key: string, codes: Record<string, number> = {}) => {
    const asked: string[] = [];
    const inspected = { Id: `sha256:${"1".repeat(64)}`, RepoTags: [], Os: "linux", Architecture: "amd64", Config: { Labels: { "dev.ooneex.nx.key": key } } };
    const probe = (argv: readonly string[]): Promise<ProbeResult> => {
      asked.push(argv.join(" "));
      const stderr = "Error response from daemon: No such image";
      return Promise.resolve({ code: codes[argv[1] ?? ""] ?? 0, stdout: JSON.stringify([inspected]), stderr });
    };
    return { image: await pullFromRegistry("docker", found, ["billing:latest"], probe), asked };
  };

  it("pulls what was found, whatever its tag stands for by now, and names it", async () => {
    const { image, asked } = await pull(KEY);
    expect(image?.id).toBe(`sha256:${"1".repeat(64)}`);
    expect(asked).toEqual([
      `docker pull --quiet --platform linux/amd64 ghcr.io/acme/billing@${DIGEST}`,
      `docker image inspect ghcr.io/acme/billing@${DIGEST}`,
      `docker tag ${image?.id} billing:latest`,
    ]);
  });

  it.each([
    ["it cannot be pulled", KEY, { pull: 1 }],
    ["it is of another key", "0".repeat(64), {}],
    ["it has gone again", KEY, { tag: 1 }],
  ])("has it built where %s", async (_, key, codes) => {
    expect((await pull(key, codes)).image).toBeUndefined();
  });
});
