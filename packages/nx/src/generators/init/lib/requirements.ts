import { logger } from "@nx/devkit";
import { coerce, gte, satisfies } from "semver";
import { OoneexNxError } from "../../../errors.js";
import { detectBuilder, type Probe, readDockerEngineVersion, runProbe } from "../../../image/engine.js";
import type { ToolVersions } from "./tool-versions.js";

/** The range of Nx that the packed plugin is proven on. */
const NX_RANGE = ">=22.0.0 <25.0.0";

/** The first Nx that reads version 2 of bun.lock, which Bun writes from 1.4 on. */
const NX_WITH_LOCKFILE_2 = "23.1.3";

/** The first Bun with a text lockfile by default, which images are installed from. */
const OLDEST_BUN = "1.2.0";

/** The first Bun that reads version 2 of bun.lock. */
const BUN_WITH_LOCKFILE_2 = "1.4.0";

/** The first Docker Engine that knows every flag of HEALTHCHECK in the generated Dockerfile. */
const FIRST_WHOLE_DOCKER = "25.0.0";

/** Says what cannot work here, and what to do about it. Nothing is said of what can. */
export async function reportRequirements(versions: ToolVersions): Promise<void> {
  for (const problem of [...findProblems(versions), ...(await findEngineProblems())]) logger.warn(problem);
}

/** Lists what cannot work with these versions, each with the remedy. */
export function findProblems({ nx, bun, lockfile, typescript }: ToolVersions): string[] {
  const problems: string[] = [];
  if (nx !== undefined && !satisfies(coerce(nx) ?? nx, NX_RANGE)) {
    problems.push(`Nx ${nx} is outside ${NX_RANGE}, which this plugin is proven on. Run: nx migrate latest`);
  }
  if (nx !== undefined && lockfile === 2 && !isAtLeast(nx, NX_WITH_LOCKFILE_2)) {
    problems.push(
      `Nx ${nx} cannot read version 2 of bun.lock, which Bun 1.4 writes, so affected sets miss npm packages. ` +
        `Run: nx migrate ${NX_WITH_LOCKFILE_2}, or later`,
    );
  }
  if (bun === undefined) {
    problems.push("There is no bun on the PATH, which installs, bundles and runs services. Install Bun 1.4 or later");
  } else if (!isAtLeast(bun, OLDEST_BUN)) {
    problems.push(`Bun ${bun} writes no bun.lock, which images are installed from. Run: bun upgrade`);
  } else if (lockfile === 2 && !isAtLeast(bun, BUN_WITH_LOCKFILE_2)) {
    problems.push(`Bun ${bun} cannot read version 2 of bun.lock, which Bun 1.4 writes. Run: bun upgrade`);
  }
  if (typescript === undefined) {
    problems.push("There is no TypeScript in node_modules; types are not checked. Run: bun add -d typescript");
  }
  return problems;
}

/**
 * Lists why no image can be built here.
 *
 * @param probe - how engines are asked
 */
export async function findEngineProblems(probe: Probe = runProbe): Promise<string[]> {
  try {
    // The other builders are handed a Dockerfile without what they do not know.
    const docker = (await detectBuilder("auto", probe)) === "buildx" ? await readDockerEngineVersion(probe) : undefined;
    if (docker === undefined || isAtLeast(docker, FIRST_WHOLE_DOCKER)) return [];
    return [
      `Docker Engine ${docker} does not know HEALTHCHECK --start-interval, so it refuses the generated Dockerfiles. ` +
        "Update it to 25 or later",
    ];
  } catch (error) {
    if (!(error instanceof OoneexNxError)) throw error;
    return [`No image can be built here yet: ${error.what}. To mend it, ${error.remedy ?? "install Docker"}`];
  }
}

function isAtLeast(version: string, minimum: string): boolean {
  return gte(coerce(version) ?? version, minimum);
}
