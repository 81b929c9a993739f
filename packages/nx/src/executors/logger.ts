/** Whether the terminal shows colours, in the ways in which users and pipelines say so. */
function hasColors(): boolean {
  const { NO_COLOR: none = "", FORCE_COLOR: forced } = process.env;
  if (none !== "") return false;
  return forced === undefined ? process.stderr.isTTY === true : !["0", "false"].includes(forced);
}

function paint(code: number, line: string): string {
  return hasColors() ? `\u001b[1m\u001b[${code}m${line}\u001b[39m\u001b[22m` : line;
}

/**
 * Tells a person what an executor does, in the looks of Nx's own logger. That one comes with all of `@nx/devkit`, which takes a
 * tenth of a second to load, more than it takes to see that an image is up to date.
 */
export const logger = {
  info: (line: string): void => void process.stdout.write(`${line}\n`),
  warn: (line: string): void => void process.stderr.write(`${paint(33, line)}\n`),
  error: (line: string): void => void process.stderr.write(`${paint(31, line)}\n`),
};
