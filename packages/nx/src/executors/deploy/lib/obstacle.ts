import type { RollOut } from "./job.js";

/** Asking the engine about a container of its own. In milliseconds. */
const PATIENCE = 60_000;

/** The folders that a container writes into and that outlive it, each on a line. */
const WRITABLE = "{{range .Mounts}}{{if .RW}}{{println .Destination}}{{end}}{{end}}";

/**
 * Finds what keeps a second container of the service from running beside the one that runs: what there can be only once, and
 * what gives no sign of when the second one can take over.
 *
 * @returns what it is, as a part of a sentence; `undefined` where nothing is in the way, or nothing runs
 */
export async function findObstacle({ plan, situation, probe }: RollOut): Promise<string | undefined> {
  const { configuration, containers, running } = situation;
  const { container_name: name, network_mode: mode, networks, ports = [] } = configuration;
  if (running === undefined) return undefined;
  if (containers.length > 1) return `it has ${containers.length} containers`;
  if (!running.state.endsWith(", healthy")) return `the one that runs is not known to be healthy (${running.state})`;
  if (ports.length > 0) return "it publishes a port";
  if (name !== undefined) return `its container_name ${name} can be used once`;
  if (mode !== undefined) return `its network_mode is ${mode}`;
  if (Object.values(networks ?? {}).some((network) => (network?.ipv4_address ?? network?.ipv6_address ?? network?.mac_address) !== undefined)) {
    return "it has an address of its own";
  }
  const { stdout } = await probe(["docker", "inspect", "--format", WRITABLE, running.container], PATIENCE);
  const [folder] = stdout.split("\n").filter((line) => line !== "");
  return folder === undefined ? undefined : `two ${plan.service} would write to its volume ${folder}`;
}
