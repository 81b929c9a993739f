import { type Builder, engineOf, isLoaded } from "../../../image/build-plan.js";
import { shortenDigest } from "../../../image/reference.js";
import { describeImages } from "../../../image/store/engine-store.js";
import { keepInEngine, type KeptImage, listCompared } from "../../../image/store/keep-in-engine.js";
import type { Described } from "../../../image/store/same-contents.js";
import type { PreparedBuild } from "./prepare-build.js";

/** The images that builds are about to take the first name from. */
export type ImagesBefore = ReadonlyMap<PreparedBuild, Described>;

/** Reads them, with one command for each engine. What is pushed has its truth in the registry, and is left alone. */
export async function readImagesBefore(builds: readonly PreparedBuild[], builder: Builder): Promise<ImagesBefore> {
  const local = builds.filter(({ key, plan }) => key !== undefined && !plan.push && isLoaded(plan) && plan.platforms.length < 2);
  const images = await describeImages(engineOf(builder), local.flatMap(({ references }) => references.slice(0, 1)));
  return new Map(
    local.flatMap((build): [PreparedBuild, Described][] => {
      const image = images.get(build.references[0] ?? "");
      return image === undefined ? [] : [[build, image]];
    }),
  );
}

/** What is known of an image's names before and after builds. */
export interface ImagesAround {
  readonly before: ImagesBefore;
  readonly after: ImagesAfter;
}

/** What the names of images stand for once they are built, for {@link keepEqualImage}. */
export type ImagesAfter = ReadonlyMap<string, Described>;

/** Reads them with one command, however many builds have ended. Nothing is asked where nothing was there before. */
export async function readImagesAfter(builds: readonly PreparedBuild[], before: ImagesBefore, builder: Builder): Promise<ImagesAfter> {
  const names = builds.flatMap((build) => (before.has(build) && build.key !== undefined ? listCompared(build.references, build.key) : []));
  return await describeImages(engineOf(builder), names);
}

/**
 * Keeps the image from before where the one that was just built has the same contents, such as after a change of a comment.
 *
 * @returns `undefined` where the new image stays
 * @throws OoneexNxError `TAG_FAILED`
 */
export async function keepEqualImage(build: PreparedBuild, { before, after }: ImagesAround, builder: Builder): Promise<KeptImage | undefined> {
  const image = before.get(build);
  if (image === undefined || build.key === undefined) return undefined;
  return await keepInEngine(engineOf(builder), image, { names: [...new Set([...build.references, ...build.keyTags])], key: build.key, present: after });
}

/** One line for a person. */
export function describeKept({ references }: PreparedBuild, { kept }: KeptImage): string {
  return `${references.join(", ")}: the contents are the same as before, and so is the image (${shortenDigest(kept)})`;
}

/** Makes what an engine has printed with `quiet`, which is the image's id, that of the image that stays. */
export function replaceId(text: string, { kept, replaced }: KeptImage): string {
  return text.replaceAll(replaced.replace("sha256:", ""), kept.replace("sha256:", ""));
}
