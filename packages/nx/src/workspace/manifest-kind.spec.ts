import { describe, expect, it } from "vitest";
import { toModuleManifest, toServiceManifest } from "./manifest-kind.js";

const FILE = "modules/billing/billing.yml";
const NOTE = "# in development; unique in the workspace, and kept here because .env.yml does not survive a clone";

const STYLES: [style: string, module: string, service: string][] = [
  ["as generated", 'type: "module"\n', `type: "microservice"\nport: 3007 ${NOTE}\n`],
  ["without a final newline", "type: module", `type: microservice\nport: 3007 ${NOTE}`],
  [
    "comments, other keys and Windows line endings",
    "# Bills\r\nlocales: [en]\r\ntype: 'module' # kind\r\nimage:\r\n  include: [npm:pg]\r\n",
    `# Bills\r\nlocales: [en]\r\ntype: 'microservice' # kind\r\nport: 3007 ${NOTE}\r\nimage:\r\n  include: [npm:pg]\r\n`,
  ],
  ["in brackets", "{ locales: [en], type: module }\n", "{ locales: [en], type: microservice, port: 3007 }\n"],
  ["in brackets with a comma behind", "{ type: module, locales: [en] }\n", "{ type: microservice, port: 3007, locales: [en] }\n"],
];

describe("toServiceManifest and toModuleManifest", () => {
  it.each(STYLES)("are each other's inverse: %s", (_style, module, service) => {
    expect(toServiceManifest(module, 3007, FILE)).toBe(service);
    expect(toModuleManifest(service, FILE)).toBe(module);
  });

  it("keep a port that is there", () => {
    expect(toServiceManifest("port: 4000\ntype: module\n", 4000, FILE)).toBe("port: 4000\ntype: microservice\n");
    expect(toModuleManifest("port: 4000\ntype: microservice\n", FILE)).toBe("type: module\n");
  });

  it.each([
    ["no type", "locales: [en]\n", "MANIFEST_UNSUPPORTED"],
    ["a type by an alias", "a: &t module\ntype: *t\n", "MANIFEST_UNSUPPORTED"],
    ["no YAML", "type: [\n", "MANIFEST_INVALID"],
  ])("refuse %s", (_title, text, code) => {
    const error = expect.objectContaining({ code }) as Error;
    expect(() => toServiceManifest(text, 3007, FILE)).toThrow(error);
    expect(() => toModuleManifest(text, FILE)).toThrow(error);
  });
});
