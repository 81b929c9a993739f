import { type Table, formatMarkdown } from "./table.js";

const BLOCK = /(<!-- bench\b[^>]*-->)[\s\S]*?(<!-- \/bench -->)/;

/**
 * Puts the table of a run between the markers of a README.
 *
 * @param command - what makes it
 * @throws Error where the markers are missing
 */
export function writeTable(readme: string, table: Table, command: string, notes: readonly string[]): string {
  if (!BLOCK.test(readme)) throw new Error("the README has no <!-- bench --> and <!-- /bench --> to put the table between");
  const text = [`\`${command}\` makes this table:`, "", formatMarkdown(table), "", ...notes].join("\n");
  return readme.replace(BLOCK, (_, open: string, close: string) => `${open}\n\n${text}\n\n${close}`);
}
