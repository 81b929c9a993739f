import type { Task } from "@nx/devkit";
import { type Builder } from "../../../image/build-plan.js";
import type { TimedProbe } from "../../../image/engine.js";
import { rememberProbe } from "../../../image/remember-probe.js";
import { logger } from "../../logger.js";
import type { DockerBuildOptions } from "../schema.js";
import { attempt } from "./attempt.js";
import type { BatchPreparation, PreparedTask } from "./batch-preparation.js";
import type { BuildJob, BuildRun, JobResult } from "./build-job.js";
import { concludeBuild } from "./conclude-build.js";
import { finishBuild } from "./finish-build.js";
import { describeKept, type ImagesAround, type ImagesBefore, readImagesAfter, readImagesBefore, replaceId } from "./kept-images.js";
import { describeUpToDate, type UpToDate } from "./look-up.js";
import type { BuildState } from "./progress-lines.js";
import { refreshImages } from "./refresh-images.js";
import { planBuilds, runBuilds } from "./run-builds.js";
import { writeStage } from "./staged-contexts.js";

/** How a task of a batch has ended. Times are in milliseconds since 1970. */
export interface TaskOutcome {
  readonly id: string;
  readonly success: boolean;
  readonly log: string;
  readonly startTime: number;
  readonly endTime: number;
}

/** What the tasks of a batch share. */
export interface Wave {
  readonly preparation: BatchPreparation;
  /** Absolute path of the workspace. */
  readonly root: string;
  readonly parallel: number;
  readonly signal: AbortSignal;
  readonly report: (id: string, state: BuildState) => void;
}

/** A task with its options. */
export interface WaveTask {
  readonly task: Task;
  readonly options: DockerBuildOptions;
}

/**
 * Builds the images of tasks that wait for nothing, and tells of each task as it ends. A task whose options are wrong fails
 * by itself.
 */
export async function* runWave(tasks: readonly WaveTask[], wave: Wave): AsyncGenerator<TaskOutcome> {
  const startTime = Date.now();
  const end = (id: string, success: boolean, log: string): TaskOutcome => ({ id, success, log, startTime, endTime: Date.now() });
  const prepared: PreparedTask[] = [];
  for (const { task, options } of tasks) {
    const result = await attempt(() => wave.preparation.prepare(task, options));
    if ("failure" in result) yield fail(end, wave, task.id, result.failure);
    else if ("passedOver" in result.value) yield end(task.id, true, result.value.passedOver);
    else prepared.push(result.value);
  }

  const dry = prepared.filter(({ options }) => options.dryRun === true);
  if (dry.length > 0) await printPlan(dry, wave);
  for (const each of dry) yield end(each.task.id, true, withNotices(each, "Nothing was run."));

  const wanted = prepared.filter(({ options }) => options.dryRun !== true);
  const { found, missing } = await wave.preparation.lookUp(wanted);
  for (const [each, upToDate] of found) {
    const result = await attempt(() => finish(each, { found: upToDate, isBuilt: false }, wave));
    if ("failure" in result) {
      yield fail(end, wave, each.task.id, result.failure);
      continue;
    }
    wave.report(each.task.id, { is: "up to date" });
    // With `quiet` an engine prints the image's id and nothing else, and so does an image that was there.
    yield end(each.task.id, true, withNotices(each, each.options.quiet === true ? upToDate.digest : describeUpToDate(each.build, upToDate)));
  }
  yield* build(missing, wave);
}

async function* build(tasks: readonly PreparedTask[], wave: Wave): AsyncGenerator<TaskOutcome> {
  const probe = rememberProbe();
  // Asked while the contexts are written.
  const asked = readAllBefore(tasks);
  const staged: PreparedTask[] = [];
  for (const each of tasks) {
    const startTime = Date.now();
    const result = await attempt(() => stage(each, wave, probe));
    if ("value" in result) staged.push(each);
    else yield fail((id, success, log) => ({ id, success, log, startTime, endTime: Date.now() }), wave, each.task.id, result.failure);
  }
  const before = await asked;
  for (const [builder, group] of groupByBuilder(staged)) {
    const byId = new Map(group.map((each) => [each.task.id, each]));
    const { ask } = wave.preparation;
    const run: BuildRun = { ...wave, ask, builder, report: ({ id }, state) => wave.report(id, state) };
    for await (const results of runBuilds(group.map(toJob), run)) {
      const built = results.flatMap(({ job, outcome }) => (outcome === "built" ? (byId.get(job.id)?.build ?? []) : []));
      const after = await readImagesAfter(built, before, builder);
      for (const result of results) yield await conclude(result, { task: byId.get(result.job.id) as PreparedTask, images: { before, after }, wave });
    }
  }
}

async function readAllBefore(tasks: readonly PreparedTask[]): Promise<ImagesBefore> {
  const groups = [...groupByBuilder(tasks)].map(([builder, group]) => readImagesBefore(group.map(({ build }) => build), builder));
  return new Map((await Promise.all(groups)).flatMap((images) => [...images]));
}

async function stage({ build: prepared, builder }: PreparedTask, { root, signal }: Wave, probe: TimedProbe): Promise<void> {
  if (signal.aborted) return;
  await refreshImages(prepared, builder, probe);
  if (prepared.stage !== undefined) writeStage(root, prepared.stage);
}

/** What is at hand where the build of a task has ended. */
interface Ended {
  readonly task: PreparedTask;
  readonly images: ImagesAround;
  readonly wave: Wave;
}

async function conclude({ job, outcome, log, startTime, endTime }: JobResult, { task, images, wave }: Ended): Promise<TaskOutcome> {
  const end = (success: boolean, text: string): TaskOutcome => ({ id: job.id, success, log: withNotices(task, text), startTime, endTime });
  if (outcome !== "built") return end(false, log);
  const { build: prepared, builder, options } = task;
  const finished = await attempt(async () => {
    const { build: concluded, kept, notice } = await concludeBuild(prepared, images, builder);
    await finish({ ...task, build: concluded }, { found: kept && { digest: kept.kept, store: "engine" }, isBuilt: true }, wave);
    if (options.quiet === true) return kept === undefined ? log : replaceId(log, kept);
    return [log, notice, kept && describeKept(prepared, kept)].filter((text) => text !== undefined).join("\n");
  });
  return "failure" in finished ? end(false, `${log}\n\n${finished.failure}`) : end(true, finished.value);
}

/** Whether an image was built or was there. */
interface Finished {
  readonly found: UpToDate | undefined;
  readonly isBuilt: boolean;
}

function finish({ build: prepared, options, builder }: PreparedTask, finished: Finished, { root }: Wave): Promise<void> {
  return finishBuild(prepared, options, { ...finished, builder, root });
}

function fail(end: (id: string, success: boolean, log: string) => TaskOutcome, { report }: Wave, id: string, failure: string): TaskOutcome {
  report(id, { is: "failed", step: failure.split("\n", 1)[0] });
  return end(id, false, failure);
}

async function printPlan(tasks: readonly PreparedTask[], { root, preparation }: Wave): Promise<void> {
  logger.info(`Would run in ${root}:`);
  for (const { build: prepared } of tasks) if (prepared.stage !== undefined) writeStage(root, prepared.stage);
  for (const [builder, group] of groupByBuilder(tasks)) {
    for (const command of await planBuilds(group.map(toJob), builder, preparation.ask)) logger.info(command);
  }
}

function groupByBuilder(tasks: readonly PreparedTask[]): Map<Builder, PreparedTask[]> {
  const groups = new Map<Builder, PreparedTask[]>();
  for (const each of tasks) groups.set(each.builder, [...(groups.get(each.builder) ?? []), each]);
  return groups;
}

function toJob({ task, build: { plan, timeout } }: PreparedTask): BuildJob {
  return { id: task.id, plan, timeout };
}

function withNotices({ build: { notices }, options }: PreparedTask, text: string): string {
  return [...(options.quiet === true ? [] : notices), text].filter((part) => part !== "").join("\n");
}
