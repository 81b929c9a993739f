import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { ProbeResult } from "../../../image/engine.js";
import { createPlan } from "../../../testing/build-plan.js";
import type { PreparedBuild } from "../../docker-build/lib/prepare-build.js";
import { writesRegistryCache } from "./cache-driver.js";
import { findUnderFixedTags } from "./fixed-tags.js";

/** What buildx answers about one image in a registry, of the key that is all `e`. */
const read = (name: string): string => readFileSync(join(import.meta.dirname, `../../../image/store/fixtures/imagetools-${name}.json`), "utf8");
const IMAGE = read("image");
/** The same image under a name that an older buildx has given it. */
const WRAPPED = read("index-of-one");
const DIGEST = "sha256:914e29b68b6cb9b87d21b457c964cb71849365849f08a866ecd7fe8b6d0805e2";
const KEY = "e".repeat(64);
const NAME = "ghcr.io/acme/billing:sha-0123456789ab";

const build = (key: string | undefined): PreparedBuild => ({
  project: { name: "@module/billing", root: "modules/billing", imageName: "billing" },
  plan: createPlan({ push: true }),
  key,
  platform: "linux/amd64",
  references: [NAME],
  stage: undefined,
  floatingImages: [],
  maxAge: undefined,
  timeout: undefined,
  notices: [],
  keyTags: [],
  readsWorkspace: false,
  isCurrent: () => true,
});

/** A registry with some names; an answer that is no JSON is one that buildx writes to its standard error. */
const find = (names: Record<string, string>, { key = KEY, fixed = [NAME] }: { key?: string; fixed?: string[] } = {}) =>
  findUnderFixedTags(build(key === "" ? undefined : key), fixed, (argv): Promise<ProbeResult> => {
    const answer = names[argv.at(-1) ?? ""] ?? `ERROR: ${argv.at(-1)}: not found`;
    const isFound = answer.startsWith("{");
    return Promise.resolve({ code: isFound ? 0 : 1, stdout: isFound ? answer : "", stderr: isFound ? "" : answer });
  });

describe("findUnderFixedTags", () => {
  it.each(["not found", "unexpected status: 403 Forbidden", "pull access denied", "unexpected status from HEAD request: 401 Unauthorized"])(
    "finds nothing where the registry says: %s",
    async (words) => {
      expect(await find({ [NAME]: `ERROR: ${words}` })).toBeUndefined();
    },
  );

  it("finds the image that the push would make", async () => {
    const image = { repository: "ghcr.io/acme/billing", digest: DIGEST, key: KEY, platforms: ["linux/amd64"], builder: undefined };
    const other = "ghcr.io/acme/billing:1";
    expect(await find({ [NAME]: IMAGE })).toEqual({ image, references: [NAME] });
    expect(await find({ [NAME]: IMAGE }, { fixed: [other, NAME] })).toEqual({ image, references: [NAME] });
    expect(await find({ [NAME]: IMAGE, [other]: WRAPPED }, { fixed: [NAME, other] })).toEqual({ image, references: [NAME, other] });
  });

  it.each([
    ["another image", IMAGE.replaceAll(KEY, "0".repeat(64)), KEY, "was built from something else"],
    ["an image of nobody knows what", IMAGE, "", "cannot be told"],
  ])("refuses a name that %s has", async (_, answer, key, what) => {
    await expect(find({ [NAME]: answer }, { key })).rejects.toMatchObject({ code: "TAG_TAKEN", where: NAME, what: expect.stringContaining(what) as string });
  });

  it("refuses two names of two images, were both of the same contents", async () => {
    const other = "ghcr.io/acme/billing:1";
    const answers = { [NAME]: IMAGE, [other]: IMAGE.replaceAll(DIGEST, `sha256:${"1".repeat(64)}`) };
    await expect(find(answers, { fixed: [NAME, other] })).rejects.toMatchObject({ code: "TAG_TAKEN", where: other });
  });

  it.each(["dial tcp 127.0.0.1:9: connect: connection refused", "x509: certificate signed by unknown authority", ""])("refuses where the registry says no word of it: %j", async (words) => {
    await expect(find({ [NAME]: words })).rejects.toMatchObject({ code: "REGISTRY_SILENT", where: NAME });
  });
});

describe("writesRegistryCache", () => {
  const OWN = "Name:          default\nDriver:        docker\n\nNodes:\nName:             default\nEndpoint:         far\n";
  const asked: string[] = [];
  const ask = (builder: string, store = "") =>
    writesRegistryCache("ci", (argv) => {
      asked.push(argv.join(" "));
      return Promise.resolve({ code: 0, stdout: argv.includes("info") ? store : builder, stderr: "" });
    });

  it("knows the one driver that does not", async () => {
    expect(await ask(OWN, '[["Backing Filesystem","extfs"]]')).toBe(false);
    expect(await ask("Name:          ci\nDriver:        docker-container\n")).toBe(true);
    expect(await ask("")).toBe(false);
  });

  it("asks that one's engine, which does where its images are in containerd's store", async () => {
    expect(await ask(OWN, '[["driver-type","io.containerd.snapshotter.v1"]]')).toBe(true);
    expect(asked.at(-1)).toBe("docker --context far info --format {{json .DriverStatus}}");
  });
});
