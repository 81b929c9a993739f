/** One figure of the benchmark: what was done, on how much, by whom, and what it cost. */
export interface Measurement {
  /** What was done, such as `cold` or `unrelated dependency`. */
  readonly row: string;
  /** On how much, such as `8` services or `1000` modules. */
  readonly size: string;
  /** Who did it, such as `@ooneex/nx` or `@nx/docker`. */
  readonly subject: string;
  readonly value: number;
  readonly unit: "ms" | "ratio" | "MB" | "count";
  /** Of a ratio: whose figure of the same row and size is the 1. */
  readonly peer?: string;
}
