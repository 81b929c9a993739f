import { describe, expect, it } from "vitest";
import { readManifest, readModuleType } from "./manifest.js";

describe("readModuleType", () => {
  it.each([
    ['type: "microservice"\n', "microservice"],
    ["type: microservice # ours\n", "microservice"],
    ["type: 'api'\r\nlocales: [en]\r\n", "api"],
    ["# type: spa\nlocales:\n  type: nested\ntype: module", "module"],
    ['{ "type": "microservice" }', "microservice"],
    ['"type": microservice\n', "microservice"],
    ["base: &b\n  type: microservice\n<<: *b\n", "microservice"],
    ["type: !!str api\n", "api"],
    ["---\ntype: api\n---\ntype: spa\nport: [\n", "api"],
    ["text: |\n  type: spa\n", undefined],
    ["", undefined],
    ["- type: api\n", undefined],
  ])("reads %j", (text, type) => {
    expect(readModuleType(text, "modules/x/x.yml")).toBe(type);
  });

  it("names the file that is not YAML", () => {
    expect(() => readModuleType("type: [", "modules/x/x.yml")).toThrowError(
      expect.objectContaining({ code: "MANIFEST_INVALID", where: "modules/x/x.yml" }),
    );
  });
});

describe("readManifest", () => {
  it.each([
    ["port: 3001", 3001],
    ['port: "3001"', 3001],
    ["port: soon", undefined],
    ["port: -1", undefined],
    ["port: 65536", undefined],
    ["port:", undefined],
  ])("reads %j", (text, port) => {
    expect(readManifest(text, "modules/x/x.yml").port).toBe(port);
  });
});
