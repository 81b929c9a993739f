import { setTimeout as sleep } from "node:timers/promises";
import { openTestBed } from "../../../e2e/test-bed.js";
import type { WorkspaceHost } from "../../../e2e/workspace/template.js";
import { measurePeak } from "../measure/cost.js";
import type { Measurement } from "../measurement.js";
import { median, rotate, Samples } from "../statistics.js";
import {
  EMPTY_PLUGIN,
  GRAPH_PLUGIN,
  GRAPH_SUBJECTS,
  type GraphContender,
  type GraphSubject,
  makeContenders,
  NX_ALONE,
  type TypeScriptLine,
} from "./contenders.js";
import { countUnlike, readEdges } from "./edges.js";
import { readHookTimes, timeHooks } from "./hook-times.js";
import { ALL_DRAWN, COLD_GRAPH, COMMAND, IN_PLUGIN, STEPS, UNLIKE_EDGES } from "./steps.js";

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
  readonly lines: readonly (readonly [typescript: TypeScriptLine, subjects: readonly GraphSubject[]])[];
  readonly rounds: number;
}

const SERIES: readonly Series[] = [
  { modules: 100, lines: [["7", GRAPH_SUBJECTS]], rounds: 5 },
  { modules: 1000, lines: [["7", GRAPH_SUBJECTS], ["6", [NX_ALONE, EMPTY_PLUGIN, GRAPH_PLUGIN]]], rounds: 7 },
];

const FILES_PER_MODULE = 8;

/** Milliseconds for which files must have been left alone until the plugin keeps what it read of them, and a bit. */
const SETTLING = 11_000;

const MEMORY = "graph: peak memory, cold";

/**
 * Measures what plugins add to the time of a command that does nothing but build the project graph, without the daemon.
 *
 * The subjects take turns within a round, each in a workspace of its own, and every figure is the median of the rounds. With
 * TypeScript 7 Nx alone draws no edge at all; with 6 it draws those of imports itself, for every subject. So the plugin with 7
 * is held against both: against Nx alone in the same workspace, and against Nx alone where the graph has the same edges.
 */
export async function benchGraph({ quick, log, host }: GraphBenchOptions): Promise<Measurement[]> {
  const bed = host === undefined ? await openTestBed() : undefined;
  try {
    const measured: Measurement[] = [];
    for (const series of SERIES) {
      const rounds = quick ? 1 : series.rounds;
      measured.push(...(await measureSeries(host ?? (bed as NonNullable<typeof bed>).host, { ...series, rounds }, log)));
    }
    return measured;
  } finally {
    await bed?.close();
  }
}

async function measureSeries(host: WorkspaceHost, { modules, lines, rounds }: Series, log: (line: string) => void): Promise<Measurement[]> {
  log(`  graph of ${modules} modules`);
  const contenders: GraphContender[] = [];
  try {
    for (const [typescript, subjects] of lines) {
      contenders.push(...(await makeContenders(host, { modules, filesPerModule: FILES_PER_MODULE, typescript, subjects })));
    }
    const settled = sleep(SETTLING);
    for (const { workspace } of contenders) await workspace.run(COMMAND);
    await settled;
    const samples = new Samples();
    for (let round = 0; round < rounds; round++) await measureRound(rotate(contenders, round), round, samples);
    const times = collectTimes(contenders, samples);
    const others = [...(await measureMemory(contenders)), ...(await measureHooks(contenders, rounds)), ...(await compareEdges(contenders, modules))];
    const figures = [...times, ...others].map(({ size, ...figure }) => ({ ...figure, size: `${modules} modules${size}` }));
    for (const { row, size, subject, value, unit } of figures) {
      log(`  ${row.padEnd(40)} ${size.padEnd(28)} ${subject.padEnd(14)} ${value.toFixed(2)} ${unit}`);
    }
    return figures;
  } finally {
    for (const { workspace } of contenders) await workspace.dispose();
  }
}

async function measureRound(contenders: readonly GraphContender[], round: number, samples: Samples): Promise<void> {
  for (const contender of contenders) {
    for (const { row, prepare } of STEPS) {
      await prepare(contender.workspace, round);
      const start = performance.now();
      await contender.workspace.run(COMMAND);
      samples.add(keyOf(row, contender), performance.now() - start);
    }
  }
}

const keyOf = (row: string, { subject, typescript }: GraphContender): string => `${row} ${subject} ${typescript}`;

/** What follows the number of modules in a figure's size: with which TypeScript it is. */
const variantOf = ({ typescript }: GraphContender): string => (typescript === "6" ? ", TypeScript 6" : "");

/** The plugin with TypeScript 7, beside Nx alone with 6. */
const SAME_EDGES = ", the same edges";

const isSameGraph = ({ subject, typescript }: GraphContender): boolean =>
  (subject === GRAPH_PLUGIN && typescript === "7") || (subject === NX_ALONE && typescript === "6");

/** The median time of each subject in each step, and its ratio to that of Nx alone in the same kind of workspace. */
function collectTimes(contenders: readonly GraphContender[], samples: Samples): Measurement[] {
  const same = contenders.filter(isSameGraph);
  return STEPS.flatMap(({ row }) => {
    const time = (contender: GraphContender, size: string): Measurement => ({
      row,
      size,
      subject: contender.subject,
      value: median(samples.of(keyOf(row, contender))),
      unit: "ms",
    });
    const times = contenders.map((contender) => time(contender, variantOf(contender)));
    const ratios = times.flatMap((found): Measurement[] => {
      const alone = times.find(({ subject, size }) => subject === NX_ALONE && size === found.size);
      return alone === undefined || alone === found ? [] : [{ ...found, value: found.value / alone.value, unit: "ratio", peer: NX_ALONE }];
    });
    return [...times, ...ratios, ...(same.length > 1 ? same.map((contender) => time(contender, SAME_EDGES)) : [])];
  });
}

/** Measured apart, since it disturbs the clock. */
async function measureMemory(contenders: readonly GraphContender[]): Promise<Measurement[]> {
  const figures: Measurement[] = [];
  for (const contender of contenders) {
    const { subject, workspace } = contender;
    await STEPS.find(({ row }) => row === COLD_GRAPH)?.prepare(workspace, 0);
    const value = await measurePeak(() => workspace.run(COMMAND));
    if (value !== undefined) figures.push({ row: MEMORY, size: variantOf(contender), subject, value, unit: "MB" });
  }
  return figures;
}

/** The plugins' own part, `createNodes` and `createDependencies`. Changes the workspaces, so it comes late. */
async function measureHooks(contenders: readonly GraphContender[], rounds: number): Promise<Measurement[]> {
  const timed = contenders.filter(({ subject }) => subject === GRAPH_PLUGIN || subject === "@nx/docker");
  for (const { subject, workspace } of timed) await timeHooks(workspace, subject);
  const samples = new Samples();
  for (let round = 0; round < rounds; round++) {
    for (const contender of rotate(timed, round)) {
      for (const { row, prepare } of STEPS) {
        await prepare(contender.workspace, rounds + round);
        samples.add(keyOf(row, contender), await readHookTimes(contender.workspace));
      }
    }
  }
  return STEPS.flatMap(({ row }) =>
    timed.map((contender): Measurement => {
      const value = median(samples.of(keyOf(row, contender)));
      return { row: row + IN_PLUGIN, size: variantOf(contender), subject: contender.subject, value, unit: "ms" };
    }),
  );
}

/** Counts the plugin's edges, and those in which its graph is not that of Nx alone, where there are both. */
async function compareEdges(contenders: readonly GraphContender[], modules: number): Promise<Measurement[]> {
  const [ours, theirs] = [GRAPH_PLUGIN, NX_ALONE].map((name) => contenders.filter(isSameGraph).find(({ subject }) => subject === name));
  if (ours === undefined || theirs === undefined) return [];
  const [drawn, own] = [await readEdges(ours.workspace, modules), await readEdges(theirs.workspace, modules)];
  const figure = (row: string, value: number): Measurement => ({ row, size: variantOf(ours), subject: GRAPH_PLUGIN, value, unit: "count" });
  return [figure(ALL_DRAWN, drawn.size), figure(UNLIKE_EDGES, countUnlike(drawn, own))];
}
