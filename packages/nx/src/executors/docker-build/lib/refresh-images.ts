import { type Builder, engineOf } from "../../../image/build-plan.js";
import { runProbe, type TimedProbe } from "../../../image/engine.js";
import { logger } from "../../logger.js";
import type { PreparedBuild } from "./prepare-build.js";

/** How long the pull of a base image may take, in milliseconds. */
const PULL_TIMEOUT = 300_000;

/**
 * Pulls the base images that may have changed under their names, so that security updates arrive. Only those that are in
 * the engine, came from a registry and are older than the image may become: a builder gets one that is not there by itself.
 * A registry that does not answer holds up no build.
 */
export async function refreshImages({ floatingImages, maxAge, plan }: PreparedBuild, builder: Builder, probe: TimedProbe = runProbe): Promise<void> {
  // A builder of its own asks the registry each time.
  if (maxAge === undefined || plan.builder !== undefined) return;
  const engine = engineOf(builder);
  for (const image of floatingImages) {
    const age = readAge((await probe([engine, "image", "inspect", image])).stdout);
    if (age === undefined || age < maxAge) continue;
    const pulled = await probe([engine, "pull", "--quiet", image], PULL_TIMEOUT);
    if (pulled.code !== 0) logger.warn(`${image} is ${formatDays(age)} old here, and a newer one could not be pulled: ${pulled.stderr.trim()}`);
  }
}

/** Milliseconds since an image came here; `undefined` where it did not come from a registry, or the engine does not say. */
function readAge(json: string): number | undefined {
  try {
    const [image] = JSON.parse(json) as { RepoDigests?: string[]; Metadata?: { LastTagTime?: string }; Created?: string }[];
    const came = Date.parse(image?.Metadata?.LastTagTime ?? image?.Created ?? "");
    return (image?.RepoDigests ?? []).length === 0 || Number.isNaN(came) ? undefined : Date.now() - came;
  } catch {
    return undefined;
  }
}

function formatDays(milliseconds: number): string {
  return `${Math.floor(milliseconds / 86_400_000)} days`;
}
