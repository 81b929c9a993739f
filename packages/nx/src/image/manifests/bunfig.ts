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

const LINKER = 'linker = "isolated"';

/**
 * Says how packages are laid out where Bun would take it from there being workspaces, and a pruned root has none. What the
 * file says of it by itself counts.
 *
 * @param bunfig - the file's text
 * @see https://bun.com/docs/pm/isolated-installs
 */
export function isolateLinker(bunfig: string): string {
  if (/^[^#\n]*\blinker\b/m.test(bunfig)) return bunfig;
  const table = /^[ \t]*\[[ \t]*install[ \t]*\].*$/m;
  if (table.test(bunfig)) return bunfig.replace(table, (header) => `${header}\n${LINKER}`);
  const inline = /^[ \t]*install[ \t]*=[ \t]*\{(?=[ \t]*(\})?)/m;
  if (inline.test(bunfig)) return bunfig.replace(inline, (start, empty: string | undefined) => `${start} ${LINKER}${empty === undefined ? "," : ""}`);
  // Before any table, where a key is of the file itself; beside other such keys it cannot be a table of its own.
  return `install.${LINKER}\n${bunfig}`;
}
