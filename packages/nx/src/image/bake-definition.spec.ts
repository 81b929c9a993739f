import { describe, expect, it } from "vitest";
import { createPlan } from "../testing/build-plan.js";
import { buildBakeDefinition, groupPlans, nameTargets } from "./bake-definition.js";

const TEMPLATES = "50%{ of ${HOME}, $1";

const FULL = createPlan({
  tags: ["billing:latest", "billing:1"],
  platforms: ["linux/amd64", "linux/arm64"],
  buildArgs: { PRICE: TEMPLATES },
  buildContexts: { sources: ".nx/staged/sources" },
  labels: { "org.example": "x" },
  secrets: ["id=npmrc,src=.npmrc"],
  cacheFrom: ["type=gha"],
  cacheTo: ["type=gha,mode=max"],
  push: true,
  network: "host",
  noCache: true,
  pull: true,
});

describe("buildBakeDefinition", () => {
  it("says of each image what is not left to the builder", () => {
    expect(buildBakeDefinition({ billing: createPlan(), notifications: createPlan({ file: "other/Dockerfile" }) })).toEqual({
      group: { default: { targets: ["billing", "notifications"] } },
      target: {
        billing: {
          context: ".",
          dockerfile: "modules/billing/Dockerfile",
          target: "production",
          tags: ["billing:latest"],
          output: ["type=docker"],
        },
        notifications: {
          context: ".",
          dockerfile: "other/Dockerfile",
          target: "production",
          tags: ["billing:latest"],
          output: ["type=docker"],
        },
      },
    });
  });

  it("says all that a plan says, and keeps texts from being read as templates", () => {
    expect(buildBakeDefinition({ billing: FULL })).toMatchObject({
      target: {
        billing: {
          context: ".",
          dockerfile: "modules/billing/Dockerfile",
          target: "production",
          tags: ["billing:latest", "billing:1"],
          platforms: ["linux/amd64", "linux/arm64"],
          args: { PRICE: "50%%{ of $${HOME}, $1" },
          contexts: { sources: ".nx/staged/sources" },
          labels: { "org.example": "x" },
          secret: ["id=npmrc,src=.npmrc"],
          "cache-from": ["type=gha"],
          "cache-to": ["type=gha,mode=max"],
          output: ["type=registry"],
          network: "host",
          "no-cache": true,
          pull: true,
        },
      },
    });
  });

  it("says the same as a Compose file", () => {
    expect(buildBakeDefinition({ billing: FULL }, "compose")).toEqual({
      name: "images",
      services: {
        billing: {
          build: {
            context: ".",
            dockerfile: "modules/billing/Dockerfile",
            target: "production",
            args: { PRICE: "50%{ of $${HOME}, $$1" },
            additional_contexts: { sources: ".nx/staged/sources" },
            labels: { "org.example": "x" },
            network: "host",
            "x-bake": {
              tags: ["billing:latest", "billing:1"],
              platforms: ["linux/amd64", "linux/arm64"],
              secret: ["id=npmrc,src=.npmrc"],
              "cache-from": ["type=gha"],
              "cache-to": ["type=gha,mode=max"],
              output: ["type=registry"],
              "no-cache": true,
              pull: true,
            },
          },
        },
      },
    });
  });

  it.each([
    [{}, ["type=docker"]],
    [{ push: true }, ["type=registry"]],
    [{ push: true, load: true }, ["type=docker", "type=registry"]],
    [{ load: false }, undefined],
    [{ platforms: ["linux/amd64", "linux/arm64"] }, undefined],
  ])("puts an image of %j into %j", (plan, output) => {
    const definition = buildBakeDefinition({ billing: createPlan(plan) });
    expect("target" in definition && definition.target["billing"]?.["output"]).toEqual(output);
  });
});

describe("groupPlans", () => {
  it("keeps apart what one command line cannot say of both", () => {
    const plans = {
      a: createPlan(),
      b: createPlan({ builder: "remote" }),
      c: createPlan({ provenance: "false" }),
      d: createPlan({ metadataFile: "d.json", progress: "tty", noCache: true }),
      e: createPlan({ builder: "remote", sbom: "true" }),
    };
    expect(groupPlans(plans).map(({ flags, plans: together }) => [flags, Object.keys(together)])).toEqual([
      [{}, ["a", "d"]],
      [{ builder: "remote" }, ["b"]],
      [{ provenance: "false" }, ["c"]],
      [{ builder: "remote", sbom: "true" }, ["e"]],
    ]);
  });
});

describe("nameTargets", () => {
  it.each([
    [["@module/billing:docker-build", "@module/order-history:docker-build"], ["billing", "order-history"]],
    [["@a/api:docker-build", "@b/api:docker-build", "web:docker-build"], ["a-api-docker-build", "b-api-docker-build", "web"]],
    [["api:docker-build", "api:docker-build:ci"], ["api-docker-build", "api-docker-build-ci"]],
    [["default:docker-build", "@module/café:docker-build"], ["default-docker-build", "caf"]],
    [["a/b:x", "a-b:x", "c/b:x"], ["a-b-x", "a-b", "c-b-x"]],
    [["é:x", "ü:x"], ["x", "x-2"]],
  ])("of %j are %j", (ids, names) => {
    expect([...nameTargets(ids)]).toEqual(names.map((name, index) => [name, ids[index]]));
  });
});
