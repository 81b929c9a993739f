import { OoneexNxError } from "../../../errors.js";
import { runProbe, type TimedProbe } from "../../../image/engine.js";
import { repositoryOf } from "../../../image/store/key-label.js";
import { findDifference, type RegistryImage } from "../../../image/store/registry-answer.js";
import { type FoundInRegistry, readRegistryName } from "../../../image/store/registry-store.js";
import { wantedPlatforms } from "../../docker-build/lib/look-up.js";
import type { PreparedBuild } from "../../docker-build/lib/prepare-build.js";

/** An image that is there, and the names that it has of those that are not to change. */
export interface FixedImage {
  readonly image: FoundInRegistry;
  readonly references: readonly string[];
}

/**
 * Finds the image that a push would make under one of the names that are not to change.
 *
 * @param fixed - full references
 * @returns `undefined` where nothing stands under any of them
 * @throws OoneexNxError `TAG_TAKEN` where another image does, `REGISTRY_SILENT` where that cannot be told
 */
export async function findUnderFixedTags(build: PreparedBuild, fixed: readonly string[], probe: TimedProbe = runProbe): Promise<FixedImage | undefined> {
  const { key, plan } = build;
  const platforms = wantedPlatforms(build);
  const answers = await Promise.all(fixed.map(async (reference) => ({ reference, name: await readRegistryName(reference, plan.builder, probe) })));
  let found: { readonly reference: string; readonly image: RegistryImage } | undefined;
  const references: string[] = [];
  for (const { reference, name } of answers) {
    if ("silence" in name) throw registrySilent(reference, name.silence);
    if (name.image === undefined) continue;
    if (key === undefined) throw tagTaken(reference, "whether it is the one that would be pushed cannot be told");
    const difference = findDifference(name.image, key, platforms);
    if (difference !== undefined) throw tagTaken(reference, difference);
    found ??= { reference, image: name.image };
    if (unwrap(found.image) !== unwrap(name.image)) throw tagTaken(reference, `${found.reference} is another one of the same contents`);
    references.push(reference);
  }
  if (found === undefined || key === undefined) return undefined;
  return { image: { repository: repositoryOf(found.reference), digest: found.image.digest, key, platforms, builder: plan.builder }, references };
}

/** The only image of an index in its place: buildx before 0.15 wraps an image that it gives another name. */
function unwrap({ digest, children }: RegistryImage): string {
  const [only, ...others] = Object.values(children);
  return others.length === 0 ? (only ?? digest) : digest;
}

function tagTaken(reference: string, difference: string): OoneexNxError {
  return new OoneexNxError({
    code: "TAG_TAKEN",
    what: `another image has this name: ${difference}`,
    where: reference,
    remedy: "commit what has changed, which makes a tag of its own; --force takes the name from the other image",
  });
}

function registrySilent(reference: string, reason: string): OoneexNxError {
  return new OoneexNxError({
    code: "REGISTRY_SILENT",
    what: `the registry does not say whether this name is taken: ${reason}`,
    where: reference,
    remedy: `try: docker buildx imagetools inspect ${reference}; --force pushes without an answer`,
  });
}
