import { type Builder, engineOf, isLoaded } from "../../../image/build-plan.js";
import { runProbe, type TimedProbe } from "../../../image/engine.js";
import { describeImages, readKey, tagInEngine } from "../../../image/store/engine-store.js";
import type { KeptImage } from "../../../image/store/keep-in-engine.js";
import { addKeyTagsInRegistry } from "../../../image/store/registry-store.js";
import { type ImagesAround, keepEqualImage } from "./kept-images.js";
import { wantedPlatforms } from "./look-up.js";
import type { PreparedBuild } from "./prepare-build.js";

/** How long Podman may take to push a name of an image that it has just pushed, in milliseconds. */
const PUSH_TIMEOUT = 600_000;

/** What has come of a build that worked. */
export interface ConcludedBuild {
  /** As it was prepared, without its key where nobody can tell which files are in the image. */
  readonly build: PreparedBuild;
  /** Where the image from before stays, since it has the same contents. */
  readonly kept: KeptImage | undefined;
  /** What a person should know, in one line. */
  readonly notice: string | undefined;
}

/**
 * Decides whether an image that was just built counts for its key. One that is made from staged files does. One that was made
 * while the engine read the workspace does if nothing has changed there, and is told by the name that it gets only now:
 * whatever ends before, an interrupted bake as well, leaves an image that is not found.
 *
 * @throws OoneexNxError `TAG_FAILED`
 */
export async function concludeBuild(build: PreparedBuild, images: ImagesAround, builder: Builder): Promise<ConcludedBuild> {
  const { plan, key, readsWorkspace } = build;
  if (readsWorkspace && key !== undefined && !build.isCurrent()) {
    const notice = `What ${plan.file} reads changed while the image was built; it counts for nothing and is built again the next time`;
    return { build: { ...build, key: undefined, keyTags: [] }, kept: undefined, notice };
  }
  const kept = await keepEqualImage(build, images, builder);
  const notice = readsWorkspace && kept === undefined ? await giveKeyTags(build, builder) : undefined;
  return { build, kept, notice };
}

/**
 * Gives an image the names that stand for its key, wherever the build has put it.
 *
 * @returns why it is built again the next time, in one line
 * @throws OoneexNxError `TAG_FAILED`
 */
export async function giveKeyTags(build: PreparedBuild, builder: Builder, probe: TimedProbe = runProbe): Promise<string | undefined> {
  const { plan, key, references, keyTags } = build;
  if (key === undefined) return undefined;
  const engine = engineOf(builder);
  const [name = ""] = references;
  let reason: string | undefined;
  // Podman pushes what it has loaded.
  if ((isLoaded(plan) || engine === "podman") && plan.platforms.length < 2) {
    const image = (await describeImages(engine, [name], probe)).get(name);
    // Another run may have given the name to an image of something else in the meantime.
    const isOurs = image !== undefined && readKey(image) === key;
    if (!isOurs || !(await tagInEngine(engine, { id: image.Id, references: [] }, keyTags, probe))) reason = `${name} does not stand for it`;
  }
  if (plan.push && reason === undefined) {
    reason = engine === "podman" ? await pushKeyTags(keyTags, probe) : await addKeyTagsInRegistry({ references, key, platforms: wantedPlatforms(build), builder: plan.builder }, probe);
  }
  return reason === undefined ? undefined : `The image is built again the next time, since it has no name that stands for its key: ${reason}`;
}

async function pushKeyTags(keyTags: readonly string[], probe: TimedProbe): Promise<string | undefined> {
  for (const tag of keyTags) {
    const { code, stderr } = await probe(["podman", "push", "--quiet", tag], PUSH_TIMEOUT);
    if (code !== 0) return `${tag}: ${stderr.trim().split("\n").at(-1) ?? ""}`;
  }
  return undefined;
}
