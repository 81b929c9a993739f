import { describe, expect, it } from "vitest";
import { buildReferences } from "./reference.js";

const references = (name: string, tags: string[], push: boolean, repository?: string): string[] =>
  buildReferences({ name, tags, push, repository });

describe("buildReferences", () => {
  it("tags latest, then what is wanted, each once", () => {
    expect(references("order_history", [":1.2.0", "ghcr.io/acme/orders:sha-1", "order_history:latest"], false)).toEqual([
      "order_history:latest",
      "order_history:1.2.0",
      "ghcr.io/acme/orders:sha-1",
    ]);
  });

  it("takes bare tags to belong to the repository", () => {
    expect(references("billing", [":1"], false, "ghcr.io/acme/billing")).toEqual(["billing:latest", "ghcr.io/acme/billing:1"]);
    expect(references("billing", [":1"], true, "ghcr.io/acme/billing")).toEqual(["ghcr.io/acme/billing:1"]);
  });

  it("pushes nothing to the registry that everybody shares", () => {
    expect(() => references("billing", [":1"], true)).toThrowError(expect.objectContaining({ code: "TAG_LOCAL" }));
  });

  it("pushes nothing that was not asked for", () => {
    expect(references("billing", ["ghcr.io/acme/billing:1"], true)).toEqual(["ghcr.io/acme/billing:1"]);
    expect(() => references("billing", [], true)).toThrowError(expect.objectContaining({ code: "TAG_MISSING" }));
  });

  it.each(["127.0.0.1:5000/billing:1", "[::1]:5000/billing", "localhost/a/b_c/d__e:x", "a@sha256:".padEnd(75, "0")])(
    "takes %s",
    (tag) => {
      expect(references("billing", [tag], false)).toContain(tag);
    },
  );

  it.each(["Billing:1", "billing:", "billing:-1", "a b", "--push", "", "a:b:c", "a/", `a:${"x".repeat(129)}`, "a;b"])(
    "refuses %j",
    (tag) => {
      expect(() => references("billing", [tag], false)).toThrowError(expect.objectContaining({ code: "TAG_ILLEGAL" }));
    },
  );
});
