/** What a command took in a workspace of a size. */
export interface ScalePoint {
  readonly modules: number;
  /** Milliseconds of processor time, of all its processes. */
  readonly cpu: number;
  /** Milliseconds by the clock. */
  readonly wall: number;
  /** Millions of bytes at most, of all its processes. */
  readonly peak: number;
}

/** A command at each size, and what Nx takes for its like without the plugin. */
export interface ScaleRow {
  readonly row: string;
  readonly nxRow: string;
  /** Smallest size first. */
  readonly points: readonly ScalePoint[];
  readonly nx: readonly ScalePoint[];
  readonly exponents: Exponents;
}

/** The power of the number of modules with which something grows: 1 is linear, 2 is quadratic. */
export interface Exponents {
  /** Of the command's processor time above that of Nx. */
  readonly cpu: number;
  /** Of its memory above that of Nx. */
  readonly memory: number;
  /** Of the processor time of Nx alone. */
  readonly nx: number;
}

/** What is linear may come out a quarter above 1: from one run to the next processor time differs by a tenth. */
export const MOST = 1.25;

/**
 * What the plugin's own part counts as at least, in milliseconds and in millions of bytes. Below this, two runs of the same
 * command differ by as much, and the power of a difference would be one of noise.
 */
const LEAST_CPU = 150;
const LEAST_MEMORY = 50;

/**
 * Fits the powers to the two largest sizes. At the smallest one nearly all is Nx's own start, and the loading of the plugin.
 *
 * Of the plugin's command what Nx takes at the same size is left out, since Nx reads the workspace and its lockfile before any
 * generator runs: how that grows would hide how the plugin does, or be told of it.
 */
export function fitExponents(points: readonly ScalePoint[], nx: readonly ScalePoint[]): Exponents {
  const own = (of: (point: ScalePoint) => number) => points.map((point, at) => of(point) - of(nx[at] as ScalePoint));
  const sizes = points.map(({ modules }) => modules);
  return {
    cpu: fit(sizes, own(({ cpu }) => cpu), LEAST_CPU),
    memory: fit(sizes, own(({ peak }) => peak), LEAST_MEMORY),
    nx: fit(sizes, nx.map(({ cpu }) => cpu), LEAST_CPU),
  };
}

/** Says of each command that grows faster than {@link MOST} which one it is, and how. */
export function listExcesses(rows: readonly ScaleRow[]): string[] {
  return rows.flatMap(({ row, exponents }) =>
    (["cpu", "memory"] as const)
      .filter((kind) => exponents[kind] > MOST)
      .map((kind) => `${row}: ${kind === "cpu" ? "time" : "memory"} grows with the power ${exponents[kind].toFixed(2)} of the modules, and at most ${MOST} is meant`),
  );
}

function fit(sizes: readonly number[], values: readonly number[], least: number): number {
  const last = <Item>(items: readonly Item[], back: number) => items.at(-back) as Item;
  const at = (back: number) => Math.max(last(values, back), least);
  return Math.log(at(1) / at(2)) / Math.log(last(sizes, 1) / last(sizes, 2));
}
