import { type Table, formatMarkdown } from "./table.js";

const BLOCK = /(<!-- bench\b[^>]*-->)[\s\S]*?(<!-- \/bench -->)/;

/** Whether a README has a place for the table. */
export function hasMarkers(readme: string): boolean {
  return BLOCK.test(readme);
}

/**
 * Puts the table of a run between the markers of a README.
 *
 * @param command - what makes it
 * @param notes - what its lines and columns mean, above it
 */
export function writeTable(readme: string, table: Table, command: string, notes: readonly string[]): string {
  const text = [`\`${command}\` makes the table below.`, "", ...notes, "", formatMarkdown(table)].join("\n");
  return readme.replace(BLOCK, (_, open: string, close: string) => `${open}\n\n${text}\n\n${close}`);
}
