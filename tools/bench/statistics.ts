/**
 * The middle of some figures, in their own unit.
 *
 * @throws RangeError where there is none
 */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((left, right) => left - right);
  const [low, high] = [sorted[(sorted.length - 1) >> 1], sorted[sorted.length >> 1]];
  if (low === undefined || high === undefined) throw new RangeError("there is no median of nothing");
  return (low + high) / 2;
}

/** Figures by name, in the order in which the names came. */
export class Samples<Value = number> {
  readonly #values = new Map<string, Value[]>();

  add(name: string, value: Value): void {
    this.#values.set(name, [...this.of(name), value]);
  }

  of(name: string): readonly Value[] {
    return this.#values.get(name) ?? [];
  }
}

/** The list from one of its places on, and then what comes before: who goes first must not always be the same. */
export function rotate<Item>(items: readonly Item[], by: number): readonly Item[] {
  const start = items.length === 0 ? 0 : by % items.length;
  return [...items.slice(start), ...items.slice(0, start)];
}
