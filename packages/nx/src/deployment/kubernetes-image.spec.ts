import { describe, expect, it } from "vitest";
import { setImageDigest } from "./kubernetes-image.js";

const PATH = "deploy/kubernetes/overlays/staging/kustomization.yaml";
const [OLD, NEW] = ["a", "b"].map((digit) => `sha256:${digit.repeat(64)}`) as [string, string];
const IMAGE = { repository: "ghcr.io/acme/billing", digest: NEW };

describe("setImageDigest", () => {
  it.each([
    ["a tag", "# ours\nimages:\n  - name: app\n    newTag: v1\n  - name: billing # one\n    newName: billing\n    newTag: latest # two\n", "# ours\nimages:\n  - name: app\n    newTag: v1\n  - name: billing # one\n    newName: ghcr.io/acme/billing\n    digest: " + NEW + " # two\n"],
    ["a digest, in any order, with CRLF", `images:\r\n- digest: ${OLD}\r\n  newName: ghcr.io/acme/billing\r\n  name: billing\r\n`, `images:\r\n- digest: ${NEW}\r\n  newName: ghcr.io/acme/billing\r\n  name: billing\r\n`],
    ["a tag in brackets and quotes", 'images: [{ name: billing, newName: "x/billing", newTag: "1" }]\n', `images: [{ name: billing, newName: ghcr.io/acme/billing, digest: ${NEW} }]\n`],
    ["nothing", "images:\n  - name: app\n    newTag: v1\n", `images:\n  - name: app\n    newTag: v1\n  - name: billing\n    newName: "ghcr.io/acme/billing"\n    digest: "${NEW}"\n`],
  ])("writes the digest in the place of %s, and the same once", (_, before, after) => {
    expect(setImageDigest(before, "billing", IMAGE, PATH)).toBe(after);
    expect(setImageDigest(after, "billing", IMAGE, PATH)).toBe(after);
  });

  it.each([
    ["both a tag and a digest", `images:\n  - name: billing\n    newName: billing\n    newTag: v1\n    digest: ${OLD}\n`, "KUBERNETES_UNSUPPORTED"],
    ["an image without a repository", "images:\n  - name: billing\n    newTag: v1\n", "KUBERNETES_UNSUPPORTED"],
    ["one that an alias shares", "images:\n  - &image\n    name: billing\n    newName: billing\n    newTag: v1\nx-other: *image\n", "KUBERNETES_UNSUPPORTED"],
    ["a file that is not YAML", "images: [\n", "KUBERNETES_INVALID"],
  ])("refuses %s, with what to write by hand", (_, text, code) => {
    expect(() => setImageDigest(text, "billing", IMAGE, PATH)).toThrow(expect.objectContaining({ code }) as Error);
  });
});
