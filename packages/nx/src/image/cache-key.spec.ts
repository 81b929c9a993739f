import { describe, expect, it } from "vitest";
import { createPlan } from "../testing/build-plan.js";
import type { BuildPlan } from "./build-plan.js";
import { type CacheKeyParts, computeCacheKey } from "./cache-key.js";

const PLAN = createPlan({
  buildArgs: { A: "1", B: "2" },
  buildContexts: { manifests: ".nx/x/manifests", sources: ".nx/x/sources" },
});

const PARTS: CacheKeyParts = { dockerfile: "FROM scratch\n", plan: PLAN, platform: "linux/amd64", contents: "c0ffee", period: 7 };

const keyOf = (parts: Partial<CacheKeyParts> = {}, plan: Partial<BuildPlan> = {}) =>
  computeCacheKey({ ...PARTS, ...parts, plan: { ...PLAN, ...plan } });

describe("computeCacheKey", () => {
  it("is 64 hexadecimal digits, the same each time", () => {
    expect(keyOf()).toMatch(/^[0-9a-f]{64}$/);
    expect(keyOf()).toBe(keyOf());
  });

  it.each([
    ["names", { tags: ["ghcr.io/acme/billing:1"] }],
    ["the order of build arguments", { buildArgs: { B: "2", A: "1" } }],
    ["where contexts are staged", { buildContexts: { sources: "elsewhere/s", manifests: "elsewhere/m" } }],
    ["where the Dockerfile is", { file: "Dockerfile" }],
    ["caches", { cacheFrom: ["type=gha"], cacheTo: ["type=gha"] }],
    ["secrets", { secrets: ["id=npmrc,src=.npmrc"] }],
    ["how it is built", { network: "host", progress: "plain", noCache: true, quiet: true }],
    ["where it goes", { push: true, load: true, metadataFile: "m.json" }],
  ] satisfies [string, Partial<BuildPlan>][])("does not count %s", (_title, plan) => {
    expect(keyOf({}, plan)).toBe(keyOf());
  });

  it.each([
    ["the target", { target: "build" }],
    ["a build argument", { buildArgs: { A: "1", B: "3" } }],
    ["a label", { labels: { team: "payments" } }],
    ["a platform", { platforms: ["linux/arm64"] }],
    ["the builder, which may build for another platform", { builder: "remote" }],
    ["which contexts are staged", { buildContexts: { sources: "x" } }],
    ["attestations", { provenance: "mode=max" }],
    ["an SBOM", { sbom: "true" }],
  ] satisfies [string, Partial<BuildPlan>][])("counts %s", (_title, plan) => {
    expect(keyOf({}, plan)).not.toBe(keyOf());
  });

  it("counts the engine's own platform only where none is given", () => {
    expect(keyOf({ platform: "linux/arm64" })).not.toBe(keyOf());
    const plan = { platforms: ["linux/amd64", "linux/arm64"] };
    expect(keyOf({ platform: "linux/arm64" }, { ...plan, builder: "remote" })).toBe(keyOf({}, plan));
  });

  it("counts the Dockerfile, the files and the stretch of time", () => {
    const keys = [keyOf(), keyOf({ dockerfile: "FROM scratch" }), keyOf({ contents: "0" }), keyOf({ period: 8 }), keyOf({ period: undefined })];
    expect(new Set(keys).size).toBe(keys.length);
  });
});
