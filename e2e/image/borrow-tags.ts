import { execFile } from "node:child_process";
import { promisify } from "node:util";

/**
 * Lets a run build images under names that its machine's user may use too: what the names stood for before stands there
 * again afterwards, and what was built is gone.
 *
 * @param engine - `docker` or `podman`
 * @param tags - such as `billing:latest`
 * @returns gives the names back; to be called with the ids of images that lost their name on the way
 */
export async function borrowTags(engine: string, tags: readonly string[]): Promise<(built?: readonly string[]) => Promise<void>> {
  const run = promisify(execFile);
  const readId = async (tag: string): Promise<string | undefined> =>
    run(engine, ["image", "inspect", "--format", "{{.Id}}", tag]).then(
      ({ stdout }) => stdout.trim(),
      () => undefined,
    );
  const owned = new Map(await Promise.all(tags.map(async (tag) => [tag, await readId(tag)] as const)));
  return async (built = []) => {
    for (const [tag, before] of owned) {
      const now = await readId(tag);
      if (now === before) continue;
      if (now !== undefined) await run(engine, ["rmi", "--force", tag]);
      if (before !== undefined) await run(engine, ["tag", before, tag]);
    }
    const foreign = new Set(owned.values());
    // One that is used elsewhere, or is gone already, is no reason to fail.
    for (const id of built.filter((id) => !foreign.has(id))) await run(engine, ["rmi", id]).catch(() => undefined);
  };
}
