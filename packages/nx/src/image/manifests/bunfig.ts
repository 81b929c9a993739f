/**
 * Leaves out the tables of bunfig.toml that are about tests, which no build runs.
 *
 * @param bunfig - the file's text
 * @see https://bun.com/docs/runtime/bunfig#test-runner
 */
export function pruneBunfig(bunfig: string): string {
  const tables = bunfig.split(/^(?=[ \t]*\[)/m);
  return `${tables.filter((table) => !/^[ \t]*\[[ \t]*test[ \t]*[\].]/.test(table)).join("").trimEnd()}\n`;
}
