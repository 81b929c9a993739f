import { isDeepStrictEqual } from "node:util";
import { KEY_LABEL } from "./key-label.js";

/** An image as `docker image inspect` or `podman image inspect` describes it. */
export type Described = Readonly<Record<string, unknown>> & { readonly Id: string };

type Fields = Readonly<Record<string, unknown>>;

/** What an engine says of an image that is no part of it: its names, where it came from, where and how it is stored. */
const ABOUT_THE_IMAGE = new Set([
  "Id",
  "Digest",
  "RepoTags",
  "RepoDigests",
  "NamesHistory",
  "Parent",
  "Metadata",
  "Descriptor",
  "Identity",
  "Container",
  "GraphDriver",
  "Size",
  "VirtualSize",
]);

/**
 * Tells whether two images are the same but for the key that they were built from. A field that is unknown here counts, so
 * that a newer engine at worst makes two equal images look different.
 *
 * @returns `false` as well where one of them has no key, or is described without its layers
 */
export function haveSameContents(one: Described, other: Described): boolean {
  const [first, second] = [one, other].map(readContents);
  return first !== undefined && second !== undefined && isDeepStrictEqual(first, second);
}

function readContents(image: Described): Fields | undefined {
  const { RootFS: files, Config: config } = image as { RootFS?: { Layers?: unknown } | null; Config?: { Labels?: Fields | null } | null };
  const key = config?.Labels?.[KEY_LABEL];
  if (typeof key !== "string" || key === "" || !Array.isArray(files?.Layers)) return undefined;
  return Object.fromEntries(
    Object.entries(image).flatMap(([field, value]): [string, unknown][] => {
      if (ABOUT_THE_IMAGE.has(field)) return [];
      if (field === "Config" || field === "ContainerConfig") return [[field, withoutKey(value as { Labels?: Fields | null } | null)]];
      if (field === "Labels") return [[field, withoutLabel(value as Fields | null)]];
      return [[field, field === "History" ? readSteps(value, key) : value]];
    }),
  );
}

function withoutKey(config: { readonly Labels?: Fields | null } | null): unknown {
  return config === null ? null : { ...config, Labels: withoutLabel(config.Labels) };
}

function withoutLabel(labels: Fields | null | undefined): Fields {
  return Object.fromEntries(Object.entries(labels ?? {}).filter(([name]) => name !== KEY_LABEL));
}

/**
 * Podman shows no triggers, only the steps that set them, and among these the one that sets the key. When and on top of which
 * image a step has run is no part of the image.
 */
function readSteps(history: unknown, key: string): unknown {
  if (!Array.isArray(history)) return history;
  return (history as { readonly created_by?: string; readonly empty_layer?: boolean }[]).map(({ created_by: step, empty_layer: isEmpty }) => ({
    step: step?.replaceAll(key, ""),
    isEmpty,
  }));
}
