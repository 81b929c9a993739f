import { describe, expect, it } from "vitest";
import { createPlan } from "../testing/build-plan.js";
import { buildCommands, formatCommand } from "./build-command.js";
import type { Builder, BuildPlan } from "./build-plan.js";

const lines = (plan: Partial<BuildPlan>, builder: Builder): string[] =>
  buildCommands(createPlan(plan), builder).map(formatCommand);

describe("buildCommands", () => {
  it("builds from the repository root and loads the image", () => {
    expect(lines({}, "buildx")).toEqual([
      "BUILDX_GIT_INFO=0 docker buildx build --file modules/billing/Dockerfile --target production --tag billing:latest --load .",
    ]);
  });

  it("passes every option through under its own flag", () => {
    const plan: Partial<BuildPlan> = {
      tags: ["billing:latest", "billing:1"],
      platforms: ["linux/amd64", "linux/arm64"],
      buildArgs: { A: "1", B: "two words" },
      buildContexts: { sources: ".nx/staged/sources" },
      labels: { "org.example": "x" },
      secrets: ["id=npmrc,src=.npmrc"],
      cacheFrom: ["type=gha"],
      cacheTo: ["type=gha,mode=max"],
      push: true,
      builder: "remote",
      network: "host",
      provenance: "mode=max",
      sbom: "true",
      metadataFile: "dist/billing.json",
      noCache: true,
      pull: true,
      progress: "plain",
      quiet: true,
    };
    expect(lines(plan, "buildx")).toEqual([
      "docker buildx build --file modules/billing/Dockerfile --target production --tag billing:latest --tag billing:1" +
        " --platform linux/amd64,linux/arm64 --build-arg A=1 --build-arg 'B=two words' --build-context sources=.nx/staged/sources --label org.example=x" +
        " --secret id=npmrc,src=.npmrc --cache-from type=gha --network host --no-cache --pull --quiet --progress plain" +
        " --cache-to type=gha,mode=max --builder remote --provenance mode=max --sbom true" +
        " --metadata-file dist/billing.json --push .",
    ]);
  });

  it.each([
    [{ push: true }, false],
    [{ platforms: ["linux/amd64", "linux/arm64"] }, false],
    [{ platforms: ["linux/arm64"] }, true],
    [{ load: false }, false],
    [{ push: true, load: true }, true],
  ] satisfies [Partial<BuildPlan>, boolean][])("with %j, --load is %j", (plan, loads) => {
    expect(lines(plan, "buildx")[0]?.includes("--load")).toBe(loads);
  });

  it("falls back on the engine's own BuildKit where buildx is missing, without what that does not know", () => {
    expect(lines({ noCache: true, progress: "plain" }, "docker-buildkit")).toEqual([
      "sed 's/ *--start-interval=[0-9a-z.]*//g' modules/billing/Dockerfile | DOCKER_BUILDKIT=1" +
        " docker build --file - --target production --tag billing:latest --no-cache --progress plain .",
    ]);
  });

  it("keeps the health check with Podman, and pushes in a second step", () => {
    expect(lines({ tags: ["r.example/billing:1"], push: true }, "podman")).toEqual([
      "podman build --format docker --file modules/billing/Dockerfile --target production --tag r.example/billing:1 .",
      "podman push r.example/billing:1",
    ]);
  });

  it("leaves out what Podman before 5.1 does not know", () => {
    expect(lines({ cacheTo: ["r.example/cache"], progress: "plain" }, "podman-4")).toEqual([
      "sed 's/ *--start-interval=[0-9a-z.]*//g' modules/billing/Dockerfile |" +
        " podman build --format docker --file - --target production --tag billing:latest --cache-to r.example/cache .",
    ]);
    expect(lines({ tags: ["r.example/billing:1"], push: true }, "podman-4")[1]).toBe("podman push r.example/billing:1");
  });

  it.each([
    ["buildx", /^BUILDX_GIT_INFO=0 docker buildx build --file \.nx\/staged\/Dockerfile /],
    ["podman", /^podman build --format docker --file \.nx\/staged\/Dockerfile /],
    ["podman-4", /^sed '[^']*' \.nx\/staged\/Dockerfile \| podman build --format docker --file - /],
  ] satisfies [Builder, RegExp][])("reads a staged Dockerfile in the place of its own, with %s", (builder, line) => {
    expect(lines({ stagedFile: ".nx/staged/Dockerfile" }, builder)[0]).toMatch(line);
  });

  it.each([
    [{ sbom: "true", builder: "x" }, "docker-buildkit", "builder, sbom need docker buildx"],
    [{ cacheTo: ["type=local,dest=x"] }, "docker-buildkit", "cacheTo needs docker buildx"],
    [{ provenance: "true" }, "podman", "provenance needs docker buildx"],
    [{ metadataFile: "x.json" }, "podman-4", "metadataFile needs docker buildx"],
  ] satisfies [Partial<BuildPlan>, Builder, string][])("refuses %j on %s", (plan, builder, what) => {
    expect(() => lines(plan, builder)).toThrowError(expect.objectContaining({ code: "OPTION_UNSUPPORTED", what }));
  });
});

describe("formatCommand", () => {
  it("lets steps of Podman read named contexts where SELinux is enforced", () => {
    expect(lines({ buildContexts: { sources: ".nx/staged/sources" } }, "podman")).toEqual([
      "podman build --format docker --file modules/billing/Dockerfile --target production --tag billing:latest" +
        " --build-context sources=.nx/staged/sources --security-opt label=disable .",
    ]);
  });

  it("quotes what a shell would read", () => {
    expect(formatCommand({ argv: ["docker", "it's", "$HOME", "a b"], env: { A: "x y" } })).toBe(
      `A='x y' docker 'it'\\''s' '$HOME' 'a b'`,
    );
  });
});
