import { describe, expect, it } from "vitest";
import { isKeyTag, isRegistryReference, keyTag } from "./key-label.js";

const KEY = "0123456789abcdef".repeat(4);
const TAG = "ooneex-0123456789abcdef0123456789abcdef";

describe("keyTag", () => {
  it.each([
    ["ghcr.io/acme/billing:1.2", `ghcr.io/acme/billing:${TAG}`],
    ["127.0.0.1:5000/acme/billing", `127.0.0.1:5000/acme/billing:${TAG}`],
    ["127.0.0.1:5000/billing:1", `127.0.0.1:5000/billing:${TAG}`],
    ["acme/billing", `acme/billing:${TAG}`],
    [`ghcr.io/acme/billing:1@sha256:${"a".repeat(64)}`, `ghcr.io/acme/billing:${TAG}`],
  ])("of %s is %s", (reference, tag) => {
    expect(keyTag(reference, KEY)).toBe(tag);
    expect(isKeyTag(tag, KEY)).toBe(true);
    expect(isKeyTag(tag, KEY.replace("0", "1"))).toBe(false);
  });
});

describe("isRegistryReference", () => {
  it.each([
    ["ghcr.io/acme/billing:1", true],
    ["acme/billing", true],
    ["localhost:5000/billing", true],
    ["billing:latest", false],
    ["localhost/billing:latest", false],
  ])("of %s is %s", (reference, expected) => {
    expect(isRegistryReference(reference)).toBe(expected);
  });
});
