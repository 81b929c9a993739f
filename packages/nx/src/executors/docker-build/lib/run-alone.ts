import { OoneexNxError } from "../../../errors.js";
import { buildCommands } from "../../../image/build-command.js";
import { isInterrupt, TIMED_OUT } from "../../../image/engine.js";
import { buildFailed } from "./build-errors.js";
import { type BuildJob, type BuildRun, interruptedJob, type JobResult } from "./build-job.js";
import { prepareOutputFile } from "./output-file.js";
import { readProgress } from "./progress.js";
import { runBuildCommands } from "./run-build-commands.js";

/** `STEP 3/9: RUN …`, as Podman says it. */
const PODMAN_STEP = /^(?:\[\d+\/\d+\] )?STEP \d+\/\d+: .*$/gm;

/**
 * Builds each image with a command of its own, a few at once, and tells of each as it ends. After an interrupt no other
 * build is begun.
 */
export async function* runAlone(jobs: readonly BuildJob[], run: BuildRun): AsyncGenerator<readonly JobResult[]> {
  const waiting = [...jobs];
  const running = new Map<string, Promise<JobResult>>();
  let isInterrupted = false;
  while (waiting.length > 0 || running.size > 0) {
    while (waiting.length > 0 && running.size < run.parallel && !isInterrupted && !run.signal.aborted) {
      const job = waiting.shift() as BuildJob;
      running.set(job.id, buildAlone(job, run));
    }
    if (running.size === 0) break;
    const result = await Promise.race(running.values());
    running.delete(result.job.id);
    isInterrupted ||= result.outcome === "interrupted";
    yield [result];
  }
  if (waiting.length > 0) yield waiting.map((job) => interruptedJob(job, run));
}

async function buildAlone(job: BuildJob, run: BuildRun): Promise<JobResult> {
  const startTime = Date.now();
  const { plan, timeout } = job;
  let log = "";
  const end = (outcome: JobResult["outcome"], text = log): JobResult => ({ job, outcome, log: text.trimEnd(), startTime, endTime: Date.now() });
  run.report(job, { is: "building", done: 0, steps: 0 });
  const progress = readProgress([job.id]);
  const onOutput = (text: string): void => {
    log += text;
    progress.read(text);
    run.report(job, { is: "building", ...progress.progressOf(job.id) });
  };
  try {
    if (plan.metadataFile !== undefined) prepareOutputFile(run.root, plan.metadataFile);
    const tell = (line: string): void => void (log += `${line}\n`);
    const failed = await runBuildCommands(buildCommands(plan, run.builder), { root: run.root, onOutput, signal: run.signal, tell, timeout });
    if (failed !== undefined) {
      const wasInterrupted = isInterrupt(failed.code);
      const step = progress.findFailures().get(job.id)?.step ?? (failed.code === TIMED_OUT ? progress.openStepOf(job.id) : undefined) ?? log.match(PODMAN_STEP)?.at(-1);
      run.report(job, wasInterrupted ? { is: "interrupted" } : { is: "failed", step });
      return end(wasInterrupted ? "interrupted" : "failed", `${log.trimEnd()}\n\n${buildFailed(plan, failed).message}`);
    }
  } catch (error) {
    // A mistake of ours fails this build and keeps its stack; the others go on.
    const { message, stack } = error as Error;
    run.report(job, { is: "failed", step: error instanceof OoneexNxError ? error.what : message });
    return end("failed", `${log}${error instanceof OoneexNxError ? message : (stack ?? message)}`);
  }
  run.report(job, { is: "built", milliseconds: Date.now() - startTime });
  return end("built");
}
