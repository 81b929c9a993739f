import { appendFileSync } from "node:fs";
import type { TestContext } from "vitest";

/** What one subject of `npm run torture` came to. */
export interface Figure {
  readonly subject: string;
  readonly cases: number;
  /** Cases that ended in an error which says what, where and the remedy, with nothing changed. */
  readonly refusals: number;
  /** 1 where a case broke the promise: the first one ends the subject. */
  readonly failures: number;
}

/** Adds a figure to the file that `TORTURE_FIGURES` names, where that is set. */
export function recordFigure(figure: Figure): void {
  const file = process.env["TORTURE_FIGURES"];
  if (file !== undefined) appendFileSync(file, `${JSON.stringify(figure)}\n`);
}

/**
 * Records a test that has ended by its own name and those of its suites. Tests that differ by a number alone are one subject.
 *
 * @param cases - how much it tried, such as requests
 */
export function recordTest({ task }: Pick<TestContext, "task">, cases = 1): void {
  const names = [task.name];
  for (let { suite } = task; suite !== undefined; suite = suite.suite) names.unshift(suite.name);
  const subject = names.join(" ").replace(/ after [\d.]+ of its time,/, " at any time,");
  recordFigure({ subject, cases, refusals: 0, failures: task.result?.state === "fail" ? 1 : 0 });
}
