import type { Figure } from "../torture.js";

const BLOCK = /(<!-- torture\b[^>]*-->)[\s\S]*?(<!-- \/torture -->)/;

/** The figures as a table of Markdown, with their sum. */
export function formatFigures(figures: readonly Figure[]): string {
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
