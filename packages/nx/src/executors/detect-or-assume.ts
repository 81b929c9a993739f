import { OoneexNxError } from "../errors.js";
import type { Builder, EngineKind } from "../image/build-plan.js";
import { detectBuilder, type Probe, runProbe } from "../image/engine.js";
import { logger } from "./logger.js";

/**
 * Finds the engine. A dry run shows what would run where one is, so it does not need one and says what it assumes.
 *
 * @param probe - how engines are asked
 * @throws OoneexNxError as {@link detectBuilder} does, unless it is a dry run
 */
export async function detectOrAssume(options: { engine?: EngineKind | "auto"; dryRun?: boolean }, probe: Probe = runProbe): Promise<Builder> {
  try {
    return await detectBuilder(options.engine ?? "auto", probe);
  } catch (error) {
    if (options.dryRun !== true || !(error instanceof OoneexNxError)) throw error;
    logger.warn(`${error.what}; with an engine this would run:`);
    return options.engine === "podman" ? "podman" : "buildx";
  }
}
