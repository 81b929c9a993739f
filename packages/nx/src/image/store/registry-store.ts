import type { EngineKind } from "../build-plan.js";
import { type ProbeResult, runProbe, TIMED_OUT, type TimedProbe } from "../engine.js";
import { inspectImage, type StoredImage, tagInEngine } from "./engine-store.js";
import { keyTag, repositoryOf } from "./key-label.js";
import { ANSWER_TEMPLATE, findDifference, isSameImage, onlyImage, readRegistryImage, type RegistryImage } from "./registry-answer.js";

/** How long a registry may take to say what is in it, in milliseconds. */
const ANSWER_TIMEOUT = 10_000;

/** How long a pull, or a copy to another repository, may take, in milliseconds. */
const TRANSFER_TIMEOUT = 600_000;

/** What to look for in registries. */
export interface RegistryQuestion {
  /** Names that the image is to have; each one's repository is asked. */
  readonly references: readonly string[];
  readonly key: string;
  /** Of the build; none for one image, whatever it runs on. */
  readonly platforms: readonly string[];
  /** The buildx builder, which may know registries that Docker does not. */
  readonly builder?: string | undefined;
}

/** An image that a build of the key would make anew, complete in a registry. */
export interface FoundInRegistry {
  /** Repository of the first name it was found under. */
  readonly repository: string;
  /** Digest of its manifest, or of its index where there is one. */
  readonly digest: string;
  /** Digest of the only image of an index, which a name may stand for as well: buildx before 0.15 wraps what it names anew. */
  readonly only?: string | undefined;
  readonly key: string;
  readonly platforms: readonly string[];
  readonly builder?: string | undefined;
}

/** One of the two is there. */
export interface RegistryAnswer {
  readonly found: FoundInRegistry | undefined;
  /** What is in the way, in one line; nothing where the registries have no such image. */
  readonly reason: string | undefined;
}

/**
 * Looks for the image of a key under the key's tag in each repository, all at once.
 *
 * An image counts only if each platform's configuration can be read and has the key: an index is there from the moment
 * that it is pushed, which says nothing of the images that it lists. A registry that does not answer, or refuses, has
 * none, and is waited for no longer than ten seconds.
 */
export async function findInRegistry(question: RegistryQuestion, probe: TimedProbe = runProbe): Promise<RegistryAnswer> {
  const { references, key, platforms, builder } = question;
  const tags = [...new Set(references.map((reference) => keyTag(reference, key)))];
  const answers = await Promise.all(
    tags.map(async (tag) => {
      const image = await inspect(tag, builder, probe);
      const obstacle = typeof image === "string" ? image : findDifference(image, key, platforms);
      return { tag, image, obstacle };
    }),
  );
  for (const { tag, image, obstacle } of answers) {
    if (obstacle !== undefined || typeof image === "string") continue;
    return { found: { repository: repositoryOf(tag), digest: image.digest, only: onlyImage(image), key, platforms, builder }, reason: undefined };
  }
  const reasons = answers.flatMap(({ tag, obstacle = "" }) => (isAbsent(tag, obstacle) ? [] : obstacle.includes(tag) ? [obstacle] : [`${tag}: ${obstacle}`]));
  return { found: undefined, reason: reasons.length === 0 ? undefined : reasons.join("; ") };
}

/** Tells whether a registry has nothing under a name, in the words of buildx; a part of an index that has gone is something else. */
function isAbsent(tag: string, obstacle: string): boolean {
  return obstacle.endsWith(`${tag}: not found`) || /\b(?:manifest|name) unknown\b/i.test(obstacle);
}

/**
 * Reads the digest of what stands under a name: of the index where there is one, else of the manifest.
 *
 * @returns `undefined` where nothing does, or the registry does not say
 */
export async function readRegistryDigest(reference: string, builder: string | undefined, probe: TimedProbe = runProbe): Promise<string | undefined> {
  const image = await inspect(reference, builder, probe);
  return typeof image === "string" ? undefined : image.digest;
}

/** What stands under a name in a registry; `silence` is why that cannot be told, in one line. */
export type RegistryName = { readonly image: RegistryImage | undefined } | { readonly silence: string };

/** How registries say that a name stands for nothing, or that it is not for the one who asks to know. */
const NOTHING_THERE = /not found|(?:name|manifest|repository)[ _]unknown|\bdenied:|access (?:to the resource is )?denied|unauthorized|forbidden|authorization failed|insufficient_scope|no basic auth|\b40[134]\b/i;

/**
 * Reads what stands under a name. A registry that does not tell it to the one who asks, as some do for a repository that is
 * yet to be, counts as one with nothing there: what is pushed then, the registry itself decides.
 */
export async function readRegistryName(reference: string, builder: string | undefined, probe: TimedProbe = runProbe): Promise<RegistryName> {
  const image = await inspect(reference, builder, probe);
  if (typeof image !== "string") return { image };
  return NOTHING_THERE.test(image) ? { image: undefined } : { silence: image };
}

/** @returns what stands under a name, or why that cannot be told, in one line */
async function inspect(reference: string, builder: string | undefined, probe: TimedProbe): Promise<RegistryImage | string> {
  const result = await probe([...imagetools("inspect", builder), "--format", ANSWER_TEMPLATE, reference], ANSWER_TIMEOUT);
  if (result.code !== 0) return describeFailure(result);
  return readRegistryImage(result.stdout) ?? "the answer of docker buildx imagetools cannot be read";
}

function imagetools(verb: "inspect" | "create", builder: string | undefined): [string, ...string[]] {
  return ["docker", "buildx", "imagetools", verb, ...(builder === undefined ? [] : ["--builder", builder])];
}

const NO_ANSWER = "no answer in time";

function describeFailure({ code, stderr }: ProbeResult): string {
  if (code === undefined || stderr.includes("is not a docker command")) return "registries are asked with docker buildx, which is not installed";
  // What it said until then is how far it was.
  if (code === TIMED_OUT) return NO_ANSWER;
  const lines = stderr.trim().split("\n");
  const line = lines.find((text) => text.startsWith("ERROR: ")) ?? lines[0] ?? "";
  return line === "" ? "no reason was given" : line.replace(/^ERROR: /, "");
}

/**
 * Gives an image in a registry its names, and in each repository the key's tag. Nothing is pulled; what is wanted in
 * another repository is copied there by way of this machine.
 *
 * @param references - names that it is to have
 * @returns why that failed, in one line, such as for an image that has gone since it was found, so that it has to be built;
 *   `undefined` where it did not
 */
export async function tagInRegistry(found: FoundInRegistry, references: readonly string[], probe: TimedProbe = runProbe): Promise<string | undefined> {
  return await nameInRegistry(found, [...references.map((reference) => keyTag(reference, found.key)), ...references], probe);
}

/**
 * Gives an image that was just pushed the key's tag, in each repository that it was pushed to, unless another has taken its
 * place by now.
 *
 * @returns why it has not got all of them, in one line
 */
export async function addKeyTagsInRegistry(question: RegistryQuestion, probe: TimedProbe = runProbe): Promise<string | undefined> {
  const { references, key, platforms, builder } = question;
  const byTag = new Map(references.map((reference) => [keyTag(reference, key), reference]));
  const reasons = await Promise.all(
    [...byTag].map(async ([tag, reference]) => {
      const image = await inspect(reference, builder, probe);
      const obstacle = typeof image === "string" ? image : findDifference(image, key, platforms);
      if (obstacle !== undefined || typeof image === "string") return `${reference}: ${obstacle}`;
      return await nameInRegistry({ repository: repositoryOf(reference), digest: image.digest, builder }, [tag], probe);
    }),
  );
  return reasons.find((reason) => reason !== undefined);
}

async function nameInRegistry(
  { repository, digest, only, builder }: Pick<FoundInRegistry, "repository" | "digest" | "only" | "builder">,
  names: readonly string[],
  probe: TimedProbe,
): Promise<string | undefined> {
  const wanted = [...new Set(names)];
  const present = await Promise.all(wanted.map((reference) => inspect(reference, builder, probe)));
  // A name that has the image is left alone, since a tool that names it anew may wrap it into another index.
  const missing = wanted.filter((_, index) => ![digest, only].some((each) => each !== undefined && isThere(present[index], each)));
  if (missing.length === 0) return undefined;
  const image = `${repository}@${digest}`;
  const failure = await createNames(image, missing, builder, probe);
  if (failure === undefined || failure === NO_ANSWER) return failure;
  // Up to 0.32 buildx copies an image for each name at once, and its platforms with the layers that they share. A registry may
  // refuse bytes that arrive twice at a time, and takes the names one after the other.
  for (const reference of missing) {
    const reason = await createNames(image, [reference], builder, probe);
    if (reason !== undefined) return reason;
  }
  return undefined;
}

/** @returns why that failed, in one line */
async function createNames(image: string, names: readonly string[], builder: string | undefined, probe: TimedProbe): Promise<string | undefined> {
  const create = imagetools("create", builder);
  const named = [...names.flatMap((reference) => ["--tag", reference]), image];
  // An image keeps its digest under its new name where buildx knows how to leave it unwrapped, which is from 0.15 on.
  const kept = await probe([...create, "--prefer-index=false", ...named], TRANSFER_TIMEOUT);
  if (kept.code === 0) return undefined;
  if (!kept.stderr.includes("unknown flag")) return describeFailure(kept);
  const wrapped = await probe([...create, ...named], TRANSFER_TIMEOUT);
  return wrapped.code === 0 ? undefined : describeFailure(wrapped);
}

function isThere(image: RegistryImage | string | undefined, digest: string): boolean {
  return image !== undefined && typeof image !== "string" && isSameImage(image, digest);
}

/**
 * Loads an image of a registry into an engine's store under its names.
 *
 * @returns `undefined` where that failed, so that it has to be built
 * @throws OoneexNxError `TAG_FAILED`
 */
export async function pullFromRegistry(
  engine: EngineKind,
  { repository, digest, key, platforms }: FoundInRegistry,
  references: readonly string[],
  probe: TimedProbe = runProbe,
): Promise<StoredImage | undefined> {
  // By digest, so that what was looked at is what comes, whatever the tag stands for by now.
  const subject = `${repository}@${digest}`;
  const platform = platforms.length === 1 ? ["--platform", ...platforms] : [];
  const pulled = await probe([engine, "pull", "--quiet", ...platform, subject], TRANSFER_TIMEOUT);
  if (pulled.code !== 0) return undefined;
  const image = await inspectImage(engine, subject, key, probe);
  return image !== undefined && (await tagInEngine(engine, image, references, probe)) ? image : undefined;
}
