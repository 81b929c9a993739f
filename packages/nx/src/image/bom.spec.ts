import type * as Cyclonedx from "@cyclonedx/cyclonedx-library";
import { createRequire } from "node:module";
import { describe, expect, it } from "vitest";
import { buildBom, type BomSubject } from "./bom.js";
import type { ContextFile, ContextFiles } from "./context-files.js";

// By `require`: what it validates with is found that way alone.
const { Spec, Validation } = createRequire(import.meta.url)("@cyclonedx/cyclonedx-library") as typeof Cyclonedx;

const SHA512 = `sha512-${Buffer.alloc(64, 7).toString("base64")}`;

function context(packages: Record<string, unknown[]>): ContextFiles {
  const lock = { lockfileVersion: 1, workspaces: { "": { name: "acme" } }, packages };
  const file: ContextFile = { content: Buffer.from(JSON.stringify(lock)), kind: "file" };
  return new Map([["bun.lock", file]]);
}

const SUBJECT: BomSubject = {
  name: "billing",
  key: "a".repeat(64),
  images: ["oven/bun:1.4.5", "localhost:5000/base", `alpine:3@sha256:${"b".repeat(64)}`, "oven/bun:1.4.5"],
  contexts: {
    manifests: context({
      ms: ["ms@2.1.2", "", {}, SHA512],
      "@scope/name": ["@scope/name@1.0.0+build", "", {}, SHA512],
      alias: ["real@1.0.0-beta.1", "", {}, `sha1-${Buffer.alloc(20, 1).toString("base64")}`],
      git: ["git@github:acme/git#0123456", {}, "acme-git-0123456"],
      money: ["@acme/money@workspace:libs/money"],
      sharp: ["sharp@0.33.0", "", {}, SHA512],
    }),
    runtime: context({
      sharp: ["sharp@0.33.0", "", {}, SHA512],
      "@img/linux": ["@img/linux@0.33.0", "", { os: "linux", cpu: "x64" }, SHA512],
    }),
    sources: new Map(),
  },
};

interface Component {
  readonly "bom-ref": string;
  readonly [field: string]: unknown;
}

const list = (subject: BomSubject) => (buildBom(subject) as { components: Component[] }).components;

describe("buildBom", () => {
  it("is CycloneDX 1.6, and a schema that is kept strictly says so", async () => {
    const validator = new Validation.JsonStrictValidator(Spec.Version.v1dot6);
    const bom = buildBom(SUBJECT);
    expect(await validator.validate(JSON.stringify(bom))).toBeNull();
    expect(await validator.validate(JSON.stringify(buildBom({ ...SUBJECT, key: undefined, images: [], contexts: {} })))).toBeNull();
    expect(await validator.validate(JSON.stringify({ ...bom, unknown: 1 }))).not.toBeNull();
  });

  it("lists packages once each, where they end up, and no workspace", () => {
    const places = list(SUBJECT).flatMap((each) => (each["properties"] === undefined ? [] : [[each["bom-ref"], (each["properties"] as { value: string }[])[0]?.value]]));
    expect(places).toEqual([
      ["@img/linux@0.33.0", "node_modules"],
      ["@scope/name@1.0.0+build", "bundle"],
      ["git@github:acme/git#0123456", "bundle"],
      ["ms@2.1.2", "bundle"],
      ["real@1.0.0-beta.1", "bundle"],
      ["sharp@0.33.0", "node_modules"],
    ]);
  });

  it("names them as registries and scanners do", () => {
    const byReference = new Map(list(SUBJECT).map((each) => [each["bom-ref"], each]));
    expect(byReference.get("@scope/name@1.0.0+build")).toMatchObject({
      group: "@scope",
      name: "name",
      purl: "pkg:npm/%40scope/name@1.0.0%2Bbuild",
      hashes: [{ alg: "SHA-512", content: "07".repeat(64) }],
      scope: "required",
    });
    expect(byReference.get("@img/linux@0.33.0")).toMatchObject({ scope: "optional" });
    expect(byReference.get("git@github:acme/git#0123456")).not.toHaveProperty("purl");
  });

  it("lists the images it starts from once each", () => {
    expect(list(SUBJECT).filter(({ type }) => type === "container").map(({ name, version }) => [name, version])).toEqual([
      ["oven/bun", "1.4.5"],
      ["localhost:5000/base", undefined],
      ["alpine:3", `sha256:${"b".repeat(64)}`],
    ]);
  });

  it("refuses where nothing was pruned", () => {
    expect(() => buildBom({ ...SUBJECT, contexts: undefined })).toThrow(expect.objectContaining({ code: "BOM_UNKNOWN" }));
  });
});
