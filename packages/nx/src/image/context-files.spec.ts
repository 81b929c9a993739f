import { describe, expect, it } from "vitest";
import { type ContextFile, type ContextFiles, hashContexts } from "./context-files.js";

const files = (entries: Record<string, string>, kind: ContextFile["kind"] = "file"): ContextFiles =>
  new Map(Object.entries(entries).map(([path, text]) => [path, { content: Buffer.from(text), kind }]));

describe("hashContexts", () => {
  const hash = hashContexts({ sources: files({ a: "1", b: "2" }), manifests: files({ c: "3" }) });

  it("does not count the order", () => {
    expect(hashContexts({ manifests: files({ c: "3" }), sources: files({ b: "2", a: "1" }) })).toBe(hash);
  });

  it.each([
    ["another content", { sources: files({ a: "1", b: "3" }), manifests: files({ c: "3" }) }],
    ["another name", { sources: files({ a: "1", d: "2" }), manifests: files({ c: "3" }) }],
    ["a file more", { sources: files({ a: "1", b: "2", e: "" }), manifests: files({ c: "3" }) }],
    ["a file in another context", { sources: files({ a: "1" }), manifests: files({ b: "2", c: "3" }) }],
    ["a context more", { sources: files({ a: "1", b: "2" }), manifests: files({ c: "3" }), runtime: files({}) }],
    ["a file that may be executed", { sources: files({ a: "1", b: "2" }, "executable"), manifests: files({ c: "3" }) }],
    ["contents that only read the same in a row", { sources: files({ a: "12", b: "" }), manifests: files({ c: "3" }) }],
  ])("counts %s", (_title, contexts) => {
    expect(hashContexts(contexts)).not.toBe(hash);
  });
});
