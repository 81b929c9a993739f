import { describe, expect, it } from "vitest";
import type { DockerPushOptions } from "../schema.js";
import { resolveRepository } from "./repository.js";
import { resolvePush } from "./resolve-push.js";

const PROJECT = { name: "@module/order-history", root: "modules/order-history", imageName: "order_history" };
const REVISION = { commit: "0123456789abcdef0123456789abcdef01234567", changed: [] };
const REPOSITORY = "ghcr.io/acme/billing";
const OWN = `${REPOSITORY}:sha-0123456789ab`;

const resolve = (options: DockerPushOptions, facts: Partial<Parameters<typeof resolvePush>[1]> = {}) =>
  resolvePush(options, { build: {}, imageName: "billing", repository: REPOSITORY, revision: REVISION, writesCache: false, ...facts });

describe("resolvePush", () => {
  it("names the image after its revision and says what was pushed in a file that git ignores", () => {
    expect(resolve({})).toEqual({
      build: { repository: REPOSITORY, tags: [OWN], push: true, digestFile: ".nx/images/billing.json" },
      fixed: [OWN],
    });
  });

  it("adds names that stay and names that move", () => {
    const { build, fixed } = resolve({ tags: [":1.2.0", "other/billing:1"], movingTags: [":main"] });
    expect(build.tags).toEqual([OWN, `${REPOSITORY}:1.2.0`, "other/billing:1", `${REPOSITORY}:main`]);
    expect(fixed).toEqual([OWN, `${REPOSITORY}:1.2.0`, "other/billing:1"]);
  });

  it("gives what is not committed a name that moves", () => {
    const { build, fixed } = resolve({ tags: [":1"] }, { revision: { ...REVISION, changed: ["a.ts"] } });
    expect(build.tags).toEqual([`${OWN}-dirty`, `${REPOSITORY}:1`]);
    expect(fixed).toEqual([`${REPOSITORY}:1`]);
  });

  it("builds as the build target says, under names and files of its own", () => {
    const made = { file: "a/Dockerfile", timeout: 60, platforms: ["linux/arm64"], network: "host", optional: true };
    const { build } = resolve({ digestFile: "out.json" }, { build: { ...made, tags: [":edge"], load: true, force: true, digestFile: "other.json" } });
    expect(build).toEqual({ ...made, repository: REPOSITORY, tags: [OWN], push: true, digestFile: "out.json" });
  });

  it("may have a time of its own", () => {
    expect(resolve({ timeout: 0 }, { build: { timeout: 60 } }).build.timeout).toBe(0);
  });

  it("keeps a cache in the repository beside those that are named", () => {
    const { build } = resolve({}, { writesCache: true, build: { cacheFrom: "type=gha,scope=a", cacheTo: ["type=inline"] } });
    expect(build.cacheFrom).toEqual(["type=gha,scope=a", `type=registry,ref=${REPOSITORY}:cache`]);
    expect(build.cacheTo).toEqual(["type=inline", `type=registry,ref=${REPOSITORY}:cache,mode=max,ignore-error=true`]);
  });
});

describe("resolveRepository", () => {
  it.each([
    [["", undefined, "ghcr.io/acme/history"], ["ghcr.io/acme"], "ghcr.io/acme/history"],
    [[], [undefined, "ghcr.io/Acme/", "other"], "ghcr.io/acme/order_history"],
  ])("takes the first of %j, else of %j", (repositories, registries, expected) => {
    expect(resolveRepository({ repositories, registries }, PROJECT)).toBe(expected);
  });

  it("refuses to push to what everybody shares", () => {
    expect(() => resolveRepository({ repositories: [undefined], registries: ["", undefined] }, PROJECT)).toThrow(
      /^REGISTRY_MISSING: .+order_history.+\n {2}where: {2}modules\/order-history\n {2}remedy: set OONEEX_REGISTRY=/,
    );
  });
});
