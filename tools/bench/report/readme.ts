import { type Table, formatMarkdown } from "./table.js";

/** What a table stands between: `<!-- bench -->` and `<!-- /bench -->`. */
export type Block = "bench" | "bench-scale";

const BLOCKS: Readonly<Record<Block, RegExp>> = {
  bench: /(<!-- bench -->)[\s\S]*?(<!-- \/bench -->)/,
  "bench-scale": /(<!-- bench-scale -->)[\s\S]*?(<!-- \/bench-scale -->)/,
};

/** Whether a README has a place for each table. */
export function hasMarkers(readme: string): boolean {
  return Object.values(BLOCKS).every((block) => block.test(readme));
}

/**
 * Puts the table of a run between the markers of a README.
 *
 * @param command - what makes it
 * @param notes - what its lines and columns mean, above it
 */
export function writeTable(readme: string, block: Block, table: Table, command: string, notes: readonly string[]): string {
  const text = [`\`${command}\` makes the table below.`, "", ...notes, "", formatMarkdown(table)].join("\n");
  return readme.replace(BLOCKS[block], (_, open: string, close: string) => `${open}\n\n${text}\n\n${close}`);
}
