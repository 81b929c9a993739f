import type { TaskGraph } from "@nx/devkit";

/** A dependency is the id of a task up to Nx 23, and an object that holds it from Nx 24 on. */
type Dependency = string | { readonly id: string };

/**
 * Reads which tasks of a batch wait for which others of it. What is not in the batch is done by the time it runs.
 *
 * @returns ids of the tasks that each one waits for, by its own id
 */
export function readDependencies({ tasks, dependencies }: TaskGraph): Map<string, readonly string[]> {
  const known = dependencies as Readonly<Record<string, readonly Dependency[] | undefined>>;
  return new Map(
    Object.keys(tasks).map((id) => [
      id,
      (known[id] ?? []).map((dependency) => (typeof dependency === "string" ? dependency : dependency.id)).filter((other) => other in tasks),
    ]),
  );
}

/**
 * Orders tasks so that each comes in a later wave than all that it waits for.
 *
 * @param dependencies - see {@link readDependencies}; a circle, which Nx refuses beforehand, comes last as one wave
 */
export function orderWaves(dependencies: ReadonlyMap<string, readonly string[]>): string[][] {
  const waves: string[][] = [];
  const left = new Map(dependencies);
  while (left.size > 0) {
    const ready = [...left].filter(([, others]) => others.every((other) => !left.has(other))).map(([id]) => id);
    const wave = ready.length > 0 ? ready : [...left.keys()];
    waves.push(wave);
    for (const id of wave) left.delete(id);
  }
  return waves;
}
