/** A path in a health check: quoted, or at the end of an address. */
const PATH = /(?:['"`]|:\d+|:\$\{[^}]*\})(\/[A-Za-z0-9._~/-]+)/g;

/** Programs of the image that a health check may run by their paths. */
const PROGRAM = /^\/(?:bin|usr|sbin|opt|dev|tmp|app)\//;

/**
 * Finds the path that the health check of an image asks for first. A kubelet takes 200 to 399 for an answer, and asks no
 * second path.
 *
 * @param dockerfile - the Dockerfile's text
 * @returns `undefined` where there is no such check
 */
export function readProbePath(dockerfile: string): string | undefined {
  const check = /^HEALTHCHECK\b(?!\s+NONE)[^]*?[^\\]$/m.exec(dockerfile)?.[0] ?? "";
  return [...check.matchAll(PATH)].map(([, path]) => path).find((path) => path !== undefined && !PROGRAM.test(path));
}
