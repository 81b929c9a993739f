import type { DockerBuildOptions } from "../../docker-build/schema.js";
import type { DockerPushOptions } from "../schema.js";
import { type Revision, revisionTag } from "./revision.js";

/** A push with everything decided that does not need the registry. */
export interface PushPlan {
  /** What builds the image and pushes it. */
  readonly build: DockerBuildOptions;
  /** References that stay with one image for ever. */
  readonly fixed: readonly string[];
}

/** What a push is decided from beside its options. */
export interface PushFacts {
  /** Of the build target. */
  readonly build: DockerBuildOptions;
  /** Name of the image, a legal path component of a reference. */
  readonly imageName: string;
  readonly repository: string;
  readonly revision: Revision;
  /** Whether the builder can write a cache into a registry. */
  readonly writesCache: boolean;
}

/** Options of the build target that say how an image is made. What it is called, and where it goes, is decided here. */
const MADE_BY = [
  ...["file", "target", "main", "prune", "include", "external", "platforms", "buildArgs", "labels", "secrets", "cacheFrom", "cacheTo"],
  ...["builder", "network", "provenance", "sbom", "maxAge", "timeout", "progress", "quiet", "engine", "optional"],
] as readonly (keyof DockerBuildOptions)[];

/** Decides what is pushed under which names. */
export function resolvePush(options: DockerPushOptions, { build, imageName, repository, revision, writesCache }: PushFacts): PushPlan {
  const complete = (tag: string): string => (tag.startsWith(":") ? `${repository}${tag}` : tag);
  const own = `${repository}:${revisionTag(revision)}`;
  const given = (options.tags ?? []).map(complete);
  const made = Object.fromEntries(MADE_BY.filter((name) => name in build).map((name) => [name, build[name]])) as DockerBuildOptions;
  return {
    build: {
      ...made,
      ...(writesCache ? addCache(made, `type=registry,ref=${repository}:cache`) : {}),
      repository,
      tags: [own, ...given, ...(options.movingTags ?? []).map(complete)],
      push: true,
      digestFile: options.digestFile ?? `.nx/images/${imageName}.json`,
      ...(options.timeout === undefined ? {} : { timeout: options.timeout }),
      ...(options.dryRun === true ? { dryRun: true } : {}),
    },
    // What is not committed has no tag of its own.
    fixed: [...(revision.changed.length > 0 ? [] : [own]), ...given],
  };
}

function addCache({ cacheFrom, cacheTo }: DockerBuildOptions, cache: string): DockerBuildOptions {
  return {
    cacheFrom: [...[cacheFrom ?? []].flat(), cache],
    // A cache that cannot be written fails no push.
    cacheTo: [...[cacheTo ?? []].flat(), `${cache},mode=max,ignore-error=true`],
  };
}
