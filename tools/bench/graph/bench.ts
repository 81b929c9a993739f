import { setTimeout as sleep } from "node:timers/promises";
import { openTestBed } from "../../../e2e/test-bed.js";
import type { WorkspaceHost } from "../../../e2e/workspace/template.js";
import { measurePeak } from "../measure/cost.js";
import type { Measurement } from "../measurement.js";
import { median, rotate, Samples } from "../statistics.js";
import {
  GRAPH_PLUGIN,
  GRAPH_SUBJECTS,
  type GraphContender,
  type GraphSubject,
  makeContenders,
  NX_ALONE,
} from "./contenders.js";
import { readHookTimes, timeHooks } from "./hook-times.js";
import { COLD_GRAPH, COMMAND, STEPS } from "./steps.js";

export interface GraphBenchOptions {
  readonly quick: boolean;
  /** Tells a person how far it is. */
  readonly log: (line: string) => void;
  /** What workspaces are made on, where that is open already. */
  readonly host?: WorkspaceHost;
}

/** What is measured: one run of the steps for each subject, so many times over. */
interface Series {
  readonly modules: number;
  readonly typescript: "6" | "7";
  readonly subjects: readonly GraphSubject[];
  readonly rounds: number;
}

const FILES_PER_MODULE = 8;

/** Milliseconds for which files must have been left alone until the plugin keeps what it read of them, and a bit. */
const SETTLING = 11_000;

const MEMORY = "graph: peak memory, cold";
const hooksOf = (row: string): string => `${row}, in the plugin`;

/**
 * Measures what plugins add to the time of a command that does nothing but build the project graph, without the daemon.
 *
 * The subjects take turns within a round, each in a workspace of its own, and every figure is the median of the rounds. With
 * TypeScript 7 Nx alone draws no edge at all; with 6 it draws those of imports itself, for every subject.
 */
export async function benchGraph({ quick, log, host }: GraphBenchOptions): Promise<Measurement[]> {
  const bed = host === undefined ? await openTestBed() : undefined;
  const series: readonly Series[] = [
    { modules: 100, typescript: "7", subjects: GRAPH_SUBJECTS, rounds: quick ? 1 : 5 },
    { modules: 1000, typescript: "7", subjects: GRAPH_SUBJECTS, rounds: quick ? 1 : 9 },
    ...(quick ? [] : [{ modules: 1000, typescript: "6", subjects: [NX_ALONE, GRAPH_PLUGIN], rounds: 5 } as const]),
  ];
  try {
    const measured: Measurement[] = [];
    for (const one of series) measured.push(...(await measureSeries(host ?? (bed as NonNullable<typeof bed>).host, one, log)));
    return measured;
  } finally {
    await bed?.close();
  }
}

async function measureSeries(host: WorkspaceHost, series: Series, log: (line: string) => void): Promise<Measurement[]> {
  const { modules, typescript, rounds } = series;
  const size = `${modules} modules${typescript === "6" ? ", TypeScript 6" : ""}`;
  log(`  graph of ${size}`);
  const contenders = await makeContenders(host, { ...series, filesPerModule: FILES_PER_MODULE });
  try {
    const settled = sleep(SETTLING);
    for (const { workspace } of contenders) await workspace.run(COMMAND);
    await settled;
    const samples = new Samples();
    for (let round = 0; round < rounds; round++) await measureRound(rotate(contenders, round), round, samples);
    const times = collect(series, samples).map((found) => ({ ...found, size }));
    for (const { row, subject, value, unit } of times) log(`  ${row.padEnd(40)} ${subject.padEnd(14)} ${value.toFixed(2)} ${unit}`);
    const others = [...(await measureMemory(contenders)), ...(await measureHooks(contenders, rounds))];
    for (const { row, subject, value, unit } of others) log(`  ${row.padEnd(40)} ${subject.padEnd(14)} ${value.toFixed(1)} ${unit}`);
    return [...times, ...others.map((found) => ({ ...found, size }))];
  } finally {
    for (const { workspace } of contenders) await workspace.dispose();
  }
}

async function measureRound(contenders: readonly GraphContender[], round: number, samples: Samples): Promise<void> {
  for (const { subject, workspace } of contenders) {
    for (const { row, prepare } of STEPS) {
      await prepare(workspace, round);
      const start = performance.now();
      await workspace.run(COMMAND);
      samples.add(`${row} ${subject}`, performance.now() - start);
    }
  }
}

type Figure = Omit<Measurement, "size">;

/** The median time of each subject in each step, and its ratio to that of Nx alone. */
function collect({ subjects }: Series, samples: Samples): Figure[] {
  return STEPS.flatMap(({ row }) => {
    const alone = median(samples.of(`${row} ${NX_ALONE}`));
    return subjects.flatMap((subject): Figure[] => {
      const value = median(samples.of(`${row} ${subject}`));
      const time: Figure = { row, subject, value, unit: "ms" };
      return subject === NX_ALONE ? [time] : [time, { row, subject, value: value / alone, unit: "ratio", peer: NX_ALONE }];
    });
  });
}

/** Measured apart, since it disturbs the clock. */
async function measureMemory(contenders: readonly GraphContender[]): Promise<Figure[]> {
  const figures: Figure[] = [];
  for (const { subject, workspace } of contenders) {
    await STEPS.find(({ row }) => row === COLD_GRAPH)?.prepare(workspace, 0);
    const value = await measurePeak(() => workspace.run(COMMAND));
    if (value !== undefined) figures.push({ row: MEMORY, subject, value, unit: "MB" });
  }
  return figures;
}

/** The plugins' own part, `createNodes` and `createDependencies`. Changes the workspaces, so it comes last. */
async function measureHooks(contenders: readonly GraphContender[], rounds: number): Promise<Figure[]> {
  const timed = contenders.filter(({ subject }) => subject === GRAPH_PLUGIN || subject === "@nx/docker");
  for (const { subject, workspace } of timed) await timeHooks(workspace, subject);
  const samples = new Samples();
  for (let round = 0; round < rounds; round++) {
    for (const { subject, workspace } of rotate(timed, round)) {
      for (const { row, prepare } of STEPS) {
        await prepare(workspace, rounds + round);
        samples.add(`${row} ${subject}`, await readHookTimes(workspace));
      }
    }
  }
  return STEPS.flatMap(({ row }) =>
    timed.map(({ subject }): Figure => ({ row: hooksOf(row), subject, value: median(samples.of(`${row} ${subject}`)), unit: "ms" })),
  );
}
