const INTERRUPTS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/**
 * Waits, unless it is interrupted.
 *
 * @returns whether it was interrupted
 */
export function pause(seconds: number): Promise<boolean> {
  return new Promise((resolve) => {
    const end = (isInterrupted: boolean): void => {
      clearTimeout(timer);
      for (const signal of INTERRUPTS) process.off(signal, interrupt);
      resolve(isInterrupted);
    };
    const interrupt = (): void => end(true);
    const timer = setTimeout(() => end(false), seconds * 1000);
    for (const signal of INTERRUPTS) process.on(signal, interrupt);
  });
}
