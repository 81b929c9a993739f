import { type Probe, runProbe } from "../../../image/engine.js";

/**
 * Asks whether a builder writes caches into a registry. The engine's own, of the driver `docker`, does not.
 *
 * @param builder - the one of `docker buildx ls`; the one in use where it is not named
 */
export async function writesRegistryCache(builder: string | undefined, probe: Probe = runProbe): Promise<boolean> {
  const { stdout } = await probe(["docker", "buildx", "inspect", ...(builder === undefined ? [] : [builder])]);
  const driver = /^Driver:\s*(\S+)/m.exec(stdout)?.[1];
  return driver !== undefined && driver !== "docker";
}
