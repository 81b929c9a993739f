import { type Builder, type EngineKind, engineOf } from "../../../image/build-plan.js";
import { shortenDigest } from "../../../image/reference.js";
import { describeImages, findInEngine, type Inspected, type StoredImage, tagInEngine, type WantedKey } from "../../../image/store/engine-store.js";
import { keepInEngine } from "../../../image/store/keep-in-engine.js";
import { isRegistryReference, keyTag } from "../../../image/store/key-label.js";
import { findInRegistry, pullFromRegistry, tagInRegistry } from "../../../image/store/registry-store.js";
import type { PreparedBuild } from "./prepare-build.js";

/** An image that was there already, and has all of its names again. */
export interface UpToDate {
  /** Id in the engine, or digest in the registry. */
  readonly digest: string;
  /** Where it was found. */
  readonly store: "engine" | "registry";
}

/** What became of looking for an image: it is there, or it has to be built. */
export interface LookedUp {
  readonly found: UpToDate | undefined;
  /** What kept a registry from answering, or its image from being taken, in one line; nothing where it simply has none. */
  readonly obstacle: string | undefined;
}

/** One line for a person. */
export function describeUpToDate({ references }: PreparedBuild, { digest, store }: UpToDate): string {
  return `${references.join(", ")}: up to date, found in the ${store} (${shortenDigest(digest)})`;
}

/**
 * Looks for the images that would be built, in the engine and, for those with a registry's name, in the registry, and gives
 * each that is there its names. However many are asked for, the engine is asked once.
 *
 * @param labelled - the images with a key that are in the engine, where it was asked already
 * @returns an answer for each image that could be asked for; every other has to be built
 */
export async function lookUp(builds: readonly PreparedBuild[], builder: Builder, labelled?: readonly Inspected[]): Promise<Map<PreparedBuild, LookedUp>> {
  const answers = new Map<PreparedBuild, LookedUp>();
  const askable = builds.filter(({ key, plan }) => key !== undefined && (plan.push || (plan.load !== false && plan.platforms.length < 2)));
  const inEngine = await findLoaded(askable.filter(({ plan }) => !plan.push || plan.load === true), builder, labelled);
  await Promise.all(
    askable.map(async (build) => {
      answers.set(build, build.plan.push ? await findPushed(build, inEngine, builder) : await findLocal(build, inEngine, builder));
    }),
  );
  return answers;
}

/** The build of an image that was looked for in vain, which says why where there is something to say. */
export function withObstacle(build: PreparedBuild, obstacle: string | undefined): PreparedBuild {
  return obstacle === undefined ? build : { ...build, notices: [...build.notices, describeObstacle(obstacle)] };
}

/** One line for a person. */
export function describeObstacle(obstacle: string): string {
  return `The registry is of no help: ${obstacle}`;
}

type InEngine = Awaited<ReturnType<typeof findInEngine>>;

/** Builds for the same platforms are asked for together. */
async function findLoaded(builds: readonly PreparedBuild[], builder: Builder, labelled: readonly Inspected[] | undefined): Promise<InEngine> {
  const groups = new Map<string, PreparedBuild[]>();
  for (const build of builds) {
    const platforms = wantedPlatforms(build).join(",");
    groups.set(platforms, [...(groups.get(platforms) ?? []), build]);
  }
  const answers = await Promise.all(
    [...groups.values()].map((group) => findInEngine(engineOf(builder), listKeys(group), group[0] === undefined ? [] : wantedPlatforms(group[0]), { labelled })),
  );
  return new Map(answers.flatMap((answer) => [...answer]));
}

/** Each key with what tells its image. */
function listKeys(builds: readonly PreparedBuild[]): Map<string, WantedKey> {
  const keys = new Map<string, WantedKey>();
  for (const { key, references, readsWorkspace } of builds) {
    if (key === undefined) continue;
    const tags = [...(keys.get(key)?.tags ?? []), ...references.map((name) => keyTag(name, key))];
    keys.set(key, { tags: [...new Set(tags)], needsTag: readsWorkspace });
  }
  return keys;
}

/** A builder that is named may build for something else than the engine, and says so in the key. */
export function wantedPlatforms({ plan, platform }: PreparedBuild): readonly string[] {
  if (plan.platforms.length > 0) return plan.platforms;
  return platform === undefined || plan.builder !== undefined ? [] : [platform];
}

async function findLocal(build: PreparedBuild, inEngine: InEngine, builder: Builder): Promise<LookedUp> {
  const { key, plan, references, keyTags } = build;
  const engine = engineOf(builder);
  const image = inEngine.get(key ?? "");
  const id = image && (await nameAgain(build, image, engine));
  if (id !== undefined) return take(id, "engine");
  const remote = references.filter((reference) => isRegistryReference(reference));
  if (remote.length === 0 || key === undefined) return NOWHERE;
  const { found, reason } = await findInRegistry({ references: remote, key, platforms: wantedPlatforms(build), builder: plan.builder });
  if (found === undefined) return { found, obstacle: reason };
  const pulled = await pullFromRegistry(engine, found, [...references, ...keyTags]);
  return pulled === undefined ? failTo("pulled", found) : take(pulled.id, "registry");
}

/**
 * Gives an image that was found its names. One that has none may be what a build has made anew of the very contents that the
 * name stands for, which then goes on to stand for the same image.
 *
 * @returns id of the image that has the names; `undefined` where it has gone in the meantime
 */
async function nameAgain({ key = "", references, keyTags }: PreparedBuild, image: StoredImage, engine: EngineKind): Promise<string | undefined> {
  const before = image.references.length > 0 ? undefined : [...(await describeImages(engine, references.slice(0, 1))).values()][0];
  if (!(await tagInEngine(engine, image, references))) return undefined;
  const kept = before && (await keepInEngine(engine, before, { names: [...new Set([...references, ...keyTags])], key }));
  return kept?.kept ?? image.id;
}

/** What is pushed has to be in the registry; what is loaded as well has to be in both. */
async function findPushed(build: PreparedBuild, inEngine: InEngine, builder: Builder): Promise<LookedUp> {
  const { key, plan, references, keyTags } = build;
  if (key === undefined) return NOWHERE;
  const { found, reason } = await findInRegistry({ references, key, platforms: wantedPlatforms(build), builder: plan.builder });
  if (found === undefined) return { found, obstacle: reason };
  if (plan.load === true) {
    // The engine's own store holds an image of one platform.
    if (plan.platforms.length > 1) return NOWHERE;
    const engine = engineOf(builder);
    const image = inEngine.get(key);
    const isNamed = image !== undefined && (await tagInEngine(engine, image, references));
    if (!isNamed && (await pullFromRegistry(engine, found, [...references, ...keyTags])) === undefined) return failTo("pulled", found);
  }
  const cause = await tagInRegistry(found, references);
  return cause === undefined ? take(found.digest, "registry") : failTo("tagged", found, cause);
}

const NOWHERE: LookedUp = { found: undefined, obstacle: undefined };

function take(digest: string, store: UpToDate["store"]): LookedUp {
  return { found: { digest, store }, obstacle: undefined };
}

function failTo(be: "pulled" | "tagged", { repository, digest }: { readonly repository: string; readonly digest: string }, cause = ""): LookedUp {
  return { found: undefined, obstacle: `${repository}@${digest} is there and could not be ${be}${cause === "" ? "" : `: ${cause}`}` };
}
