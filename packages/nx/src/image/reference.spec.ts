import { describe, expect, it } from "vitest";
import { buildReferences } from "./reference.js";

describe("buildReferences", () => {
  it("tags latest, then what is wanted, each once", () => {
    expect(buildReferences("order_history", [":1.2.0", "ghcr.io/acme/orders:sha-1", "order_history:latest"], false)).toEqual([
      "order_history:latest",
      "order_history:1.2.0",
      "ghcr.io/acme/orders:sha-1",
    ]);
  });

  it("pushes nothing that was not asked for", () => {
    expect(buildReferences("billing", ["ghcr.io/acme/billing:1"], true)).toEqual(["ghcr.io/acme/billing:1"]);
    expect(() => buildReferences("billing", [], true)).toThrowError(expect.objectContaining({ code: "TAG_MISSING" }));
  });

  it.each(["127.0.0.1:5000/billing:1", "[::1]:5000/billing", "localhost/a/b_c/d__e:x", "a@sha256:".padEnd(75, "0")])(
    "takes %s",
    (tag) => {
      expect(buildReferences("billing", [tag], false)).toContain(tag);
    },
  );

  it.each(["Billing:1", "billing:", "billing:-1", "a b", "--push", "", "a:b:c", "a/", `a:${"x".repeat(129)}`, "a;b"])(
    "refuses %j",
    (tag) => {
      expect(() => buildReferences("billing", [tag], false)).toThrowError(expect.objectContaining({ code: "TAG_ILLEGAL" }));
    },
  );
});
