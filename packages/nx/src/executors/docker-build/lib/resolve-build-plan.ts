import { posix } from "node:path";
import type { BuildPlan } from "../../../image/build-plan.js";
import { buildReferences } from "../../../image/reference.js";
import type { Project } from "../../project.js";
import type { DockerBuildOptions } from "../schema.js";

/**
 * Fills in the defaults and says what to build.
 *
 * @throws OoneexNxError `TAG_ILLEGAL` or `TAG_MISSING`
 */
export function resolveBuildPlan(options: DockerBuildOptions, project: Project): BuildPlan {
  const push = options.push ?? false;
  return {
    file: posix.normalize(options.file ?? `${project.root}/Dockerfile`),
    target: options.target ?? "production",
    tags: buildReferences(project.imageName, options.tags ?? [], push),
    platforms: options.platforms ?? [],
    buildArgs: options.buildArgs ?? {},
    labels: options.labels ?? {},
    secrets: options.secrets ?? [],
    cacheFrom: options.cacheFrom ?? [],
    cacheTo: options.cacheTo ?? [],
    push,
    load: options.load,
    builder: options.builder,
    network: options.network,
    provenance: options.provenance,
    sbom: options.sbom,
    metadataFile: options.metadataFile,
    noCache: options.noCache ?? false,
    pull: options.pull ?? false,
    progress: options.progress,
    quiet: options.quiet ?? false,
  };
}
