import type { EngineKind } from "../build-plan.js";
import { type Probe, runProbe } from "../engine.js";
import { dropOldAliases } from "./alias-tags.js";
import { describeImages, readKey, tagInEngine } from "./engine-store.js";
import { keyTag } from "./key-label.js";
import { type Described, haveSameContents } from "./same-contents.js";

/** An image that a build has made anew, and the equal one that stays in its place. Both ids begin with `sha256:`. */
export interface KeptImage {
  readonly kept: string;
  /** It has no name left, as the image of an earlier build has none, and goes the same way: `docker image prune`. */
  readonly replaced: string;
}

/** What is to become of the names of an image that was just built. */
export interface KeepRequest {
  readonly names: readonly string[];
  readonly key: string;
  readonly present?: ReadonlyMap<string, Described>;
}

/** The names that tell which images there are to choose from: the first one, and the tag of the key. */
export function listCompared(names: readonly string[], key: string): [name: string, tag: string] {
  const [name = ""] = names;
  return [name, keyTag(name, key)];
}

/**
 * Gives the names of an image that was just built to the one that had the first of them before, where the two differ in the
 * key alone. The tag of the new key then leads to the old image. Wherever this ends, each name stands for one of the two. Of
 * two runs at once, the one that ends last finds what the other has kept by that tag.
 *
 * @param before - read before the build, see {@link describeImages}
 * @param names - that the image is to have
 * @param key - that the new image was built from
 * @param present - what {@link listCompared} stand for by now, where somebody has asked
 * @returns `undefined` where the new image stays
 * @throws OoneexNxError `TAG_FAILED`
 */
export async function keepInEngine(
  engine: EngineKind,
  before: Described,
  { names, key, present }: KeepRequest,
  probe: Probe = runProbe,
): Promise<KeptImage | undefined> {
  const [name, tag] = listCompared(names, key);
  const images = present ?? (await describeImages(engine, [name, tag], probe));
  const after = images.get(name);
  // Another run may have given the name to an image of something else in the meantime.
  if (after === undefined || readKey(after) !== key) return undefined;
  const equal = [images.get(tag), before].find((image) => image !== undefined && image.Id !== after.Id && haveSameContents(image, after));
  if (equal === undefined) return undefined;
  // The tag comes first, so that it is there for whoever takes the names away again.
  if (!(await tagInEngine(engine, { id: equal.Id, references: [] }, [...new Set([tag, ...names])], probe))) return undefined;
  await dropOldAliases(engine, equal.Id, tag, probe);
  return { kept: equal.Id, replaced: after.Id };
}
