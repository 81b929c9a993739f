import type { Tree } from "@nx/devkit";
import { runProbe, type Probe } from "../../../image/engine.js";
import type { Health, Observed, ProcessFacts } from "../../../topology/model.js";

/** Where the framework serves a health controller, the generated one first. */
const HEALTH_PATHS = ["/api/v1/healthcheck", "/api/v1/health"];

/** A path below the API's prefix in a health check, quoted or at the end of an address. */
const PROBED_PATH = /\/api\/v\d+\/[A-Za-z0-9._~/-]+/g;

/** This machine by each name that a service may listen on, and no other. */
const LOOPBACK = ["127.0.0.1", "[::1]"];

/** How many services are asked at once. */
const AT_ONCE = 16;

/**
 * Asks what is running on this machine: each service on its port for its health, and the container engine for the ids of the
 * images. A service is only asked over loopback. Nothing of it fails: what does not answer is shown so.
 *
 * @param timeout - how long a service may take, in milliseconds
 */
export async function observe(tree: Tree, processes: readonly ProcessFacts[], timeout: number, probe: Probe = runProbe): Promise<Observed> {
  const [health, digests] = await Promise.all([askAll(tree, processes, timeout), readIds(processes, probe)]);
  return { health, digests };
}

async function askAll(tree: Tree, processes: readonly ProcessFacts[], timeout: number): Promise<Map<string, Health>> {
  const result = new Map<string, Health>();
  const waiting = processes.flatMap(({ name, port, kind }) => (port === undefined || kind === "missing" ? [] : [{ name, port }]));
  const work = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      result.set(next.name, await askHealth(next.port, readPaths(tree, next.name), timeout));
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return result;
}

/** Those that the image's health check asks for, then the framework's. */
function readPaths(tree: Tree, name: string): string[] {
  const dockerfile = tree.read(`modules/${name}/Dockerfile`, "utf8") ?? "";
  const check = /^HEALTHCHECK\b[^]*?[^\\]$/m.exec(dockerfile)?.[0] ?? "";
  return [...new Set([...(check.match(PROBED_PATH) ?? []), ...HEALTH_PATHS])];
}

/**
 * Asks one service. As its image's health check does: a 404 leaves the answer to the next path, anything below 500 is well.
 */
export async function askHealth(port: number, paths: readonly string[], timeout: number): Promise<Health> {
  const signal = AbortSignal.timeout(timeout);
  for (const host of LOOPBACK) {
    try {
      for (const path of paths) {
        const { status, body } = await fetch(`http://${host}:${port}${path}`, { redirect: "manual", signal });
        await body?.cancel();
        if (status !== 404) return status < 500 ? "healthy" : "unhealthy";
      }
      // It answers, and serves none of the paths.
      return "no answer";
    } catch {
      if (signal.aborted) return "no answer";
    }
  }
  return "not running";
}

/** Ids of those images that the engine has. No engine has none. */
async function readIds(processes: readonly ProcessFacts[], probe: Probe): Promise<Map<string, string>> {
  const images = processes.flatMap(({ name, image }) => (image === undefined ? [] : [{ name, image }]));
  const ids = new Map<string, string>();
  if (images.length === 0) return ids;
  for (const engine of ["docker", "podman"]) {
    if ((await probe([engine, "image", "ls", "--quiet"])).code !== 0) continue;
    for (const { name, image } of images) {
      const { code, stdout } = await probe([engine, "image", "inspect", "--format", "{{.Id}}", image]);
      const id = /^(?:sha256:)?([0-9a-f]{64})$/.exec(stdout.trim())?.[1];
      if (code === 0 && id !== undefined) ids.set(name, `sha256:${id}`);
    }
    return ids;
  }
  return ids;
}
