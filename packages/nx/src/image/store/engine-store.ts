import { OoneexNxError } from "../../errors.js";
import type { EngineKind } from "../build-plan.js";
import { type Probe, runProbe } from "../engine.js";
import { isKeyTag, KEY_LABEL, KEY_TRIGGER } from "./key-label.js";
import { formatPlatform, normalizePlatform, type Platform } from "./platform.js";

/** An image in an engine's own store. */
export interface StoredImage extends Platform {
  /** Digest of its configuration with the algorithm, such as `sha256:…`. */
  readonly id: string;
  /** The names it has here, as the engine writes them; none where others took all of them. */
  readonly references: readonly string[];
}

/** What both engines say of an image, as far as it is read. */
interface Inspected {
  readonly Id: string;
  readonly RepoTags?: readonly string[] | null;
  readonly Os: string;
  readonly Architecture: string;
  readonly Variant?: string;
  readonly Config?: { readonly Labels?: Readonly<Record<string, string>> | null; readonly OnBuild?: readonly string[] | null } | null;
  /** Podman's. */
  readonly History?: readonly { readonly created_by?: string }[] | null;
}

/**
 * Looks for the images that were built from some keys, with two short commands however many keys there are.
 *
 * An image counts only if it is the one that was built: an image based on it, or committed from a container of it,
 * inherits the label, but neither the trigger that takes the label away nor the tag of the key.
 *
 * @param platforms - of the build; none for whatever the engine builds for. One store holds no image of several
 * @returns image by key. An engine that does not answer has none
 */
export async function findInEngine(
  engine: EngineKind,
  keys: readonly string[],
  platforms: readonly string[],
  probe: Probe = runProbe,
): Promise<Map<string, StoredImage>> {
  const found = new Map<string, StoredImage>();
  if (keys.length === 0 || platforms.length > 1) return found;
  const wanted = new Set(keys);
  const platform = platforms[0] === undefined ? undefined : normalizePlatform(platforms[0]);
  for (const image of await inspectLabelled(engine, wanted, probe)) {
    const key = image.Config?.Labels?.[KEY_LABEL] ?? "";
    const stored = readStored(image);
    if (!wanted.has(key) || !isOriginal(image, key) || (platform !== undefined && formatPlatform(stored) !== platform)) continue;
    // Of two that were built from one key, the one that has a name is the one that was built last.
    if ((found.get(key)?.references.length ?? 0) === 0) found.set(key, stored);
  }
  return found;
}

/** Reads every image with one of the keys, and where there are several keys a few more. */
async function inspectLabelled(engine: EngineKind, keys: ReadonlySet<string>, probe: Probe): Promise<Inspected[]> {
  // Several filters on labels mean all of them, so of several keys only that there is one can be asked.
  const [key] = keys;
  const filter = keys.size === 1 ? `label=${KEY_LABEL}=${key}` : `label=${KEY_LABEL}`;
  const listed = await probe([engine, "image", "ls", "--filter", filter, "--no-trunc", "--quiet"]);
  const ids = [...new Set(listed.stdout.split("\n").filter((line) => line !== ""))];
  if (listed.code !== 0 || ids.length === 0) return [];
  // It fails where one of them has gone since, and describes the others all the same.
  return parseInspected((await probe([engine, "image", "inspect", ...ids])).stdout);
}

/**
 * Reads one image by whatever names it.
 *
 * @returns `undefined` where it is not there, or is not labelled with the key
 */
export async function inspectImage(engine: EngineKind, subject: string, key: string, probe: Probe = runProbe): Promise<StoredImage | undefined> {
  const [image] = parseInspected((await probe([engine, "image", "inspect", subject])).stdout);
  return image?.Config?.Labels?.[KEY_LABEL] === key ? readStored(image) : undefined;
}

function parseInspected(json: string): Inspected[] {
  try {
    return JSON.parse(json) as Inspected[];
  } catch {
    return [];
  }
}

function readStored({ Id: id, RepoTags: tags, Os: os, Architecture: architecture, Variant: variant }: Inspected): StoredImage {
  return { id: id.includes(":") ? id : `sha256:${id}`, references: tags ?? [], os, architecture, variant };
}

/** Tells an image from those that inherit its label. */
function isOriginal({ Config: config, RepoTags: tags, History: history }: Inspected, key: string): boolean {
  if (config?.OnBuild?.includes(KEY_TRIGGER) === true) return true;
  if (tags?.some((tag) => isKeyTag(tag, key)) === true) return true;
  // Podman shows no triggers. It sets labels in the last step of a build, which is then some other step of a later one.
  const last = history?.at(-1)?.created_by;
  return last !== undefined && /\bLABEL\b/.test(last) && last.includes(KEY_LABEL) && last.includes(key);
}

/**
 * Gives an image the names that it does not have yet, taking them from whatever has them now.
 *
 * @returns `false` where the image has gone since it was found, so that it has to be built
 * @throws OoneexNxError `TAG_FAILED`
 */
export async function tagInEngine(
  engine: EngineKind,
  { id, references: own }: StoredImage,
  references: readonly string[],
  probe: Probe = runProbe,
): Promise<boolean> {
  for (const reference of references) {
    if (own.some((name) => isSameName(engine, name, reference))) continue;
    const { code, stderr } = await probe([engine, "tag", id, reference]);
    if (code === 0) continue;
    if (/no such image|image not known/i.test(stderr)) return false;
    throw new OoneexNxError({
      code: "TAG_FAILED",
      what: `${engine} gives ${id} no other name: ${stderr.trim() === "" ? "it does not answer" : stderr.trim()}`,
      where: reference,
      remedy: `try it by hand: ${engine} tag ${id} ${reference}`,
    });
  }
  return true;
}

/** Tells whether an engine's own way to write a name means a reference. One that is not sure to is tagged once more. */
function isSameName(engine: EngineKind, name: string, reference: string): boolean {
  const tagged = /:[^/]*$/.test(reference) ? reference : `${reference}:latest`;
  if (name === tagged) return true;
  if (engine === "podman") return !tagged.includes("/") && name === `localhost/${tagged}`;
  return name === tagged.replace(/^docker\.io\/(?:library\/)?/, "");
}
