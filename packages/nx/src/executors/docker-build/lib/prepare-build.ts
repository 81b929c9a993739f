import { createHash } from "node:crypto";
import { posix } from "node:path";
import { buildBom } from "../../../image/bom.js";
import type { Builder, BuildPlan } from "../../../image/build-plan.js";
import { computeCacheKey } from "../../../image/cache-key.js";
import type { ContextFile } from "../../../image/context-files.js";
import { type DockerfileFacts, readDockerfile } from "../../../image/dockerfile.js";
import { countPeriods, isPinned, readMaxAge } from "../../../image/max-age.js";
import { findDroppedLine } from "../../../image/replaced-stages.js";
import { KEY_LABEL, KEY_TRIGGER, keyTag } from "../../../image/store/key-label.js";
import { OoneexNxError } from "../../../errors.js";
import { readImageFacts } from "../../../workspace/image-facts.js";
import { readBound } from "../../option-values.js";
import type { Project } from "../../project.js";
import type { DockerBuildOptions } from "../schema.js";
import { dockerfileMissing } from "./build-errors.js";
import { type BuildWorkspace, openWorkspaceFiles } from "./build-workspace.js";
import { hashContextPaths } from "./context-paths.js";
import { pruneContexts } from "./prune-contexts.js";
import { resolveBuildPlan } from "./resolve-build-plan.js";
import { layOutStage, locateContexts, locateDockerfileCopy, type StagedContexts } from "./staged-contexts.js";

/** One image build with everything decided, and nothing done yet. */
export interface PreparedBuild {
  readonly project: Project;
  readonly plan: BuildPlan;
  /** What the image is built from, 64 hexadecimal digits; `undefined` where that cannot be told, and it is built each time. */
  readonly key: string | undefined;
  /** What the engine builds for where the plan does not say, such as `linux/amd64`. */
  readonly platform: string | undefined;
  /** Names the image is to have; the plan's tags without those that stand for the key. */
  readonly references: readonly string[];
  /**
   * The names that stand for the key, one for each repository, where it takes one to find the image: in a registry, and where
   * its label does not tell. A build that reads the workspace does not give them; what has seen it end does.
   */
  readonly keyTags: readonly string[];
  /** Named contexts that have to be written before the build. */
  readonly stage: StagedContexts | undefined;
  /** Images that the build starts from and that may change under their names. */
  readonly floatingImages: readonly string[];
  /** How long an image that starts from them is good for, in milliseconds. */
  readonly maxAge: number | undefined;
  /** How long the engine may take, in milliseconds; `undefined` for as long as it likes. */
  readonly timeout: number | undefined;
  /** The image's bill of materials, where the options ask for one. */
  readonly bom?: object;
  /** What a person should know, a line each. */
  readonly notices: readonly string[];
  /**
   * Whether the engine reads files of the workspace itself, which may change while it does: that an image has the key's label
   * then says nothing. Everything else is staged, the Dockerfile as well.
   */
  readonly readsWorkspace: boolean;
  /** Reads such files again, and tells whether they are still what the key was computed from. */
  readonly isCurrent: () => boolean;
}

/** What a build is prepared from beside its options. */
export interface PreparationFacts {
  readonly workspace: BuildWorkspace;
  readonly builder: Builder;
  /** Milliseconds since 1970. */
  readonly now: number;
}

/** How long an engine may take unless the options say, in seconds: as long as a build for platforms that are emulated can. */
const TIMEOUT = 3_600;

/** The stages that every pruned build replaces. */
const REQUIRED_STAGES = ["manifests", "sources"];

/** Replaced where it is there. */
const RUNTIME_STAGE = "runtime";

/** Build argument with the names of the packages that stay out of the bundle. */
const EXTERNAL = "EXTERNAL";

/**
 * Decides how a service's image is built: pruned to what it needs where its Dockerfile allows it, and under which key.
 *
 * @throws OoneexNxError `DOCKERFILE_MISSING`, `STAGE_MISSING`, `BOM_UNKNOWN`, and what resolving the plan, tracing and pruning throw
 */
export async function prepareBuild(options: DockerBuildOptions, project: Project, facts: PreparationFacts): Promise<PreparedBuild> {
  const repository = options.repository ?? readRepository(project, facts.workspace);
  const plan = resolveBuildPlan(repository === undefined ? options : { ...options, repository }, project);
  const file = facts.workspace.readFile(plan.file);
  if (file === undefined) throw dockerfileMissing(plan.file);
  const dockerfile = Buffer.from(file.content).toString("utf8");
  const whole = readDockerfile(dockerfile, { target: plan.target, replaced: [], buildArgs: plan.buildArgs });
  const maxAge = readMaxAge(options.maxAge ?? "7d");
  const timeout = readBound(options.timeout ?? TIMEOUT, "timeout");
  if (whole.reached.length === 0 && whole.stages.length > 0) throw stageMissing(plan, whole.stages);
  const obstacle = findObstacle(options, plan, whole, facts.builder) ?? findLoss(plan, dockerfile);
  // Asked while the imports are followed, which keeps this process busy.
  const asked = plan.platforms.length > 0 ? undefined : facts.workspace.platform(facts.builder);
  const inputs =
    obstacle === undefined
      ? await preparePruned({ options, project, plan, file, dockerfile, whole }, facts.workspace)
      : prepareWhole(plan, whole, obstacle, facts.workspace);

  const floatingImages = inputs.dockerfile.images.filter((image) => !isPinned(image));
  const period = maxAge === undefined || floatingImages.length === 0 ? undefined : countPeriods(project.imageName, maxAge, facts.now);
  const { contents } = inputs;
  const platform = await asked;
  const key = contents === undefined ? undefined : computeCacheKey({ dockerfile, plan: inputs.plan, platform, contents, period });
  const { readsWorkspace } = inputs;
  const isTold = !readsWorkspace && inputs.dockerfile.triggers.includes(KEY_TRIGGER);
  const keyTags = key === undefined || (isTold && !plan.push) ? [] : [...new Set(plan.tags.map((reference) => keyTag(reference, key)))];
  return {
    project,
    plan: addKey(inputs.plan, key, readsWorkspace ? [] : keyTags),
    key,
    platform,
    references: plan.tags,
    keyTags,
    stage: inputs.stage,
    floatingImages,
    maxAge,
    timeout,
    ...(options.bomFile === undefined
      ? {}
      : { bom: buildBom({ name: project.imageName, key, images: inputs.dockerfile.images, contexts: inputs.stage?.contexts }) }),
    notices: inputs.notices,
    readsWorkspace,
    isCurrent: () => isSameFile(openWorkspaceFiles(facts.workspace.root).readFile(plan.file), file) && inputs.isCurrent(),
  };
}

/** What one of the two ways to build comes to. */
interface Inputs {
  readonly plan: BuildPlan;
  readonly dockerfile: DockerfileFacts;
  readonly contents: string | undefined;
  readonly stage: StagedContexts | undefined;
  readonly notices: readonly string[];
  readonly readsWorkspace: boolean;
  /** Whether what the Dockerfile reads of the repository itself is still the same. */
  readonly isCurrent: () => boolean;
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

/** The same for a Dockerfile whose stages do more than hand on the build context. */
function findLoss({ file }: BuildPlan, dockerfile: string): string | undefined {
  const dropped = findDroppedLine(dockerfile, [...REQUIRED_STAGES, RUNTIME_STAGE]);
  return dropped && `${file} is built from the whole repository: a named context would take the place of line ${dropped.line}, ${dropped.text}`;
}

function prepareWhole(plan: BuildPlan, dockerfile: DockerfileFacts, obstacle: string, workspace: BuildWorkspace): Inputs {
  const { notices, ...read } = readContext(plan.file, dockerfile, workspace);
  return { plan, dockerfile, stage: undefined, readsWorkspace: true, ...read, notices: obstacle === "" ? notices : [obstacle, ...notices] };
}

/** What is known of a build before it is pruned. */
interface WholeBuild {
  readonly options: DockerBuildOptions;
  readonly project: Project;
  readonly plan: BuildPlan;
  readonly file: ContextFile;
  /** Text of the Dockerfile. */
  readonly dockerfile: string;
  readonly whole: DockerfileFacts;
}

async function preparePruned({ options, project, plan, file, dockerfile, whole }: WholeBuild, workspace: BuildWorkspace): Promise<Inputs> {
  // What the Dockerfile itself names as external is so for a build with Nx too.
  const given = (plan.buildArgs[EXTERNAL] ?? whole.arguments.get(EXTERNAL) ?? "").split(" ").filter((name) => name !== "");
  const pruned = await pruneContexts({ ...options, external: [...(options.external ?? []), ...given] }, project, workspace);
  const { manifests, runtime, sources, externals } = pruned;
  const contexts = whole.stages.includes(RUNTIME_STAGE) ? { manifests, runtime, sources } : { manifests, sources };
  const passesExternals = externals.length > 0 && whole.arguments.has(EXTERNAL);
  const buildArgs = passesExternals ? { ...plan.buildArgs, [EXTERNAL]: externals.join(" ") } : plan.buildArgs;
  const cut = readDockerfile(dockerfile, { target: plan.target, replaced: Object.keys(contexts), buildArgs });
  const { contents: others, notices, ...read } = readContext(plan.file, cut, workspace);
  // An ignore file beside the Dockerfile goes by the Dockerfile's own path, so one that reads more stays where it is.
  const readsWorkspace = cut.unknown.length > 0 || cut.contextPaths.length > 0;
  const { hash, ...stage } = layOutStage(project.imageName, contexts, readsWorkspace ? undefined : { content: file.content, kind: "file" });
  const contents = others === undefined ? undefined : createHash("sha256").update(hash).update(others).digest("hex");
  const built = { ...plan, stagedFile: locateDockerfileCopy(stage), buildArgs, buildContexts: locateContexts(stage) };
  return { plan: built, dockerfile: cut, contents, stage, readsWorkspace, notices: [...pruned.notices, ...notices], ...read };
}

/** What the Dockerfile reads of the repository itself, beside the staged contexts. */
function readContext(file: string, { unknown, contextPaths }: DockerfileFacts, workspace: BuildWorkspace): Pick<Inputs, "contents" | "notices" | "isCurrent"> {
  const contents = unknown.length > 0 ? undefined : hashContextPaths(contextPaths, file, workspace);
  const isCurrent = (): boolean => hashContextPaths(contextPaths, file, openWorkspaceFiles(workspace.root)) === contents;
  if (contents !== undefined) return { contents, notices: [], isCurrent };
  const reasons = unknown.length > 0 ? unknown : contextPaths;
  return { contents, notices: [`${file} is built each time: only a build can tell what it reads (${reasons.join(", ")})`], isCurrent };
}

function stageMissing({ file, target }: BuildPlan, stages: readonly string[]): OoneexNxError {
  return new OoneexNxError({
    code: "STAGE_MISSING",
    what: `there is no stage called ${target}`,
    where: file,
    remedy: `name one of ${stages.join(", ")} with the option target`,
  });
}

function isSameFile(one: ContextFile | undefined, other: ContextFile): boolean {
  return one !== undefined && Buffer.compare(one.content, other.content) === 0;
}

/**
 * Puts the key onto the image, and into its names where the build gives these. Without a key the label is empty, since the
 * image may be based on one that has a key.
 */
function addKey(plan: BuildPlan, key: string | undefined, keyTags: readonly string[]): BuildPlan {
  return { ...plan, tags: [...new Set([...plan.tags, ...keyTags])], labels: { ...plan.labels, [KEY_LABEL]: key ?? "" } };
}
