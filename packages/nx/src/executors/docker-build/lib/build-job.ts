import type { Builder, BuildPlan } from "../../../image/build-plan.js";
import type { Probe } from "../../../image/engine.js";
import type { BuildState } from "./progress-lines.js";

/** One image of several that are built together. */
export interface BuildJob {
  /** Of the task, such as `@module/billing:docker-build`. */
  readonly id: string;
  readonly plan: BuildPlan;
  /** How long the engine may take, in milliseconds; `undefined` for as long as it likes. */
  readonly timeout: number | undefined;
}

/** How the build of one image has ended. Times are in milliseconds since 1970. */
export interface JobResult {
  readonly job: BuildJob;
  readonly outcome: "built" | "failed" | "interrupted";
  /** The output of its own steps, and where it has failed what has failed and what to do. */
  readonly log: string;
  readonly startTime: number;
  readonly endTime: number;
}

/** What all builds of one run share. */
export interface BuildRun {
  readonly builder: Builder;
  /** Absolute path of the workspace. */
  readonly root: string;
  /** Asks the engine what does not change meanwhile. */
  readonly ask: Probe;
  /** How many single builds may run at once. */
  readonly parallel: number;
  /** Calls the builds off. */
  readonly signal: AbortSignal;
  /** Is told where an image stands, each time that changes. */
  readonly report: (job: BuildJob, state: BuildState) => void;
}

/** The result of a job that was not even begun. */
export function interruptedJob(job: BuildJob, { report }: BuildRun): JobResult {
  report(job, { is: "interrupted" });
  const now = Date.now();
  return { job, outcome: "interrupted", log: "The build was interrupted.", startTime: now, endTime: now };
}
