/**
 * A script for Bun that listens on one port for each way in which a service can behave. It runs in the image in place of
 * the service, so that the image's own health check can be tried on each.
 */
export const BEHAVIOURS: readonly { readonly name: string; readonly handler: string; readonly healthy: boolean }[] = [
  { name: "200", handler: "() => new Response('ok')", healthy: true },
  { name: "404 everywhere", handler: "() => new Response('', { status: 404 })", healthy: true },
  { name: "401", handler: "() => new Response('', { status: 401 })", healthy: true },
  { name: "a redirect to nowhere", handler: "() => Response.redirect('http://127.0.0.1:1/')", healthy: true },
  { name: "500", handler: "() => new Response('', { status: 500 })", healthy: false },
  { name: "503", handler: "() => new Response('', { status: 503 })", healthy: false },
  {
    name: "404 below the API's prefix and 503 at the bare path",
    handler: "({ url }) => new Response('', { status: url.includes('/api/') ? 404 : 503 })",
    healthy: false,
  },
  { name: "no answer", handler: "() => new Promise(() => {})", healthy: false },
];

const FIRST_PORT = 4000;

/** Port of the behaviour at an index. */
export function portOf(index: number): number {
  return FIRST_PORT + index;
}

/** A port that nothing listens on. */
export const REFUSING_PORT = FIRST_PORT - 1;

export const SERVERS = BEHAVIOURS.map(
  ({ handler }, index) => `Bun.serve({ hostname: '0.0.0.0', port: ${portOf(index)}, idleTimeout: 60, fetch: ${handler} });`,
).join("\n");
