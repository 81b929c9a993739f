import type { Figure } from "../../../e2e/figure.js";

const BLOCK = /(<!-- torture\b[^>]*-->)[\s\S]*?(<!-- \/torture -->)/;

/** The figures as a table of Markdown, those of one subject in one row, with their sum. */
export function formatFigures(all: readonly Figure[]): string {
  const figures = addUp(all);
  const sum = (key: "cases" | "refusals" | "failures"): number => figures.reduce((total, figure) => total + figure[key], 0);
  const row = (subject: string, cases: number, refusals: number, failures: number): string =>
    `| ${subject} | ${cases.toLocaleString("en-US")} | ${refusals.toLocaleString("en-US")} | ${failures} |`;
  return [
    "| What | Cases | Refusals | Failures |",
    "| --- | ---: | ---: | ---: |",
    ...figures.map(({ subject, cases, refusals, failures }) => row(subject, cases, refusals, failures)),
    row("All", sum("cases"), sum("refusals"), sum("failures")),
  ].join("\n");
}

/**
 * Puts the figures of a run between the markers of a README.
 *
 * @throws Error where the README has no markers
 */
export function writeFigures(readme: string, figures: readonly Figure[], seed: string): string {
  if (!BLOCK.test(readme)) throw new Error("packages/nx/README.md has no place for the figures: <!-- torture --><!-- /torture -->");
  const text = `\`npm run torture -- --readme --seed=${seed}\` makes this table:\n\n${formatFigures(figures)}`;
  return readme.replace(BLOCK, (_, open: string, close: string) => `${open}\n\n${text}\n\n${close}`);
}

function addUp(figures: readonly Figure[]): Figure[] {
  const sums = new Map<string, Figure>();
  for (const { subject, cases, refusals, failures } of figures) {
    const sum = sums.get(subject) ?? { subject, cases: 0, refusals: 0, failures: 0 };
    sums.set(subject, { subject, cases: sum.cases + cases, refusals: sum.refusals + refusals, failures: sum.failures + failures });
  }
  return [...sums.values()].sort((a, b) => (a.subject < b.subject ? -1 : 1));
}
