import type { Measurement } from "../measurement.js";
import type { SizeSettings } from "../settings.js";
import { median, rotate, Samples } from "../statistics.js";
import { PLUGIN } from "../subjects/plugin.js";
import { readBaseImage, type Subject } from "../subjects/subject.js";
import type { Bench } from "./bench.js";
import { type Build, type Contender, openContender } from "./contender.js";
import { measurePeak } from "./cost.js";
import { COLD, NOTHING, ROW_NAMES } from "./row-names.js";
import { checkBuild, ROWS } from "./rows.js";

/** A sample has the name of its row and of its subject. */
type Builds = Samples<Build>;

export const NX_START = "nx";
/** Rows that are read off the cold builds. */
export const SENT = "context sent, cold";
export const OVER_BASE = "image over its base";
/** Of the processes that build a set in which nothing has changed; the engine is none of them. */
const PEAK = "peak memory, no change";
/** What is counted of a row beside its time. */
export const stepsOf = (row: string): string => `${row}, steps run`;

/**
 * Builds one set of services by every subject, in turns, after every change of {@link ROWS}.
 *
 * @param from - absolute path of the generated workspace
 */
export async function measureImages(
  bench: Bench,
  subjects: readonly Subject[],
  from: string,
  settings: SizeSettings,
): Promise<Measurement[]> {
  const { services } = settings;
  const contenders: Contender[] = [];
  try {
    for (const subject of subjects) contenders.push(await openContender(bench, subject, from, services));
    return await measureContenders(bench, contenders, settings);
  } finally {
    for (const { workspace } of contenders) await workspace.dispose();
  }
}

async function measureContenders(bench: Bench, contenders: readonly Contender[], settings: SizeSettings): Promise<Measurement[]> {
  const size = String(settings.services);
  const deadline = Date.now() + settings.budget;
  const builds: Builds = new Samples();
  const starts: number[] = [];
  const last = new Map<Contender, Build>();

  const build = async (row: string, contender: Contender, services: readonly string[]): Promise<Build> => {
    const result = await contender.build(services);
    builds.add(key(row, contender.subject.name), result);
    last.set(contender, result);
    bench.log(`  ${size.padStart(3)}  ${row.padEnd(24)} ${contender.subject.name.padEnd(20)} ${describe(result)}`);
    return result;
  };

  for (const contender of contenders) await build(COLD, contender, contender.names.built);
  const sizes = await measureSizes(bench, contenders, size);
  for (let round = 0; round < settings.rounds && (round === 0 || Date.now() < deadline); round += 1) {
    for (const [index, row] of ROWS.filter(({ name }) => settings.rows.includes(name)).entries()) {
      for (const contender of rotate(contenders, round + index)) {
        const services = await row.change(contender, round);
        const before = last.get(contender);
        const after = await build(row.name, contender, services);
        if (before !== undefined) checkBuild(row, contender, before, after);
        if (row.name === NOTHING && contender.subject.name === PLUGIN) starts.push(await measureStart(contender));
      }
    }
  }
  const peaks = await measurePeaks(contenders, size);
  await bench.recorder.take();
  // Whatever the other rows have taken: of a single cold set nobody can tell the figure from chance.
  for (let round = 1; round < settings.coldRounds; round += 1) {
    for (const contender of rotate(contenders, round)) {
      await contender.cool(round);
      await build(COLD, contender, contender.names.built);
    }
  }
  const start: Measurement = { row: NOTHING, size, subject: NX_START, value: median(starts), unit: "ms" };
  return [...summarize(builds, contenders, size), start, ...sizes, ...peaks];
}

/** What Nx takes before any task runs. */
async function measureStart({ workspace }: Contender): Promise<number> {
  const start = performance.now();
  await workspace.run(["nx", "show", "projects"]);
  return performance.now() - start;
}

async function measurePeaks(contenders: readonly Contender[], size: string): Promise<Measurement[]> {
  const peaks: Measurement[] = [];
  for (const { subject, workspace, names } of contenders) {
    const value = await measurePeak(() => subject.build(workspace, names.built));
    if (value !== undefined) peaks.push({ row: PEAK, size, subject: subject.name, value, unit: "MB" });
  }
  return peaks;
}

async function measureSizes({ images }: Bench, contenders: readonly Contender[], size: string): Promise<Measurement[]> {
  return Promise.all(
    contenders.map(async ({ subject, workspace, names }) => {
      const base = readBaseImage(await workspace.read(`modules/${names.other}/Dockerfile`));
      const sizes = names.built.map((service) => images.readSizeOver(subject.tag(service), base));
      return { row: OVER_BASE, size, subject: subject.name, value: median(await Promise.all(sizes)), unit: "MB" as const };
    }),
  );
}

function summarize(builds: Builds, contenders: readonly Contender[], size: string): Measurement[] {
  const rows = [COLD, ...ROW_NAMES];
  const measured = rows.flatMap((row) =>
    contenders.flatMap(({ subject: { name: subject } }): Measurement[] => {
      const samples = builds.of(key(row, subject));
      if (samples.length === 0) return [];
      return [
        { row, size, subject, value: median(samples.map(({ time }) => time)), unit: "ms" },
        { row: stepsOf(row), size, subject, value: Math.max(...samples.map(({ steps }) => steps)), unit: "count" },
      ];
    }),
  );
  const sent = contenders.map(({ subject: { name: subject } }): Measurement => {
    // Later sets of a workspace send only what has changed since.
    const [first] = builds.of(key(COLD, subject));
    return { row: SENT, size, subject, value: (first?.bytes ?? 0) / 1_000_000, unit: "MB" };
  });
  return [...measured, ...sent];
}

function key(row: string, subject: string): string {
  return `${row}\n${subject}`;
}

function describe({ time, steps, bytes }: Build): string {
  return `${(time / 1000).toFixed(2).padStart(7)} s  ${String(steps).padStart(4)} steps  ${(bytes / 1e6).toFixed(2)} MB sent`;
}
