import { describe, expect, it } from "vitest";
import { updateImages, updateResources } from "./kubernetes-lists.js";

const PATH = "deploy/kubernetes/base/kustomization.yaml";

describe("updateResources", () => {
  it.each([
    ["in block style", "resources:\n  - app # first\n  - ./billing/\n", "resources:\n  - app # first\n  - orders\n"],
    ["at the key's column, with CRLF", "resources:\r\n- billing\r\nkind: Kustomization\r\n", "resources:\r\n- orders\r\nkind: Kustomization\r\n"],
    ["in brackets, without the one that goes", "resources: [app]\n", "resources: [app, orders]\n"],
    ["that is not there", "kind: Kustomization\n", "kind: Kustomization\nresources:\n  - orders\n"],
  ])("changes a list %s", (_, before, after) => {
    const changed = updateResources(before, ["orders"], ["billing"], PATH);
    expect(changed).toBe(after);
    expect(updateResources(changed, ["orders"], ["billing"], PATH)).toBe(changed);
  });

  it("leaves brackets where nothing is left", () => {
    expect(updateResources("resources:\n  - billing\nkind: Kustomization\n", [], ["billing"], PATH)).toBe("resources: []\nkind: Kustomization\n");
  });

  it.each([
    ["a service between others in brackets", "resources: [app, billing]\n", "KUBERNETES_UNSUPPORTED"],
    ["a list of something else", "resources: billing\n", "KUBERNETES_UNSUPPORTED"],
    ["a file that is not YAML", "resources: [\n", "KUBERNETES_INVALID"],
  ])("refuses %s", (_, text, code) => {
    expect(() => updateResources(text, ["orders"], ["billing"], PATH)).toThrow(expect.objectContaining({ code }));
  });
});

describe("updateImages", () => {
  const image = { name: "orders", newName: "ghcr.io/acme/orders", newTag: "unset" };

  it("takes out an image in any order of its keys, and keeps what stands around it", () => {
    const text = "images:\n# in front\n- digest: sha256:1\n  name: billing\n  newName: ghcr.io/acme/billing\n# behind\n- name: app\n  newTag: v1\n";
    expect(updateImages(text, [], ["billing"], PATH)).toBe("images:\n# in front\n# behind\n- name: app\n  newTag: v1\n");
  });

  it("adds none that has an entry, whatever it says", () => {
    const text = "images: [{ name: orders, digest: sha256:1 }]\n";
    expect(updateImages(text, [image], [], PATH)).toBe(text);
  });

  it("leaves one in brackets, which kustomize does not mind", () => {
    const text = "images: [{ name: billing, newTag: v1 }, { name: orders }]\n";
    expect(updateImages(text, [image], ["billing"], PATH)).toBe(text);
  });
});
