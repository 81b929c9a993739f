import { coerce } from "semver";
import type { Compose } from "../../../deployment/deploy-plan.js";
import { OoneexNxError } from "../../../errors.js";
import { type Probe, runProbe } from "../../../image/engine.js";

/** The first compose that waits until services are healthy, for as long as it is told. */
const FIRST_WITH_WAIT = 2;

const WAYS: readonly Compose[] = [["docker", "compose"], ["docker-compose"]];

/**
 * Finds compose: docker's plugin, else the program of its own.
 *
 * @param probe - how programs are asked
 * @throws OoneexNxError `COMPOSE_MISSING`, or `COMPOSE_OUTDATED` where there is only the first generation
 */
export async function findCompose(probe: Probe = runProbe): Promise<Compose> {
  let outdated: string | undefined;
  for (const compose of WAYS) {
    const { code, stdout } = await probe([...compose, "version", "--short"] as [string, ...string[]]);
    if (code !== 0) continue;
    const major = coerce(stdout)?.major;
    if (major === undefined || major >= FIRST_WITH_WAIT) return compose;
    outdated = stdout.trim();
  }
  const remedy = "install the docker-compose-plugin package of Docker, or docker-compose 2 of your distribution";
  throw outdated === undefined
    ? new OoneexNxError({ code: "COMPOSE_MISSING", what: "docker has no plugin compose, and there is no docker-compose on the PATH", where: "docker compose version", remedy })
    : new OoneexNxError({ code: "COMPOSE_OUTDATED", what: `docker-compose ${outdated} cannot wait until a service is healthy`, where: "docker-compose version", remedy });
}
