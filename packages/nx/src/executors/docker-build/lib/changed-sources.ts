import { type Builder, engineOf } from "../../../image/build-plan.js";
import { removeFromEngine } from "../../../image/store/keep-in-engine.js";
import { KEY_LABEL } from "../../../image/store/key-label.js";
import type { PreparedBuild } from "./prepare-build.js";

/**
 * Gives up an image that was built while a file changed which the engine reads of the workspace itself: nobody can tell which
 * of the two states is in it, so it must not be found by its key.
 *
 * @returns how to build it instead, without a key. It has the same names, the one that stands for the key among them, which
 *   leads to nothing that counts then, in a registry too
 * @throws OoneexNxError `SOURCES_CHANGED` where the engine does not remove it
 */
export async function discardChanged(build: PreparedBuild, builder: Builder): Promise<PreparedBuild> {
  const { plan, key, references } = build;
  if (key !== undefined) await removeFromEngine(engineOf(builder), references[0] ?? "", key);
  const labels = Object.fromEntries(Object.entries(plan.labels).filter(([name]) => name !== KEY_LABEL));
  const notice = `${plan.file} was built twice: what it reads changed during the build, so the image is not taken for up to date next time`;
  return { ...build, key: undefined, plan: { ...plan, labels }, notices: [...build.notices, notice], isCurrent: () => true };
}
