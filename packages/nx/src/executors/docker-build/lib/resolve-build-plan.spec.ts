import { describe, expect, it } from "vitest";
import type { BuildPlan } from "../../../image/build-plan.js";
import type { DockerBuildOptions } from "../schema.js";
import { resolveBuildPlan } from "./resolve-build-plan.js";

const PROJECT = { name: "@module/order-history", root: "modules/order-history", imageName: "order_history" };

describe("resolveBuildPlan", () => {
  it("builds the module's own Dockerfile for production where nothing is said", () => {
    expect(resolveBuildPlan({}, PROJECT)).toMatchObject({
      file: "modules/order-history/Dockerfile",
      target: "production",
      tags: ["order_history:latest"],
      platforms: [],
      push: false,
      noCache: false,
      pull: false,
      quiet: false,
    } satisfies Partial<BuildPlan>);
  });

  it.each<[DockerBuildOptions, Partial<BuildPlan>]>([
    [{ file: "./docker//Dockerfile.dev" }, { file: "docker/Dockerfile.dev" }],
    [{ target: "build" }, { target: "build" }],
    [
      { tags: [":1.2.0", "ghcr.io/acme/x:1"] },
      { tags: ["order_history:latest", "order_history:1.2.0", "ghcr.io/acme/x:1"] },
    ],
    [
      { tags: ["ghcr.io/acme/x:1"], push: true },
      { tags: ["ghcr.io/acme/x:1"], push: true },
    ],
    [{ platforms: ["linux/amd64", "linux/arm64"] }, { platforms: ["linux/amd64", "linux/arm64"] }],
    [
      { buildArgs: { A: "1" }, labels: { "a.b": "c" } },
      { buildArgs: { A: "1" }, labels: { "a.b": "c" } },
    ],
    [{ secrets: ["id=npmrc,src=.npmrc"] }, { secrets: ["id=npmrc,src=.npmrc"] }],
    [
      { cacheFrom: ["type=gha"], cacheTo: ["type=gha,mode=max"] },
      { cacheFrom: ["type=gha"], cacheTo: ["type=gha,mode=max"] },
    ],
    [
      { load: false, builder: "b", network: "host" },
      { load: false, builder: "b", network: "host" },
    ],
    [
      { provenance: "mode=max", sbom: "true" },
      { provenance: "mode=max", sbom: "true" },
    ],
    [{ metadataFile: "dist/image.json" }, { metadataFile: "dist/image.json" }],
    [
      { noCache: true, pull: true, progress: "plain", quiet: true },
      { noCache: true, pull: true, progress: "plain", quiet: true },
    ],
  ])("takes %j over", (options, plan) => {
    expect(resolveBuildPlan(options, PROJECT)).toMatchObject(plan);
  });

  it.each<[DockerBuildOptions, string]>([
    [{ tags: ["Billing"] }, "TAG_ILLEGAL"],
    [{ push: true }, "TAG_MISSING"],
  ])("refuses %j with %s", (options, code) => {
    expect(() => resolveBuildPlan(options, PROJECT)).toThrowError(expect.objectContaining({ code }) as Error);
  });
});
