import type { ExecutorContext, Task } from "@nx/devkit";
import { type Builder, engineOf } from "../../../image/build-plan.js";
import type { Probe } from "../../../image/engine.js";
import { type Inspected, inspectLabelled } from "../../../image/store/engine-store.js";
import { detectOrAssume } from "../../detect-or-assume.js";
import { readProject } from "../../project.js";
import type { DockerBuildOptions } from "../schema.js";
import type { AskedAhead } from "./ask-ahead.js";
import type { BuildWorkspace } from "./build-workspace.js";
import { isForced, isSoughtInEngine } from "./forced.js";
import { lookUp, type UpToDate, withObstacle } from "./look-up.js";
import { passOver } from "./pass-over.js";
import { prepareBuild, type PreparedBuild } from "./prepare-build.js";
import { requireKnownOptions } from "./unknown-option.js";

/** A task of a batch with everything decided, and nothing done yet. */
export interface PreparedTask {
  readonly task: Task;
  readonly options: DockerBuildOptions;
  readonly builder: Builder;
  readonly build: PreparedBuild;
}

/** What the tasks of a batch share: what is read of the workspace, and which engines there are. */
export interface BatchPreparation {
  /** Asks an engine what does not change while this process runs; each question once. */
  readonly ask: Probe;
  /**
   * Decides how a task's image is built.
   *
   * @returns or why there is none to build
   * @throws OoneexNxError as reading the project, finding the engine and preparing the build do
   */
  readonly prepare: (task: Task, options: DockerBuildOptions) => Promise<PreparedTask | { readonly passedOver: string }>;
  /** Finds those that are there already, and asks each engine once. The others are as they are to be built. */
  readonly lookUp: (tasks: readonly PreparedTask[]) => Promise<{ readonly found: ReadonlyMap<PreparedTask, UpToDate>; readonly missing: readonly PreparedTask[] }>;
}

/** What a batch is prepared from beside its tasks. */
export interface PreparationSurroundings extends Pick<AskedAhead, "labelled"> {
  readonly workspace: BuildWorkspace;
  /** Milliseconds since 1970. */
  readonly now: number;
}

export function openBatchPreparation(context: ExecutorContext, { workspace, labelled: askedAhead, now }: PreparationSurroundings): BatchPreparation {
  const { ask } = workspace;
  const builders = new Map<string, Promise<Builder>>();
  const findBuilder = (options: DockerBuildOptions): Promise<Builder> => {
    const key = `${options.engine ?? "auto"} ${options.dryRun === true}`;
    const builder = builders.get(key) ?? detectOrAssume(options, ask);
    builders.set(key, builder);
    return builder;
  };
  // Asked while the imports are followed, which keeps this process busy, or before. What is built after that is not in it.
  const labelled = new Map<Builder, Promise<readonly Inspected[]>>();
  let ahead = askedAhead;
  const askForImages = (builder: Builder, options: DockerBuildOptions): void => {
    if (!isSoughtInEngine(options) || labelled.has(builder)) return;
    const engine = engineOf(builder);
    labelled.set(builder, (engine === "docker" ? ahead : undefined) ?? inspectLabelled(engine));
  };
  const takeLabelled = async (builder: Builder): Promise<readonly Inspected[] | undefined> => {
    const answer = labelled.get(builder);
    labelled.delete(builder);
    return await answer;
  };
  return {
    ask,
    async prepare(task, options) {
      requireKnownOptions(options);
      const { project: projectName, target: targetName } = task.target;
      const project = readProject({ ...context, projectName, targetName });
      const passedOver = passOver(options, project, workspace);
      if (passedOver !== undefined) return { passedOver };
      const builder = await findBuilder(options);
      askForImages(builder, options);
      const build = await prepareBuild(options, project, { workspace, builder, now });
      return { task, options, builder, build };
    },
    async lookUp(tasks) {
      ahead = undefined;
      const askable = tasks.filter(({ options }) => !isForced(options));
      const byBuilder = new Map<Builder, PreparedTask[]>();
      for (const each of askable) byBuilder.set(each.builder, [...(byBuilder.get(each.builder) ?? []), each]);
      const lookUpGroup = async ([builder, group]: [Builder, PreparedTask[]]): ReturnType<typeof lookUp> =>
        await lookUp(group.map(({ build }) => build), builder, await takeLabelled(builder));
      const answers = new Map((await Promise.all([...byBuilder].map(lookUpGroup))).flatMap((each) => [...each]));
      const found = new Map<PreparedTask, UpToDate>();
      const missing: PreparedTask[] = [];
      for (const each of tasks) {
        const answer = answers.get(each.build);
        if (answer?.found === undefined) missing.push({ ...each, build: withObstacle(each.build, answer?.obstacle) });
        else found.set(each, answer.found);
      }
      return { found, missing };
    },
  };
}
