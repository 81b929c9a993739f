import { createHash } from "node:crypto";
import { posix } from "node:path";
import type { Builder, BuildPlan } from "../../../image/build-plan.js";
import { computeCacheKey } from "../../../image/cache-key.js";
import { type ContextFile, hashContexts } from "../../../image/context-files.js";
import { type DockerfileFacts, readDockerfile } from "../../../image/dockerfile.js";
import { countPeriods, isPinned, readMaxAge } from "../../../image/max-age.js";
import { KEY_LABEL, KEY_TRIGGER, keyTag } from "../../../image/store/key-label.js";
import { dockerfileMissing } from "./build-errors.js";
import type { Project } from "../../project.js";
import type { DockerBuildOptions } from "../schema.js";
import type { BuildWorkspace } from "./build-workspace.js";
import { pruneContexts } from "./prune-contexts.js";
import { resolveBuildPlan } from "./resolve-build-plan.js";
import { locateContexts, nameStage, type StagedContexts } from "./staged-contexts.js";

/** One image build with everything decided, and nothing done yet. */
export interface PreparedBuild {
  readonly project: Project;
  readonly plan: BuildPlan;
  /** What the image is built from, 64 hexadecimal digits; `undefined` where that cannot be told, and it is built each time. */
  readonly key: string | undefined;
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
  /** Nx's hash of the task's inputs, which stands for the files of a build that is not pruned. */
  readonly taskHash: string | undefined;
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
 * @throws OoneexNxError `DOCKERFILE_MISSING`, and what resolving the plan, tracing and pruning throw
 */
export async function prepareBuild(options: DockerBuildOptions, project: Project, facts: PreparationFacts): Promise<PreparedBuild> {
  const plan = resolveBuildPlan(options, project);
  const dockerfile = readText(plan.file, facts.workspace);
  const whole = readDockerfile(dockerfile, { target: plan.target, replaced: [], buildArgs: plan.buildArgs });
  const maxAge = readMaxAge(options.maxAge ?? "7d");
  const obstacle = findObstacle(options, plan, whole, facts.builder);
  const inputs = obstacle === undefined ? await preparePruned(options, project, plan, dockerfile, whole, facts) : prepareWhole(plan, whole, obstacle, facts);

  const floatingImages = inputs.dockerfile.images.filter((image) => !isPinned(image));
  const period = maxAge === undefined || floatingImages.length === 0 ? undefined : countPeriods(project.imageName, maxAge, facts.now);
  const { contents } = inputs;
  const platform = plan.platforms.length > 0 ? undefined : await facts.workspace.platform(facts.builder);
  const key = contents === undefined ? undefined : computeCacheKey({ dockerfile, plan: inputs.plan, platform, contents, period });
  return {
    project,
    plan: key === undefined ? inputs.plan : addKey(inputs.plan, key, hasTrigger(dockerfile)),
    key,
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

/** Why an image is built from the whole repository; `""` where that is what was asked for. */
function findObstacle(options: DockerBuildOptions, { file }: BuildPlan, { reached }: DockerfileFacts, builder: Builder): string | undefined {
  if (options.prune === false) return "";
  if (builder === "docker-buildkit") return `${file} is built from the whole repository: named contexts need docker buildx`;
  const gone = REQUIRED_STAGES.filter((stage) => !reached.includes(stage));
  if (gone.length === 0) return undefined;
  return `${file} is built from the whole repository: it makes no use of ${gone.length === 1 ? "a stage" : "stages"} called ${gone.join(" and ")}`;
}

function prepareWhole(plan: BuildPlan, dockerfile: DockerfileFacts, obstacle: string, { taskHash }: PreparationFacts): Inputs {
  const notices = obstacle === "" ? [] : [obstacle];
  return { plan, dockerfile, contents: taskHash, stage: undefined, notices };
}

async function preparePruned(
  options: DockerBuildOptions,
  project: Project,
  plan: BuildPlan,
  dockerfile: string,
  whole: DockerfileFacts,
  { workspace }: PreparationFacts,
): Promise<Inputs> {
  const given = (plan.buildArgs[EXTERNAL] ?? "").split(" ").filter((name) => name !== "");
  const pruned = await pruneContexts({ ...options, external: [...(options.external ?? []), ...given] }, project, workspace);
  const { manifests, runtime, sources, externals } = pruned;
  const contexts = whole.stages.includes(RUNTIME_STAGE) ? { manifests, runtime, sources } : { manifests, sources };
  const hash = hashContexts(contexts);
  const stage = { folder: nameStage(project.imageName, hash), contexts };
  const passesExternals = externals.length > 0 && whole.arguments.includes(EXTERNAL);
  const buildArgs = passesExternals ? { ...plan.buildArgs, [EXTERNAL]: externals.join(" ") } : plan.buildArgs;
  const cut = readDockerfile(dockerfile, { target: plan.target, replaced: Object.keys(contexts), buildArgs });
  const others = hashContextPaths(cut.contextPaths, workspace);
  return {
    plan: { ...plan, buildArgs, buildContexts: locateContexts(stage) },
    dockerfile: cut,
    contents: others === undefined ? undefined : createHash("sha256").update(hash).update(others).digest("hex"),
    stage,
    notices:
      others === undefined
        ? [`${plan.file} is built each time: it copies paths of the repository that only a build can tell (${cut.contextPaths.join(", ")})`]
        : [],
  };
}

/** Hashes what a Dockerfile of somebody's own reads of the repository; `undefined` where the paths hold variables. */
function hashContextPaths(paths: readonly string[], workspace: BuildWorkspace): string | undefined {
  if (paths.some((path) => path.includes("$"))) return undefined;
  const files = new Map<string, ContextFile>();
  for (const path of paths) {
    // Everything below the last folder without a wildcard: more than is copied, and never less.
    const folder = /[*?[]/.test(path) ? posix.dirname(path.replace(/[*?[].*$/s, "x")) : path;
    for (const file of workspace.listFiles(posix.relative("/", posix.join("/", folder)) || ".")) {
      const read = workspace.readFile(file);
      if (read !== undefined) files.set(file, read);
    }
  }
  return hashContexts({ context: files });
}

/**
 * Puts the key onto the image, and into its names where a registry can only find it by name, or where a Dockerfile of
 * somebody's own leaves no other way to tell the image from one that is based on it.
 */
function addKey(plan: BuildPlan, key: string, isTold: boolean): BuildPlan {
  const keyTags = plan.push || !isTold ? plan.tags.map((reference) => keyTag(reference, key)) : [];
  return { ...plan, tags: [...new Set([...plan.tags, ...keyTags])], labels: { ...plan.labels, [KEY_LABEL]: key } };
}

function hasTrigger(dockerfile: string): boolean {
  return dockerfile.split("\n").some((line) => line.trim() === `ONBUILD ${KEY_TRIGGER}`);
}

function readText(file: string, workspace: BuildWorkspace): string {
  const read = workspace.readFile(file);
  if (read === undefined) throw dockerfileMissing(file);
  return Buffer.from(read.content).toString("utf8");
}
