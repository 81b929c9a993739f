import { detectBuilder, type runProbe } from "../../../image/engine.js";
import { rememberProbe } from "../../../image/remember-probe.js";
import { type Inspected, inspectLabelled } from "../../../image/store/engine-store.js";
import type { DockerBuildOptions } from "../schema.js";
import { isSoughtInEngine } from "./forced.js";

/** What Docker was asked before it is known to be what builds. */
export interface AskedAhead {
  /** Asks an engine what does not change while this process runs; each question once. */
  readonly ask: typeof runProbe;
  /** The images with a key that Docker has; `undefined` where nobody was going to ask. */
  readonly labelled: Promise<readonly Inspected[]> | undefined;
}

/**
 * Asks Docker what builds ask it first, and waits for nothing: its client takes as long to answer as the rest of this plugin
 * takes to load. An engine that does not answer is for those to tell who need it.
 */
export function askAhead(builds: readonly DockerBuildOptions[]): AskedAhead {
  const ask = rememberProbe();
  const auto = builds.filter(({ engine }) => engine !== "podman");
  if (auto.length > 0) detectBuilder("docker", ask).catch(() => undefined);
  // A single image is asked for by its key, which is not known yet.
  const isSought = builds.length > 1 && auto.some(isSoughtInEngine);
  return { ask, labelled: isSought ? inspectLabelled("docker").catch(() => []) : undefined };
}
