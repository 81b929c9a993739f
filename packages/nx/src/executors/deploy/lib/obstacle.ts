import { PATIENCE } from "./compose-calls.js";
import { isHealthy } from "./containers.js";
import type { RollOut } from "./situation.js";

/** What the engine tells of a folder that a container has from elsewhere. */
interface Mount {
  readonly Type: string;
  readonly Destination: string;
  readonly RW: boolean;
}

/**
 * Finds what keeps a second container of the service from running beside the one that runs: what there can be only once, and
 * what gives no sign of when the second one can take over.
 *
 * @returns what it is, as a part of a sentence; `undefined` where nothing is in the way, or nothing runs
 */
export async function findObstacle(job: RollOut): Promise<string | undefined> {
  const { configuration, running } = job.situation;
  const { container_name: name, network_mode: mode, networks, ports = [], scale, deploy } = configuration;
  if (running === undefined) return undefined;
  const count = scale ?? deploy?.replicas ?? 1;
  if (count !== 1) return `it has ${count} containers`;
  if (!isHealthy(running)) return `the one that runs is not known to be healthy (${running.state})`;
  if (ports.length > 0) return "it publishes a port";
  if (name !== undefined) return `its container_name ${name} can be used once`;
  if (mode !== undefined) return `its network_mode is ${mode}`;
  if (Object.values(networks ?? {}).some((network) => (network?.ipv4_address ?? network?.ipv6_address ?? network?.mac_address) !== undefined)) {
    return "it has an address of its own";
  }
  return await findSharedVolume(running.container, job);
}

/** A file system in memory is each container's own, and nothing outlives it. */
async function findSharedVolume(container: string, { plan, probe }: RollOut): Promise<string | undefined> {
  const { code, stdout } = await probe(["docker", "inspect", "--format", "{{json .Mounts}}", container], PATIENCE);
  if (code !== 0) return "the engine does not say which volumes it writes to";
  const mounts = JSON.parse(stdout) as readonly Mount[] | null;
  const volume = mounts?.find(({ Type, RW }) => RW && Type !== "tmpfs");
  return volume === undefined ? undefined : `two ${plan.service} would write to its volume ${volume.Destination}`;
}
