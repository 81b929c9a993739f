import { OoneexNxError } from "../../errors.js";
import type { EngineKind } from "../build-plan.js";
import { type Probe, runProbe } from "../engine.js";
import { isKeyTag, KEY_LABEL, KEY_TRIGGER } from "./key-label.js";
import { formatPlatform, normalizePlatform, type Platform } from "./platform.js";
import type { Described } from "./same-contents.js";

/** An image in an engine's own store. */
export interface StoredImage extends Platform {
  /** Digest of its configuration with the algorithm, such as `sha256:…`. */
  readonly id: string;
  /** The names it has here, as the engine writes them; none where others took all of them. */
  readonly references: readonly string[];
}

/** The key of an image that is looked for. */
export interface WantedKey {
  /** The tags that it may have, see `keyTag`. */
  readonly tags: readonly string[];
  /** Whether only such a tag tells that the image is of the key, whatever its label says. */
  readonly needsTag: boolean;
}

/** What both engines say of an image, as far as it is read. */
export interface Inspected {
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
 * inherits the label, but neither the trigger that takes the label away nor the tag of the key. The tag of a key also
 * stands for an image of another key that has the very contents which a build of this one gives.
 *
 * @param keys - what tells each one's image, by the key
 * @param platforms - of the build; none for whatever the engine builds for. One store holds no image of several
 * @param labelled - the images that {@link inspectLabelled} has found, where somebody has asked already
 * @returns image by key. An engine that does not answer has none
 */
export async function findInEngine(
  engine: EngineKind,
  keys: ReadonlyMap<string, WantedKey>,
  platforms: readonly string[],
  { probe = runProbe, labelled }: { readonly probe?: Probe; readonly labelled?: readonly Inspected[] | undefined } = {},
): Promise<Map<string, StoredImage>> {
  const found = new Map<string, StoredImage>();
  if (keys.size === 0 || platforms.length > 1) return found;
  const platform = platforms[0] === undefined ? undefined : normalizePlatform(platforms[0]);
  const take = (image: Inspected): void => {
    const stored = readStored(image);
    if (platform !== undefined && formatPlatform(stored) !== platform) return;
    for (const [key, { needsTag }] of keys) {
      const isWanted = needsTag ? isAlias(image, key) : isImageOf(image, key);
      // Of two that were built from one key, the one that has a name is the one that was built last.
      if (isWanted && (found.get(key)?.references.length ?? 0) === 0) found.set(key, stored);
    }
  };
  const [only, ...others] = keys.values();
  const isAskedByName = only?.needsTag === true && others.length === 0;
  if (!isAskedByName) for (const image of labelled ?? (await inspectLabelled(engine, [...keys.keys()], probe))) take(image);
  // The list of a single key does not hold an image that has only its tag, for which one without a name may have been left.
  const isNamed = [...found.values()].some(({ references }) => references.length > 0);
  const tags = others.length > 0 || isNamed ? [] : (only?.tags ?? []);
  if (tags.length > 0) for (const image of await inspectAll(engine, tags, probe)) take(image);
  return found;
}

/** Reads every image with the key, and unless there is a single key every image that has one. */
export async function inspectLabelled(engine: EngineKind, keys: readonly string[] = [], probe: Probe = runProbe): Promise<Inspected[]> {
  // Several filters on labels mean all of them, so of several keys only that there is one can be asked.
  const filter = keys.length === 1 ? `label=${KEY_LABEL}=${keys[0]}` : `label=${KEY_LABEL}`;
  const listed = await probe([engine, "image", "ls", "--filter", filter, "--no-trunc", "--quiet"]);
  const ids = [...new Set(listed.stdout.split("\n").filter((line) => line !== ""))];
  return listed.code !== 0 || ids.length === 0 ? [] : await inspectAll(engine, ids, probe);
}

/** It fails where one of them is not there, and describes the others all the same. */
export async function inspectAll(engine: EngineKind, subjects: readonly string[], probe: Probe): Promise<Inspected[]> {
  return parseInspected((await probe([engine, "image", "inspect", ...subjects])).stdout);
}

/**
 * Reads one image by whatever names it.
 *
 * @returns `undefined` where it is not there, or is no image of the key
 */
export async function inspectImage(engine: EngineKind, subject: string, key: string, probe: Probe = runProbe): Promise<StoredImage | undefined> {
  const [image] = parseInspected((await probe([engine, "image", "inspect", subject])).stdout);
  return image !== undefined && (image.Config?.Labels?.[KEY_LABEL] === key || isAlias(image, key)) ? readStored(image) : undefined;
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

/** Tells an image of a key from those that inherit its label. */
function isImageOf(image: Inspected, key: string): boolean {
  if (isAlias(image, key)) return true;
  const { Config: config, History: history } = image;
  if (config?.Labels?.[KEY_LABEL] !== key) return false;
  if (config.OnBuild?.includes(KEY_TRIGGER) === true) return true;
  // Podman shows no triggers. It sets labels in the last step of a build, which is then some other step of a later one.
  const last = history?.at(-1)?.created_by;
  return last !== undefined && /\bLABEL\b/.test(last) && last.includes(KEY_LABEL) && last.includes(key);
}

/** Tells whether an image that was built from some key has the tag of this one. */
function isAlias({ Config: config, RepoTags: tags }: Inspected, key: string): boolean {
  return /^[0-9a-f]{64}$/.test(config?.Labels?.[KEY_LABEL] ?? "") && tags?.some((tag) => isKeyTag(tag, key)) === true;
}

/**
 * Gives an image the names that it does not have yet, taking them from whatever has them now.
 *
 * @returns `false` where the image has gone since it was found, so that it has to be built
 * @throws OoneexNxError `TAG_FAILED`
 */
export async function tagInEngine(
  engine: EngineKind,
  { id, references: own }: Pick<StoredImage, "id" | "references">,
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
export function isSameName(engine: EngineKind, name: string, reference: string): boolean {
  const tagged = /:[^/]*$/.test(reference) ? reference : `${reference}:latest`;
  if (name === tagged) return true;
  if (engine === "podman") return !namesHost(tagged) && name === `localhost/${tagged}`;
  return name === tagged.replace(/^docker\.io\/(?:library\/)?/, "");
}

/** Tells whether a reference begins with a registry's host, which has a dot or a port, or is this machine. */
function namesHost(reference: string): boolean {
  const [first = "", ...rest] = reference.split("/");
  return rest.length > 0 && (/[.:]/.test(first) || first === "localhost");
}

/** The key that an image says it was built from. */
export function readKey({ Config: config }: Described | Inspected): unknown {
  return (config as Inspected["Config"])?.Labels?.[KEY_LABEL];
}

/**
 * Reads the images that some names stand for, with one short command.
 *
 * @returns each as the engine describes it, with its algorithm before its id, by name; none where a name stands for nothing
 */
export async function describeImages(engine: EngineKind, references: readonly string[], probe: Probe = runProbe): Promise<Map<string, Described>> {
  const described = references.length === 0 ? [] : await inspectAll(engine, references, probe);
  return new Map(
    references.flatMap((reference): [string, Described][] => {
      const image = described.find(({ RepoTags: tags }) => tags?.some((name) => isSameName(engine, name, reference)));
      return image === undefined ? [] : [[reference, { ...image, Id: readStored(image).id }]];
    }),
  );
}
