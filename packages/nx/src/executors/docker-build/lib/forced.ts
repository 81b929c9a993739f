import type { DockerBuildOptions } from "../schema.js";

/** Tells whether an image is built whatever is there. Nx sets the variables for its own flag `--skip-nx-cache`. */
export function isForced({ force, noCache, cache, pull }: DockerBuildOptions): boolean {
  if (force === true || noCache === true || cache === false || pull === true) return true;
  return process.env["NX_SKIP_NX_CACHE"] === "true" || process.env["NX_DISABLE_NX_CACHE"] === "true";
}

/** Tells whether the engine's own store is looked through for an image before it is built. */
export function isSoughtInEngine(options: DockerBuildOptions): boolean {
  return !isForced(options) && options.push !== true && options.dryRun !== true;
}
