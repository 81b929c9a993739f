import { coerce } from "semver";
import { type BakeAbilities, bakeCommand, formatBake, NEWEST_BAKE, readBakeAbilities } from "../../../image/bake-command.js";
import { groupPlans, nameTargets } from "../../../image/bake-definition.js";
import { buildCommands, formatCommand } from "../../../image/build-command.js";
import type { Builder } from "../../../image/build-plan.js";
import type { Probe } from "../../../image/engine.js";
import { type BuildJob, type BuildRun, interruptedJob, type JobResult } from "./build-job.js";
import { runAlone } from "./run-alone.js";
import { type JobGroup, runBake } from "./run-bake.js";

/** Stands for the file that bake writes digests to, which is a new one each time. */
const METADATA_FILE = "metadata.json";

/**
 * Builds several images and tells of those that have ended together: with one `docker buildx bake` where there is buildx, else each with a
 * command of its own.
 *
 * @throws OoneexNxError `ENGINE_MISSING` where the engine is gone by then
 */
export async function* runBuilds(jobs: readonly BuildJob[], run: BuildRun): AsyncGenerator<readonly JobResult[]> {
  if (run.builder !== "buildx") {
    yield* runAlone(jobs, run);
    return;
  }
  const abilities = await askBakeAbilities(jobs, run.ask);
  let isInterrupted = false;
  for (const group of groupJobs(jobs)) {
    if (isInterrupted) {
      yield [...group.jobs.values()].map((job) => interruptedJob(job, run));
      continue;
    }
    for await (const results of runBake(group, abilities, run)) {
      isInterrupted ||= results.some(({ outcome }) => outcome === "interrupted");
      yield results;
    }
  }
}

/**
 * Writes down the commands that would run, in order, were none of the images to fail. Each can be pasted into a POSIX shell.
 */
export async function planBuilds(jobs: readonly BuildJob[], builder: Builder, ask: Probe): Promise<string[]> {
  const planAlone = ({ plan }: BuildJob): string[] => buildCommands(plan, builder).map(formatCommand);
  if (builder !== "buildx") return jobs.flatMap(planAlone);
  const abilities = await askBakeAbilities(jobs, ask);
  return groupJobs(jobs).flatMap(({ flags, jobs: group }) => {
    if (group.size === 1) return [...group.values()].flatMap(planAlone);
    const plans = Object.fromEntries([...group].map(([name, { plan }]) => [name, plan]));
    return [formatBake(bakeCommand({ flags, plans }, METADATA_FILE, abilities))];
  });
}

/** Asks which buildx there is, where that makes a difference. */
async function askBakeAbilities(jobs: readonly BuildJob[], ask: Probe): Promise<BakeAbilities> {
  if (jobs.every(({ plan }) => plan.network === undefined)) return NEWEST_BAKE;
  const version = coerce((await ask(["docker", "buildx", "version"])).stdout);
  // A buildx that somebody has built says 0.0.0, and is taken for a new one.
  return version === null || version.compare("0.0.0") === 0 ? NEWEST_BAKE : readBakeAbilities(version);
}

function groupJobs(jobs: readonly BuildJob[]): JobGroup[] {
  const byId = new Map(jobs.map((job) => [job.id, job]));
  const byName = [...nameTargets([...byId.keys()])].map(([name, id]) => [name, byId.get(id) as BuildJob] as const);
  const all = new Map(byName);
  return groupPlans(Object.fromEntries(byName.map(([name, { plan }]) => [name, plan]))).map(({ flags, plans }) => ({
    flags,
    jobs: new Map(Object.keys(plans).map((name) => [name, all.get(name) as BuildJob])),
  }));
}
