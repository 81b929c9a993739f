import type { Workspace } from "../../../e2e/workspace/workspace.js";

/** A package that nobody imports, in versions enough for every round. */
const UNRELATED = ["7.0.0", "6.0.0", "5.0.0", "4.0.0", "3.0.0", "2.0.2"].map((version) => `is-number@${version}`);

/** Changes what a service does, so that its bundle is another one each time. */
export async function editSource(workspace: Workspace, service: string, round: number): Promise<void> {
  const path = `modules/${service}/src/domain.ts`;
  await workspace.write(path, `${await workspace.read(path)}Reflect.set(globalThis, "change", ${round});\n`);
}

/** Adds a dependency to the root manifest, and in later rounds another version of it. */
export async function addUnrelated(workspace: Workspace, round: number): Promise<void> {
  const name = UNRELATED[round % UNRELATED.length];
  if (name !== undefined) await workspace.run(["bun", "add", "--exact", name]);
}

/**
 * Marks every stage of a Dockerfile that starts from an image of the engine, and the caches that it mounts.
 *
 * This is what `cold` means here: no step that was cached under another mark can be taken, and no package that was
 * downloaded under one. It leaves the cache of everybody else alone, which pruning would not. A variable would not do: it
 * is no part of what a COPY starts from.
 */
export function markDockerfile(text: string, mark: string): string {
  return text
    .replace(/^WORKDIR \/bench\/.*\n/gm, "")
    .replace(/^FROM oven\/bun\S*.*$/gm, (line) => `${line}\nWORKDIR /bench/${mark}`)
    .replace(/--mount=type=cache,(?:id=[^,\s]+,)?/g, `--mount=type=cache,id=${mark},`);
}
