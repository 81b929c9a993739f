let last: (() => void) | undefined;

/**
 * Does something when the process ends, in place of what was asked for before.
 *
 * Nx ends the process that a plugin runs in as soon as it has the edges, and does not wait for that. So what the next run
 * may need costs this one no time.
 */
export function doAtExit(action: () => void): void {
  if (last === undefined) {
    process.once("exit", () => {
      last?.();
      last = undefined;
    });
  }
  last = action;
}
