import { posix } from "node:path";
import { type BuildPlan, SOURCE_DATE_EPOCH } from "../../../image/build-plan.js";
import { buildReferences } from "../../../image/reference.js";
import { readAssignments, readList } from "../../option-values.js";
import type { Project } from "../../project.js";
import type { DockerBuildOptions } from "../schema.js";

/** Without the time of the build in it, the same contents are the same image. */
const REPRODUCIBLE = { [SOURCE_DATE_EPOCH]: "0" };

/** Workspace-relative path of the Dockerfile, whether it is there or not. */
export function locateDockerfile(options: DockerBuildOptions, project: Project): string {
  return posix.normalize(options.file ?? `${project.root}/Dockerfile`);
}

/**
 * Fills in the defaults and says what to build.
 *
 * @throws OoneexNxError `TAG_ILLEGAL`, `TAG_MISSING`, `TAG_LOCAL` or `ASSIGNMENT_ILLEGAL`
 */
export function resolveBuildPlan(options: DockerBuildOptions, project: Project): BuildPlan {
  const push = options.push ?? false;
  return {
    file: locateDockerfile(options, project),
    stagedFile: undefined,
    target: options.target ?? "production",
    tags: buildReferences({ name: project.imageName, tags: options.tags ?? [], repository: options.repository, push }),
    // One text may name several, as it may on the engine's own command line.
    platforms: (options.platforms ?? []).flatMap((platform) => platform.split(",")),
    buildArgs: { ...REPRODUCIBLE, ...readAssignments(options.buildArgs, "buildArgs") },
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
