import { type Probe, runProbe } from "../../../image/engine.js";

/**
 * Reads the address of the engine that docker's client talks to, which decides by DOCKER_HOST, DOCKER_CONTEXT and the context
 * that is in use, in this order.
 *
 * @param probe - how programs are asked
 * @returns such as `ssh://deploy@example.com`; `undefined` where docker names none
 * @see https://docs.docker.com/engine/manage-resources/contexts/
 */
export async function readEngineHost(probe: Probe = runProbe): Promise<string | undefined> {
  const { code, stdout } = await probe(["docker", "context", "inspect", "--format", "{{.Endpoints.docker.Host}}"]);
  const host = code === 0 ? stdout.trim() : process.env["DOCKER_HOST"];
  return host === "" ? undefined : host;
}
