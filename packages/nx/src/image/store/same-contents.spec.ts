import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { type Described, haveSameContents } from "./same-contents.js";

interface Recorded extends Described {
  readonly RepoTags: readonly string[];
  readonly Config: { readonly Labels: Readonly<Record<string, string>> };
}

/** What Docker Engine 26.1 and Podman 4.3 say of images of one Dockerfile and its variations, by their tags. */
function recorded(engine: "docker" | "podman"): Record<string, Recorded> {
  const images = JSON.parse(readFileSync(join(import.meta.dirname, `fixtures/${engine}-equal.json`), "utf8")) as Recorded[];
  return Object.fromEntries(images.map((image) => [image.RepoTags[0]?.split(":")[1] ?? "", image]));
}

const compare = (engine: "docker" | "podman", one: string, other: string): boolean => {
  const images = recorded(engine);
  return haveSameContents(images[one] as Recorded, images[other] as Recorded);
};

describe("haveSameContents", () => {
  it.each(["docker", "podman"] as const)("sees two images of %s that differ in their key as one", (engine) => {
    const { before, after } = recorded(engine);
    expect(before?.Id).not.toBe(after?.Id);
    expect(before?.Config.Labels).not.toEqual(after?.Config.Labels);
    expect(compare(engine, "before", "after")).toBe(true);
  });

  it.each([
    ["a file", "docker", "layer"],
    ["a label", "docker", "label"],
    ["a trigger", "docker", "trigger"],
    ["a file", "podman", "layer"],
    ["a trigger", "podman", "trigger"],
  ] as const)("sees the difference in %s, in %s", (_, engine, other) => {
    expect(compare(engine, "before", other)).toBe(false);
  });

  const image = recorded("docker")["before"] as Recorded;

  it.each([
    ["a variable", { Config: { ...image.Config, Env: ["NODE_ENV=test"] } }],
    ["the architecture", { Architecture: "arm64" }],
    ["the variant", { Variant: "v8" }],
    ["the date", { Created: "2026-01-01T00:00:00Z" }],
    ["what a newer engine may say", { Signature: "x" }],
  ])("sees the difference in %s", (_, part) => {
    const other: Described = { ...image, ...part };
    expect(haveSameContents(image, { ...image })).toBe(true);
    expect(haveSameContents(image, other)).toBe(false);
  });

  it.each([
    ["no key", { Config: { ...image.Config, Labels: { team: "payments" } } }],
    ["a key that was taken away", { Config: { ...image.Config, Labels: { ...image.Config.Labels, "dev.ooneex.nx.key": "" } } }],
    ["no layers", { RootFS: { Type: "layers" } }],
  ])("sees no equal in an image with %s", (_, part) => {
    const other: Described = { ...image, ...part };
    expect(haveSameContents(other, other)).toBe(false);
  });
});
