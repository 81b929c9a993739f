/** Choices that look random and are the same on every run. */
export interface Random {
  /** A whole number from 0, less than `count`. */
  readonly below: (count: number) => number;
  readonly pick: <T>(choices: readonly T[]) => T;
  /** The same items in another order. */
  readonly shuffle: <T>(items: readonly T[]) => T[];
}

/** A linear congruential generator with the constants of Numerical Recipes. */
export function createRandom(seed: number): Random {
  let state = seed;
  const below = (count: number): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * count);
  };
  return {
    below,
    pick: <T>(choices: readonly T[]) => choices[below(choices.length)] as T,
    shuffle: (items) =>
      items
        .map((item) => ({ item, rank: below(2 ** 32) }))
        .sort((a, b) => a.rank - b.rank)
        .map(({ item }) => item),
  };
}
