import { posix } from "node:path";
import type { BuildPlan } from "../../../image/build-plan.js";
import { buildReferences } from "../../../image/reference.js";
import { readAssignments, readList } from "../../option-values.js";
import type { Project } from "../../project.js";
import type { DockerBuildOptions } from "../schema.js";

/**
 * Fills in the defaults and says what to build.
 *
 * @throws OoneexNxError `TAG_ILLEGAL`, `TAG_MISSING`, `TAG_LOCAL` or `ASSIGNMENT_ILLEGAL`
 */
export function resolveBuildPlan(options: DockerBuildOptions, project: Project): BuildPlan {
  const push = options.push ?? false;
  return {
    file: posix.normalize(options.file ?? `${project.root}/Dockerfile`),
    target: options.target ?? "production",
    tags: buildReferences({ name: project.imageName, tags: options.tags ?? [], repository: options.repository, push }),
    // One text may name several, as it may on the engine's own command line.
    platforms: (options.platforms ?? []).flatMap((platform) => platform.split(",")),
    buildArgs: readAssignments(options.buildArgs, "buildArgs"),
    buildContexts: {},
    labels: readAssignments(options.labels, "labels"),
    secrets: readList(options.secrets),
    cacheFrom: readList(options.cacheFrom),
    cacheTo: readList(options.cacheTo),
    push,
    load: options.load,
    builder: options.builder,
    network: options.network,
    provenance: options.provenance?.toString(),
    sbom: options.sbom?.toString(),
    metadataFile: options.metadataFile,
    noCache: options.noCache === true || options.cache === false,
    pull: options.pull ?? false,
    progress: options.progress,
    quiet: options.quiet ?? false,
  };
}
