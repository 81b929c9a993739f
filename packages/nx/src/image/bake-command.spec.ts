import { describe, expect, it } from "vitest";
import { createPlan } from "../testing/build-plan.js";
import { bakeCommand, formatBake, NEWEST_BAKE, readBakeAbilities } from "./bake-command.js";

const NO_FLAGS = { builder: undefined, provenance: undefined, sbom: undefined };
const LINE = "BUILDX_BAKE_ENTITLEMENTS_FS=0 BUILDX_GIT_INFO=0 docker buildx bake --file -";
const END = "--metadata-file /tmp/m.json --progress plain";

const line = (...[group, abilities = NEWEST_BAKE]: [Parameters<typeof bakeCommand>[0], (typeof NEWEST_BAKE)?]): string | undefined =>
  formatBake(bakeCommand(group, "/tmp/m.json", abilities)).split(" <<")[0];

describe("bakeCommand", () => {
  it("hands on what only a command line can say", () => {
    const plans = { billing: createPlan() };
    expect(line({ flags: NO_FLAGS, plans })).toBe(`${LINE} ${END}`);
    expect(line({ flags: { builder: "remote", provenance: "false", sbom: "true" }, plans })).toBe(
      `${LINE} --builder remote --provenance false --sbom true ${END}`,
    );
  });

  it("allows the machine's network where that has to be said, and says it so that every buildx reads it", () => {
    const group = { flags: NO_FLAGS, plans: { billing: createPlan({ network: "host" }), api: createPlan() } };
    expect(line(group)).toBe(`${LINE} --allow network.host ${END}`);
    const old = readBakeAbilities({ major: 0, minor: 13, patch: 1 });
    expect(line(group, old)).toBe(`${LINE} ${END}`);
    expect(bakeCommand(group, "m", NEWEST_BAKE).definition).toHaveProperty("target");
    expect(bakeCommand(group, "m", old).definition).toHaveProperty("services");
    expect(bakeCommand({ flags: NO_FLAGS, plans: { api: createPlan() } }, "m", old).definition).toHaveProperty("target");
  });

  it("is printed in a form that a shell takes", () => {
    const [first, ...rest] = formatBake(bakeCommand({ flags: NO_FLAGS, plans: { billing: createPlan() } }, "m.json", NEWEST_BAKE)).split("\n");
    expect(first).toBe(`${LINE} --metadata-file m.json --progress plain <<'DEFINITION'`);
    expect(rest.at(-1)).toBe("DEFINITION");
    expect(JSON.parse(rest.slice(0, -1).join("\n"))).toMatchObject({ target: { billing: { tags: ["billing:latest"] } } });
  });
});

describe("readBakeAbilities", () => {
  it.each([
    [[0, 11, 2], "compose", false],
    [[0, 16, 2], "compose", false],
    [[0, 17, 0], "compose", true],
    [[0, 17, 1], "bake", true],
    [[0, 29, 1], "bake", true],
    [[1, 0, 0], "bake", true],
  ] as const)("of %j are %s and %s", ([major, minor, patch], dialect, asksForNetwork) => {
    expect(readBakeAbilities({ major, minor, patch })).toEqual({ dialect, asksForNetwork });
  });
});
