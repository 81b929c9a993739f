import { createHash } from "node:crypto";
import type { BuildPlan } from "./build-plan.js";

/** Counts up when the way in which images are built changes, so that none built in the old way is taken for a new one. */
const GENERATION = 1;

/** Everything that reaches a build. Two builds with equal parts make images with equal contents. */
export interface CacheKeyParts {
  /** Text of the Dockerfile. */
  readonly dockerfile: string;
  readonly plan: BuildPlan;
  /** What the engine builds for where the plan does not say, such as `linux/amd64`. */
  readonly platform: string | undefined;
  /** Hash of the files that the build reads: of the staged contexts, and of the build context as far as it is read. */
  readonly contents: string;
  /** Which stretch of time the image is good for, where a base image may change under its name. */
  readonly period: number | undefined;
}

/**
 * Computes the key that an image is built from, 64 hexadecimal digits.
 *
 * Names, caches, networks, secrets and progress do not reach the image, so they are no part of it. Neither are a revision
 * and a date: every commit would make another image.
 */
export function computeCacheKey({ dockerfile, plan, platform, contents, period }: CacheKeyParts): string {
  const { target, platforms, buildArgs, labels, provenance, sbom } = plan;
  const parts = {
    GENERATION,
    dockerfile,
    target,
    // A builder that is named may build for something else than the engine does.
    platforms: platforms.length > 0 ? [...platforms].sort() : [platform, plan.builder ?? process.env["BUILDX_BUILDER"]],
    buildArgs: sortNames(buildArgs),
    labels: sortNames(labels),
    contexts: Object.keys(plan.buildContexts).sort(),
    provenance,
    sbom,
    contents,
    period,
  };
  return createHash("sha256").update(JSON.stringify(parts)).digest("hex");
}

function sortNames(values: Readonly<Record<string, string>>): [string, string][] {
  return Object.entries(values).sort(([a], [b]) => (a < b ? -1 : 1));
}
