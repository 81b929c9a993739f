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
    expect(readImageFacts(text, FILE)).toEqual({ include, external });
  });

  it.each([
    ["image: sharp\n", "image has to hold the lists include and external"],
    ["image: { include: npm:pg }\n", "image.include has to be a list of texts"],
    ["image: { externals: [sharp] }\n", "image knows no externals, only include and external"],
    ["image: { external: [1] }\n", "image.external has to be a list of texts"],
  ])("refuses %j", (text, what) => {
    expect(() => readImageFacts(text, FILE)).toThrow(`MANIFEST_INVALID: ${what}\n  where:  ${FILE}\n`);
  });

  it("says of what is not YAML where it is", () => {
    expect(() => readImageFacts("image: [\n", FILE)).toThrow(/^MANIFEST_INVALID: the manifest is not YAML: [^]*billing\.yml/);
  });
});
