const LOOPBACK = /^(?:localhost|127\.\d+\.\d+\.\d+|0\.0\.0\.0|\[::1?\])$/;

/** The address of a service on the machine that it is developed on. */
export function localUrl(port: number): string {
  return `http://localhost:${port}`;
}

/** Whether a host name is this machine. */
export function isLoopback(host: string): boolean {
  return LOOPBACK.test(host);
}

/** Reads a URL; `undefined` where a text is none. */
export function readUrl(text: string): URL | undefined {
  return URL.canParse(text) ? new URL(text) : undefined;
}

/**
 * The port of a URL that leads to this machine.
 *
 * @returns `undefined` for a URL that leads elsewhere, or says no port
 */
export function readLocalPort(text: string): number | undefined {
  const url = readUrl(text);
  return url === undefined || !isLoopback(url.hostname) || url.port === "" ? undefined : Number(url.port);
}
