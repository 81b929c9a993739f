import { describe, expect, it } from "vitest";
import { readImageFacts } from "./image-facts.js";

const FILE = "modules/billing/billing.yml";

describe("readImageFacts", () => {
  it.each([
    ["type: microservice\n", [], []],
    ["type: microservice\nimage:\n", [], []],
    ['# the image of a service\ntype: "microservice"\n', [], []],
    ["image:\n  include:\n    - npm:pg\n    - modules/billing/locales\n", ["npm:pg", "modules/billing/locales"], []],
    ["image: { external: [sharp] }\n", [], ["sharp"]],
  ])("reads %j", (text, include, external) => {
    expect(readImageFacts(text, FILE)).toEqual({ include, external, repository: undefined });
  });

  it("reads the repository", () => {
    expect(readImageFacts("image:\n  repository: ghcr.io/acme/billing\n", FILE).repository).toBe("ghcr.io/acme/billing");
  });

  it.each([
    ["image: sharp\n", "image has to hold the lists include and external, or a repository"],
    ["image: { include: npm:pg }\n", "image.include has to be a list of texts"],
    ["image: { externals: [sharp] }\n", "image knows no externals, only include, external and repository"],
    ["image: { external: [1] }\n", "image.external has to be a list of texts"],
    ["image: { repository: [1] }\n", "image.repository has to be a text"],
  ])("refuses %j", (text, what) => {
    expect(() => readImageFacts(text, FILE)).toThrow(`MANIFEST_INVALID: ${what}\n  where:  ${FILE}\n`);
  });

  it("says of what is not YAML where it is", () => {
    expect(() => readImageFacts("image: [\n", FILE)).toThrow(/^MANIFEST_INVALID: the manifest is not YAML: [^]*billing\.yml/);
  });
});
