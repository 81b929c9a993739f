import { createHash } from "node:crypto";
import { posix } from "node:path";
import type { Builder, BuildPlan } from "../../../image/build-plan.js";
import { computeCacheKey } from "../../../image/cache-key.js";
import { hashContexts } from "../../../image/context-files.js";
import { type DockerfileFacts, readDockerfile } from "../../../image/dockerfile.js";
import { countPeriods, isPinned, readMaxAge } from "../../../image/max-age.js";
import { KEY_LABEL, KEY_TRIGGER, keyTag } from "../../../image/store/key-label.js";
import { OoneexNxError } from "../../../errors.js";
import { readImageFacts } from "../../../workspace/image-facts.js";
import type { Project } from "../../project.js";
import type { DockerBuildOptions } from "../schema.js";
import { dockerfileMissing } from "./build-errors.js";
import type { BuildWorkspace } from "./build-workspace.js";
import { hashContextPaths } from "./context-paths.js";
import { pruneContexts } from "./prune-contexts.js";
import { resolveBuildPlan } from "./resolve-build-plan.js";
import { locateContexts, nameStage, type StagedContexts } from "./staged-contexts.js";

/** One image build with everything decided, and nothing done yet. */
export interface PreparedBuild {
  readonly project: Project;
  readonly plan: BuildPlan;
  /** What the image is built from, 64 hexadecimal digits; `undefined` where that cannot be told, and it is built each time. */
  readonly key: string | undefined;
  /** What the engine builds for where the plan does not say, such as `linux/amd64`. */
  readonly platform: string | undefined;
  /** Names the image is to have; the plan's tags without the one that stands for the key. */
  readonly references: readonly string[];
  /** Named contexts that have to be written before the build. */
  readonly stage: StagedContexts | undefined;
  /** Images that the build starts from and that may change under their names. */
  readonly floatingImages: readonly string[];
  /** How long an image that starts from them is good for, in milliseconds. */
  readonly maxAge: number | undefined;
  /** What a person should know, a line each. */
  readonly notices: readonly string[];
}

/** What a build is prepared from beside its options. */
export interface PreparationFacts {
  readonly workspace: BuildWorkspace;
  readonly builder: Builder;
  /** Milliseconds since 1970. */
  readonly now: number;
}

/** The stages that every pruned build replaces. */
const REQUIRED_STAGES = ["manifests", "sources"];

/** Replaced where it is there. */
const RUNTIME_STAGE = "runtime";

/** Build argument with the names of the packages that stay out of the bundle. */
const EXTERNAL = "EXTERNAL";

/**
 * Decides how a service's image is built: pruned to what it needs where its Dockerfile allows it, and under which key.
 *
 * @throws OoneexNxError `DOCKERFILE_MISSING`, `STAGE_MISSING`, and what resolving the plan, tracing and pruning throw
 */
export async function prepareBuild(options: DockerBuildOptions, project: Project, facts: PreparationFacts): Promise<PreparedBuild> {
  const repository = options.repository ?? readRepository(project, facts.workspace);
  const plan = resolveBuildPlan(repository === undefined ? options : { ...options, repository }, project);
  const dockerfile = facts.workspace.readText(plan.file);
  if (dockerfile === undefined) throw dockerfileMissing(plan.file);
  const whole = readDockerfile(dockerfile, { target: plan.target, replaced: [], buildArgs: plan.buildArgs });
  const maxAge = readMaxAge(options.maxAge ?? "7d");
  if (whole.reached.length === 0 && whole.stages.length > 0) throw stageMissing(plan, whole.stages);
  const obstacle = findObstacle(options, plan, whole, facts.builder);
  const inputs =
    obstacle === undefined
      ? await preparePruned({ options, project, plan, dockerfile, whole }, facts.workspace)
      : prepareWhole(plan, whole, obstacle, facts.workspace);

  const floatingImages = inputs.dockerfile.images.filter((image) => !isPinned(image));
  const period = maxAge === undefined || floatingImages.length === 0 ? undefined : countPeriods(project.imageName, maxAge, facts.now);
  const { contents } = inputs;
  const platform = plan.platforms.length > 0 ? undefined : await facts.workspace.platform(facts.builder);
  const key = contents === undefined ? undefined : computeCacheKey({ dockerfile, plan: inputs.plan, platform, contents, period });
  return {
    project,
    plan: key === undefined ? inputs.plan : addKey(inputs.plan, key, inputs.dockerfile.triggers.includes(KEY_TRIGGER)),
    key,
    platform,
    references: plan.tags,
    stage: inputs.stage,
    floatingImages,
    maxAge,
    notices: inputs.notices,
  };
}

/** What one of the two ways to build comes to. */
interface Inputs {
  readonly plan: BuildPlan;
  readonly dockerfile: DockerfileFacts;
  readonly contents: string | undefined;
  readonly stage: StagedContexts | undefined;
  readonly notices: readonly string[];
}

/**
 * Reads the repository that a service's manifest names for its image.
 *
 * @throws OoneexNxError `MANIFEST_INVALID`
 */
export function readRepository({ root }: Project, workspace: BuildWorkspace): string | undefined {
  const file = `${root}/${posix.basename(root)}.yml`;
  return readImageFacts(workspace.readText(file) ?? "", file).repository;
}

/** Why an image is built from the whole repository; `""` where that is what was asked for. */
function findObstacle(options: DockerBuildOptions, { file }: BuildPlan, { reached }: DockerfileFacts, builder: Builder): string | undefined {
  if (options.prune === false) return "";
  if (builder === "docker-buildkit") return `${file} is built from the whole repository: named contexts need docker buildx`;
  const gone = REQUIRED_STAGES.filter((stage) => !reached.includes(stage));
  if (gone.length === 0) return undefined;
  return `${file} is built from the whole repository: it makes no use of ${gone.length === 1 ? "a stage" : "stages"} called ${gone.join(" and ")}`;
}

function prepareWhole(plan: BuildPlan, dockerfile: DockerfileFacts, obstacle: string, workspace: BuildWorkspace): Inputs {
  const { contents, notices } = readContext(plan.file, dockerfile, workspace);
  return { plan, dockerfile, contents, stage: undefined, notices: obstacle === "" ? notices : [obstacle, ...notices] };
}

/** What is known of a build before it is pruned. */
interface WholeBuild {
  readonly options: DockerBuildOptions;
  readonly project: Project;
  readonly plan: BuildPlan;
  /** Text of the Dockerfile. */
  readonly dockerfile: string;
  readonly whole: DockerfileFacts;
}

async function preparePruned({ options, project, plan, dockerfile, whole }: WholeBuild, workspace: BuildWorkspace): Promise<Inputs> {
  // What the Dockerfile itself names as external is so for a build with Nx too.
  const given = (plan.buildArgs[EXTERNAL] ?? whole.arguments.get(EXTERNAL) ?? "").split(" ").filter((name) => name !== "");
  const pruned = await pruneContexts({ ...options, external: [...(options.external ?? []), ...given] }, project, workspace);
  const { manifests, runtime, sources, externals } = pruned;
  const contexts = whole.stages.includes(RUNTIME_STAGE) ? { manifests, runtime, sources } : { manifests, sources };
  const hash = hashContexts(contexts);
  const stage = { folder: nameStage(project.imageName, hash), contexts };
  const passesExternals = externals.length > 0 && whole.arguments.has(EXTERNAL);
  const buildArgs = passesExternals ? { ...plan.buildArgs, [EXTERNAL]: externals.join(" ") } : plan.buildArgs;
  const cut = readDockerfile(dockerfile, { target: plan.target, replaced: Object.keys(contexts), buildArgs });
  const { contents: others, notices } = readContext(plan.file, cut, workspace);
  const contents = others === undefined ? undefined : createHash("sha256").update(hash).update(others).digest("hex");
  return { plan: { ...plan, buildArgs, buildContexts: locateContexts(stage) }, dockerfile: cut, contents, stage, notices };
}

/** What the Dockerfile reads of the repository itself, beside the staged contexts. */
function readContext(file: string, { unknown, contextPaths }: DockerfileFacts, workspace: BuildWorkspace): Pick<Inputs, "contents" | "notices"> {
  const contents = unknown.length > 0 ? undefined : hashContextPaths(contextPaths, file, workspace);
  if (contents !== undefined) return { contents, notices: [] };
  const reasons = unknown.length > 0 ? unknown : contextPaths;
  return { contents, notices: [`${file} is built each time: only a build can tell what it reads (${reasons.join(", ")})`] };
}

function stageMissing({ file, target }: BuildPlan, stages: readonly string[]): OoneexNxError {
  return new OoneexNxError({
    code: "STAGE_MISSING",
    what: `there is no stage called ${target}`,
    where: file,
    remedy: `name one of ${stages.join(", ")} with the option target`,
  });
}

/**
 * Puts the key onto the image, and into its names where a registry can only find it by name, or where a Dockerfile of
 * somebody's own leaves no other way to tell the image from one that is based on it.
 */
function addKey(plan: BuildPlan, key: string, isTold: boolean): BuildPlan {
  const keyTags = plan.push || !isTold ? plan.tags.map((reference) => keyTag(reference, key)) : [];
  return { ...plan, tags: [...new Set([...plan.tags, ...keyTags])], labels: { ...plan.labels, [KEY_LABEL]: key } };
}
