import { NOTHING, OTHER, ROW_NAMES, UNRELATED } from "./measure/row-names.js";

/** How much is measured. Every figure is the median of its rounds. */
export interface Settings {
  readonly quick: boolean;
  /** Numbers of services that are built, smallest first. */
  readonly sizes: readonly SizeSettings[];
  /** How many of the changes are counted. */
  readonly changes: number;
  /** Rounds of the rows without images: the generator, and peak memory. */
  readonly rounds: number;
  /** Milliseconds for counting changes, after which the rest of them is left out, and said to be. */
  readonly countBudget: number;
}

export interface SizeSettings {
  readonly services: number;
  /** Changes whose cost is measured, beside that of the cold set. */
  readonly rows: readonly string[];
  /** Rounds at most. One is always made whole. */
  readonly rounds: number;
  /** Cold sets; the first one is the set's first build. */
  readonly coldRounds: number;
  /** Milliseconds after which no further round of changes is begun. */
  readonly budget: number;
}

const MINUTE = 60_000;

export const FULL: Settings = {
  quick: false,
  sizes: [
    { services: 1, rows: ROW_NAMES, rounds: 5, coldRounds: 3, budget: 2.5 * MINUTE },
    { services: 8, rows: ROW_NAMES, rounds: 3, coldRounds: 3, budget: 6 * MINUTE },
    // One plain build of so many takes a minute.
    { services: 50, rows: [NOTHING, OTHER, UNRELATED], rounds: 2, coldRounds: 1, budget: 3 * MINUTE },
  ],
  changes: Number.POSITIVE_INFINITY,
  rounds: 5,
  countBudget: 8 * MINUTE,
};

export const QUICK: Settings = {
  quick: true,
  sizes: [
    { services: 1, rows: ROW_NAMES, rounds: 1, coldRounds: 1, budget: MINUTE },
    { services: 4, rows: ROW_NAMES, rounds: 1, coldRounds: 1, budget: MINUTE },
  ],
  changes: 3,
  rounds: 1,
  countBudget: MINUTE,
};
