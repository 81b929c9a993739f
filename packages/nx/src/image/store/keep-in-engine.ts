import { OoneexNxError } from "../../errors.js";
import type { EngineKind } from "../build-plan.js";
import { type Probe, runProbe } from "../engine.js";
import { describeImages, tagInEngine } from "./engine-store.js";
import { KEY_LABEL, keyTag, repositoryOf } from "./key-label.js";
import { type Described, haveSameContents } from "./same-contents.js";

/** An image that a build has made anew, and the equal one that stays in its place. Both ids begin with `sha256:`. */
export interface KeptImage {
  readonly kept: string;
  readonly removed: string;
}

/**
 * Gives the names of an image that was just built to the one that had the first of them before, where the two differ in the
 * key alone. The tag of the new key then leads to the old image, and the new one, which has no name left, is removed.
 * Wherever this ends, each name stands for one of the two. Of two runs at once, the one that ends last finds what the other
 * has kept by that tag.
 *
 * @param before - read before the build, see {@link describeImages}
 * @param names - that the build gives
 * @param key - that the new image was built from
 * @returns `undefined` where the new image stays
 * @throws OoneexNxError `TAG_FAILED`
 */
export async function keepInEngine(
  engine: EngineKind,
  before: Described,
  { names, key }: { readonly names: readonly string[]; readonly key: string },
  probe: Probe = runProbe,
): Promise<KeptImage | undefined> {
  const [name = ""] = names;
  const tag = keyTag(name, key);
  const present = await describeImages(engine, [name, tag], probe);
  const after = present.get(name);
  // Another run may have given the name to an image of something else in the meantime.
  if (after === undefined || readKey(after) !== key) return undefined;
  const equal = [present.get(tag), before].find((image) => image !== undefined && image.Id !== after.Id && haveSameContents(image, after));
  if (equal === undefined) return undefined;
  // The tag comes first, so that it is there for whoever takes the names away again.
  if (!(await tagInEngine(engine, { id: equal.Id, references: [] }, [...new Set([tag, ...names])], probe))) return undefined;
  // By a name of its own: removed by its id, it would take along a name that another run has given it by now.
  const last = `${repositoryOf(name)}:ooneex-removed-${after.Id.replace("sha256:", "").slice(0, 12)}`;
  if ((await probe([engine, "tag", after.Id, last])).code === 0) await probe([engine, "rmi", last]);
  return { kept: equal.Id, removed: after.Id };
}

/**
 * Removes an image with all of its names, so that it is not found by its key.
 *
 * @param reference - one of its names; where that stands for an image of another key, or none, there is nothing to remove
 * @throws OoneexNxError `SOURCES_CHANGED`
 */
export async function removeFromEngine(engine: EngineKind, reference: string, key: string, probe: Probe = runProbe): Promise<void> {
  const image = (await describeImages(engine, [reference], probe)).get(reference);
  if (image === undefined || readKey(image) !== key) return;
  const { code, stderr } = await probe([engine, "rmi", "--force", image.Id]);
  if (code === 0) return;
  throw new OoneexNxError({
    code: "SOURCES_CHANGED",
    what: `files changed while the image was built from them, and ${engine} does not remove it: ${stderr.trim() === "" ? "it does not answer" : stderr.trim()}`,
    where: reference,
    remedy: `${engine} rmi --force ${image.Id}, then build again`,
  });
}

function readKey({ Config: config }: Described): unknown {
  return (config as { Labels?: Readonly<Record<string, string>> | null } | null | undefined)?.Labels?.[KEY_LABEL];
}
