import fc from "fast-check";
import { it } from "vitest";
import { type Figure, recordFigure } from "../../e2e/figure.js";
import { OoneexNxError } from "../../packages/nx/src/errors.js";

/** Counts the cases of a subject. */
export class Tally {
  public cases = 0;
  public refusals = 0;

  /**
   * Runs what may refuse.
   *
   * @returns `undefined` where it refused
   * @throws whatever is thrown that is not an error of ours: a user would see its stack
   */
  public attempt<T>(run: () => T): T | undefined {
    try {
      return run();
    } catch (error) {
      this.countRefusal(error);
      return undefined;
    }
  }

  /** Counts an error of ours, and throws any other. */
  public countRefusal(error: unknown): void {
    if (!(error instanceof OoneexNxError)) throw error;
    if (!/^[A-Z][A-Z_]+$/.test(error.code) || error.what === "" || error.where === undefined || error.remedy === undefined) {
      throw new Error(`a refusal says what, where and the remedy: ${error.message}`);
    }
    this.refusals += 1;
  }
}

/** Part of the full counts that is run: 1 for `npm run torture`, 0.01 beside the other tests. */
export const SCALE = Number(process.env["TORTURE_SCALE"] ?? "0.01");

/** What every random choice follows from. The short run takes the same each time, so that it fails only for a change. */
export const SEED = Number(process.env["TORTURE_SEED"] ?? "1");

/** The number of cases of a subject in this run. */
export function scaled(full: number, least = 1): number {
  return Math.max(least, Math.ceil(full * SCALE));
}

/** A test that ends with a {@link Figure} in the file that `TORTURE_FIGURES` names. */
export function torture(subject: string, run: (tally: Tally) => void | Promise<void>): void {
  it(`${subject} (seed ${SEED})`, async () => {
    const tally = new Tally();
    let failures = 1;
    try {
      await run(tally);
      failures = 0;
    } finally {
      const figure: Figure = { subject, cases: tally.cases, refusals: tally.refusals, failures };
      recordFigure(figure);
      console.log(JSON.stringify({ ...figure, seed: SEED }));
    }
  });
}

/** Holds a property against random values. The error of one that fails has the seed and the shrunk value. */
export async function holds<T>(tally: Tally, full: number, values: fc.Arbitrary<T>, property: (value: T) => void | Promise<void>): Promise<void> {
  const check = fc.asyncProperty(values, async (value) => {
    tally.cases += 1;
    await property(value);
  });
  // What fails within a second is shrunk; what takes longer is shown as it is.
  await fc.assert(check, { numRuns: scaled(full), seed: SEED, verbose: fc.VerbosityLevel.None });
}
