import { afterEach, describe, expect, it, vi } from "vitest";
import { buildxEnvironment } from "./buildx-environment.js";

describe("buildxEnvironment", () => {
  afterEach(() => vi.unstubAllEnvs());

  it.each([undefined, "false"])("keeps the git history out with provenance %s", (provenance) => {
    expect(buildxEnvironment(provenance)).toEqual({ BUILDX_GIT_INFO: "0" });
  });

  it.each(["true", "mode=max"])("leaves it to buildx with provenance %s, which tells the revision", (provenance) => {
    expect(buildxEnvironment(provenance)).toEqual({});
  });

  it("leaves a value alone that is set", () => {
    vi.stubEnv("BUILDX_GIT_INFO", "1");
    expect(buildxEnvironment(undefined)).toEqual({});
  });
});
