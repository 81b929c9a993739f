import { type Probe, runProbe } from "../../../image/engine.js";

/** What an engine calls its image store where that is containerd's. */
const CONTAINERD_STORE = "io.containerd.snapshotter.";

/**
 * Asks whether a builder writes caches into a registry. The engine's own, of the driver `docker`, does where the engine keeps
 * images in containerd's store.
 *
 * @param builder - the one of `docker buildx ls`; the one in use where it is not named
 * @see https://docs.docker.com/build/cache/backends/
 */
export async function writesRegistryCache(builder: string | undefined, probe: Probe = runProbe): Promise<boolean> {
  const { stdout } = await probe(["docker", "buildx", "inspect", ...(builder === undefined ? [] : [builder])]);
  const driver = readField(stdout, "Driver");
  if (driver !== "docker") return driver !== undefined;
  // Such a builder has one node, whose address is the context of its engine.
  const context = readField(stdout, "Endpoint");
  const engine = await probe(["docker", ...(context === undefined ? [] : ["--context", context]), "info", "--format", "{{json .DriverStatus}}"]);
  return engine.code === 0 && engine.stdout.includes(CONTAINERD_STORE);
}

function readField(text: string, name: string): string | undefined {
  return new RegExp(`^${name}:\\s*(\\S+)`, "m").exec(text)?.[1];
}
