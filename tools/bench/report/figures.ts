import type { Measurement } from "../measurement.js";
import { EMPTY_GENERATOR } from "../measure/generator.js";
import { NX_START } from "../measure/images.js";
import { PATH_FILTER, PATH_FILTER_SHARED } from "../subjects/path-filter.js";
import { NX_DOCKER } from "../subjects/nx-docker.js";
import { PLAIN } from "../subjects/plain.js";
import { PLUGIN, PLUGIN_TASKS } from "../subjects/plugin.js";

/** Who a figure of the plugin is held against, in the table's third column: whoever does without it. */
export const BASELINES: readonly string[] = [PLAIN, NX_START, EMPTY_GENERATOR, PATH_FILTER, PATH_FILTER_SHARED];

/** Measured figures by what they are of. */
export class Figures {
  readonly all: readonly Measurement[];
  /** Which of the plugin's modes takes less time over all rows that have both, and so ought to be its default. */
  readonly winner: string;

  constructor(all: readonly Measurement[]) {
    this.all = all;
    this.winner = this.#total(PLUGIN) < this.#total(PLUGIN_TASKS) ? PLUGIN : PLUGIN_TASKS;
  }

  get(row: string, size: string, subject: string): number | undefined {
    return this.all.find((found) => found.unit !== "ratio" && found.row === row && found.size === size && found.subject === subject)?.value;
  }

  /** The plugin's, as it is by default. */
  ours(row: string, size: string): number | undefined {
    return this.get(row, size, PLUGIN);
  }

  /** The plugin's figure as a multiple of another's of the same row and size. */
  ratio(row: string, size: string, peer: string): number | undefined {
    const [ours, theirs] = [this.ours(row, size), this.get(row, size, peer)];
    return ours === undefined || theirs === undefined || theirs === 0 ? undefined : ours / theirs;
  }

  /** Every time of the plugin as a multiple of that of each peer who has one. */
  ratios(): Measurement[] {
    const ours = this.all.filter(({ subject, unit }) => [PLUGIN, PLUGIN_TASKS].includes(subject) && unit === "ms");
    return ours.flatMap(({ row, size, subject, value }) =>
      [...BASELINES, NX_DOCKER].flatMap((peer): Measurement[] => {
        const theirs = this.get(row, size, peer);
        return theirs === undefined || this.#isGiven(row, size, subject, peer) ? [] : [{ row, size, subject, value: value / theirs, unit: "ratio", peer }];
      }),
    );
  }

  /** Whether who measured the times has made a ratio of them. */
  #isGiven(row: string, size: string, subject: string, peer: string): boolean {
    return this.all.some((found) => found.peer === peer && found.row === row && found.size === size && found.subject === subject);
  }

  #total(subject: string): number {
    const times = this.all.filter((found) => found.unit === "ms" && found.subject === subject && this.#hasBoth(found));
    return times.reduce((sum, { value }) => sum + value, 0);
  }

  #hasBoth({ row, size }: Measurement): boolean {
    return [PLUGIN, PLUGIN_TASKS].every((subject) => this.get(row, size, subject) !== undefined);
  }
}
