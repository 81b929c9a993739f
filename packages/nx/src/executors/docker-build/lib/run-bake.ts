import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { bakeCommand, type BakeAbilities, printDefinition } from "../../../image/bake-command.js";
import { writeOutputFile } from "./output-file.js";
import type { BakeFlags } from "../../../image/bake-definition.js";
import type { BuildPlan } from "../../../image/build-plan.js";
import { isInterrupt, runCommand, type RunOptions, TIMED_OUT } from "../../../image/engine.js";
import { buildFailed, type FailedCommand } from "./build-errors.js";
import { type BuildJob, type BuildRun, interruptedJob, type JobResult } from "./build-job.js";
import { type BuildProgress, readProgress } from "./progress.js";
import { runAlone } from "./run-alone.js";

/** Jobs that one bake can carry out, by the name of their target. */
export interface JobGroup {
  readonly flags: BakeFlags;
  readonly jobs: ReadonlyMap<string, BuildJob>;
}

/** How often a set is baked anew without those that have failed. Each time costs what it takes to find every step done. */
const MAX_BAKES = 3;

/** How long a build may take whose steps are all done already, in milliseconds. */
const CONFIRMATION = 60_000;

/** Part of buildx's metadata that is of interest here. */
type Metadata = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

/** One bake that has ended. */
interface Baked {
  readonly code: number;
  readonly progress: BuildProgress;
  readonly metadata: Metadata;
  /** When each target was done, in milliseconds since 1970. */
  readonly exported: ReadonlyMap<string, number>;
}

/**
 * Builds a group of images with one bake. Where one of them fails bake calls the others off, so these are baked again
 * without it: what was done by then is not done again. Where nobody can be blamed, each is built by itself. Where its time is
 * over, what is not done by then has failed.
 */
export async function* runBake({ flags, jobs }: JobGroup, abilities: BakeAbilities, run: BuildRun): AsyncGenerator<readonly JobResult[]> {
  const startTime = Date.now();
  const left = new Map(jobs);
  const timeout = longestOf([...jobs.values()]);
  const end = timeout === undefined ? undefined : startTime + timeout;
  for (let round = 1; left.size > 1 && round <= MAX_BAKES; round++) {
    if (run.signal.aborted) break;
    const { code, progress, metadata, exported } = await bake({ flags, jobs: left }, abilities, { ...run, timeout: end && Math.max(1, end - Date.now()) });
    const failures = progress.findFailures();
    if (run.signal.aborted || (failures.size === 0 && isInterrupt(code))) {
      yield [...left.values()].map((job) => ({ ...interruptedJob(job, run), startTime }));
      return;
    }
    if (code === 0) {
      yield [...left].map(([name, job]) => {
        const endTime = exported.get(name) ?? Date.now();
        run.report(job, { is: "built", milliseconds: endTime - startTime });
        writeMetadata(job.plan, metadata[name], run.root);
        return { job, outcome: "built", log: job.plan.quiet ? readDigest(metadata[name]) : progress.logOf(name), startTime, endTime };
      });
      return;
    }
    if (code === TIMED_OUT) {
      for (const [name, job] of left) {
        const own = progress.openStepOf(name);
        if (exported.has(name) && own === undefined) {
          left.set(name, { ...job, timeout: CONFIRMATION });
          continue;
        }
        left.delete(name);
        yield [fail(job, { step: own ?? progress.openStep(), log: progress.logOf(name), code, startTime, timeout }, run)];
      }
      break;
    }
    if (failures.size === 0) break;
    for (const [name, { step, message }] of failures) {
      const job = left.get(name) as BuildJob;
      left.delete(name);
      yield [fail(job, { step, log: joinParagraphs(progress.logOf(name), message), code, startTime, timeout }, run)];
    }
  }
  for await (const results of runAlone([...left.values()], run)) yield results.map((result) => ({ ...result, startTime }));
}

/** What is known of a build that has failed. */
interface Failed extends Pick<JobResult, "log" | "startTime">, Pick<FailedCommand, "code" | "timeout"> {
  readonly step: string | undefined;
}

function fail(job: BuildJob, { step, log, code, timeout, startTime }: Failed, run: BuildRun): JobResult {
  run.report(job, { is: "failed", step });
  const { message } = buildFailed(job.plan, { command: { argv: ["docker"], env: {} }, code, timeout });
  return { job, outcome: "failed", log: joinParagraphs(log, message), startTime, endTime: Date.now() };
}

function joinParagraphs(...texts: readonly string[]): string {
  return texts.filter((text) => text !== "").join("\n\n");
}

async function bake({ flags, jobs }: JobGroup, abilities: BakeAbilities, run: BuildRun & Pick<RunOptions, "timeout">): Promise<Baked> {
  const folder = mkdtempSync(join(tmpdir(), "ooneex-nx-"));
  try {
    const metadataFile = join(folder, "metadata.json");
    const plans = Object.fromEntries([...jobs].map(([name, { plan }]) => [name, plan]));
    const { command, definition } = bakeCommand({ flags, plans }, metadataFile, abilities);
    const progress = readProgress([...jobs.keys()]);
    const exported = new Map<string, number>();
    const onOutput = (text: string): void => {
      progress.read(text);
      for (const [name, job] of jobs) {
        const { hasBegun, isExported, done, steps } = progress.progressOf(name);
        if (isExported && !exported.has(name)) exported.set(name, Date.now());
        if (hasBegun) run.report(job, { is: "building", done, steps });
      }
    };
    const { signal, timeout } = run;
    const code = await runCommand(command, run.root, { stdin: printDefinition(definition), onOutput, signal, timeout });
    return { code, progress, exported, metadata: code === 0 ? readMetadata(metadataFile) : {} };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** How long a bake may take, in milliseconds; `undefined` where one of its images may take as long as it likes. */
function longestOf(jobs: readonly BuildJob[]): number | undefined {
  const longest = Math.max(...jobs.map(({ timeout }) => timeout ?? Infinity));
  return longest === Infinity ? undefined : longest;
}

function readMetadata(file: string): Metadata {
  return JSON.parse(readFileSync(file, "utf8")) as Metadata;
}

/** Writes what a build of its own would have written. */
function writeMetadata({ metadataFile }: BuildPlan, metadata: Metadata[string] = {}, root: string): void {
  if (metadataFile === undefined) return;
  writeOutputFile(root, metadataFile, metadata);
}

function readDigest(metadata: Metadata[string] = {}): string {
  const digest = metadata["containerimage.config.digest"] ?? metadata["containerimage.digest"];
  return typeof digest === "string" ? digest : "";
}
