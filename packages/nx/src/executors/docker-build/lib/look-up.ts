import { type Builder, engineOf } from "../../../image/build-plan.js";
import { findInEngine, tagInEngine } from "../../../image/store/engine-store.js";
import { isRegistryReference } from "../../../image/store/key-label.js";
import { findInRegistry, pullFromRegistry, tagInRegistry } from "../../../image/store/registry-store.js";
import type { DockerBuildOptions } from "../schema.js";
import type { PreparedBuild } from "./prepare-build.js";

/** An image that was there already, and has all of its names again. */
export interface UpToDate {
  /** Id in the engine, or digest in the registry. */
  readonly digest: string;
  /** Where it was found. */
  readonly store: "engine" | "registry";
}

/** Tells whether an image is built whatever is there. Nx sets the variables for its own flag `--skip-nx-cache`. */
export function isForced({ force, noCache, cache, pull }: DockerBuildOptions): boolean {
  if (force === true || noCache === true || cache === false || pull === true) return true;
  return process.env["NX_SKIP_NX_CACHE"] === "true" || process.env["NX_DISABLE_NX_CACHE"] === "true";
}

/** One line for a person. */
export function describeUpToDate({ references }: PreparedBuild, { digest, store }: UpToDate): string {
  return `${references.join(", ")}: up to date, found in the ${store} (${digest.slice(0, "sha256:".length + 12)})`;
}

/**
 * Looks for the images that would be built, in the engine and, for those with a registry's name, in the registry, and gives
 * each that is there its names. However many are asked for, the engine is asked once.
 *
 * @returns what is there; every other image has to be built
 */
export async function lookUp(builds: readonly PreparedBuild[], builder: Builder): Promise<Map<PreparedBuild, UpToDate>> {
  const found = new Map<PreparedBuild, UpToDate>();
  const askable = builds.filter(({ key, plan }) => key !== undefined && (plan.push || (plan.load !== false && plan.platforms.length < 2)));
  const inEngine = await findLoaded(askable.filter(({ plan }) => !plan.push || plan.load === true), builder);
  await Promise.all(
    askable.map(async (build) => {
      const upToDate = build.plan.push ? await findPushed(build, inEngine, builder) : await findLocal(build, inEngine, builder);
      if (upToDate !== undefined) found.set(build, upToDate);
    }),
  );
  return found;
}

type InEngine = Awaited<ReturnType<typeof findInEngine>>;

/** Builds for the same platforms are asked for together. */
async function findLoaded(builds: readonly PreparedBuild[], builder: Builder): Promise<InEngine> {
  const groups = new Map<string, PreparedBuild[]>();
  for (const build of builds) {
    const platforms = wantedPlatforms(build).join(",");
    groups.set(platforms, [...(groups.get(platforms) ?? []), build]);
  }
  const answers = await Promise.all(
    [...groups.values()].map((group) => findInEngine(engineOf(builder), group.flatMap(({ key }) => key ?? []), group[0] === undefined ? [] : wantedPlatforms(group[0]))),
  );
  return new Map(answers.flatMap((answer) => [...answer]));
}

/** A builder that is named may build for something else than the engine, and says so in the key. */
export function wantedPlatforms({ plan, platform }: PreparedBuild): readonly string[] {
  if (plan.platforms.length > 0) return plan.platforms;
  return platform === undefined || plan.builder !== undefined ? [] : [platform];
}

async function findLocal(build: PreparedBuild, inEngine: InEngine, builder: Builder): Promise<UpToDate | undefined> {
  const { key, plan, references } = build;
  const engine = engineOf(builder);
  const image = inEngine.get(key ?? "");
  if (image !== undefined && (await tagInEngine(engine, image, references))) return { digest: image.id, store: "engine" };
  const remote = references.filter((reference) => isRegistryReference(reference));
  if (remote.length === 0 || key === undefined) return undefined;
  const pushed = await findInRegistry({ references: remote, key, platforms: wantedPlatforms(build), builder: plan.builder });
  if (pushed.found === undefined) return undefined;
  const pulled = await pullFromRegistry(engine, pushed.found, references);
  return pulled === undefined ? undefined : { digest: pulled.id, store: "registry" };
}

/** What is pushed has to be in the registry; what is loaded as well has to be in both. */
async function findPushed(build: PreparedBuild, inEngine: InEngine, builder: Builder): Promise<UpToDate | undefined> {
  const { key, plan, references } = build;
  if (key === undefined) return undefined;
  const { found } = await findInRegistry({ references, key, platforms: wantedPlatforms(build), builder: plan.builder });
  if (found === undefined) return undefined;
  if (plan.load === true) {
    // The engine's own store holds an image of one platform.
    if (plan.platforms.length > 1) return undefined;
    const engine = engineOf(builder);
    const image = inEngine.get(key);
    const isNamed = image !== undefined && (await tagInEngine(engine, image, references));
    if (!isNamed && (await pullFromRegistry(engine, found, references)) === undefined) return undefined;
  }
  return (await tagInRegistry(found, references)) ? { digest: found.digest, store: "registry" } : undefined;
}
