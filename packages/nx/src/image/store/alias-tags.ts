import type { EngineKind } from "../build-plan.js";
import type { Probe } from "../engine.js";
import { inspectAll, isSameName, readKey } from "./engine-store.js";
import { isKeyTag, repositoryOf } from "./key-label.js";

/** How many tags of other keys an image keeps, of a repository: enough for a few branches that share an engine. */
const KEPT = 4;

/** A name that stands for some key, and how many digits of the key end it. */
const ANY_KEY_TAG = /:ooneex-[0-9a-f]{32}$/;
const DIGITS = 32;

/**
 * Takes names of other keys from an image that has just been given another, so that they do not pile up. Without such a name
 * its key leads to no image, which is built once more. The name of the key that the image was built from stays.
 *
 * By its name alone, an image loses just that name as long as it has another.
 *
 * @param tag - the name that it has just been given
 */
export async function dropOldAliases(engine: EngineKind, id: string, tag: string, probe: Probe): Promise<void> {
  const [image] = await inspectAll(engine, [id], probe);
  if (image === undefined) return;
  const own = readKey(image);
  const others = (image.RepoTags ?? []).filter((name) => {
    const suffix = ANY_KEY_TAG.exec(name)?.[0];
    if (suffix === undefined || isSameName(engine, name, tag) || (typeof own === "string" && isKeyTag(name, own))) return false;
    return isSameName(engine, name, `${repositoryOf(tag)}${suffix}`);
  });
  // No engine says which name is the oldest. Which ones follow the new one's digits is chance, so each goes at some time.
  const digitsOf = (name: string): string => name.slice(-DIGITS);
  const [later, earlier] = [others.filter((name) => digitsOf(name) > digitsOf(tag)), others.filter((name) => digitsOf(name) < digitsOf(tag))];
  for (const name of [...later.sort(), ...earlier.sort()].slice(KEPT)) await probe([engine, "rmi", name]);
}
