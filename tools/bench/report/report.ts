import { mkdir, readFile, writeFile } from "node:fs/promises";
import { arch, cpus, platform } from "node:os";
import { join } from "node:path";
import type { Engine } from "../../../e2e/engine.js";
import type { Measurement } from "../measurement.js";
import { MOST, type ScaleRow } from "../scale/fit.js";
import { drawChart } from "./chart.js";
import { Figures } from "./figures.js";
import { hasMarkers, writeTable } from "./readme.js";
import { buildScaleTable, SCALE_NOTES } from "./scale.js";
import { buildTable, formatText } from "./table.js";

const RESULTS = join(import.meta.dirname, "..", "results");
const RESULTS_FILE = join(RESULTS, "bench.json");
const README = join(import.meta.dirname, "..", "..", "..", "packages", "nx", "README.md");

/** How a run was made. */
export interface Run {
  readonly quick: boolean;
  readonly readme: boolean;
  /** The engine that built the images, where any were built. */
  readonly engine?: Engine;
}

/** The parts of the table, each of a run of its own or of one run together. */
export type Part = "images" | "graph";

/** What the results hold of a part. */
interface PartResults {
  readonly quick: boolean;
  readonly machine: object;
  readonly measurements: readonly Measurement[];
}

/** What the lines and columns mean, for a reader of the table. */
const NOTES = [
  "`@ooneex` is the plugin as it is by default, `no batch` is with `--batch=false`, and `*` marks the one that takes less time",
  "over all rows; ratios and targets are about the default. `plain` is `docker build`, one service after the other, with the framework's kind of Dockerfile; where no image is",
  "built, it is Nx alone or a generator that writes one file. `@nx` is `@nx/docker`. `n` is the number of services, modules or",
  "changes. Beside a time stands how many instructions of Dockerfiles ran. A target in × is of `plain`, and for what should build",
  "nothing, of a build where nothing changed. All figures are medians, and those of a line are of one run, in which everybody takes",
  "turns on one machine; the lines of the graph can be of another run than those of images. With TypeScript 7 Nx alone draws no",
  "edge: `the same edges` holds the plugin with 7 against Nx alone with 6, which draws them.",
  "A line `path filter` counts for the row above it what a pipeline rebuilds that starts by the paths of a service alone, as the",
  "framework's command writes it; with `+ shared` a change of `modules/shared` starts it too.",
];

/**
 * Makes sure that a table can go into the README, before the minutes that it takes to make one.
 *
 * @throws Error where the markers are missing
 */
export async function requireMarkers(): Promise<void> {
  if (hasMarkers(await readFile(README, "utf8"))) return;
  throw new Error("packages/nx/README.md has no <!-- bench --> and <!-- bench-scale --> with their ends to put the tables between");
}

/**
 * Prints the table with what a run has measured, beside what the results hold of the part that it has not, and writes it as
 * JSON and as a chart; into the README only where it was asked for.
 *
 * @throws Error where the README's table would hold lines of a quick run beside others
 */
export async function report(measured: Readonly<Partial<Record<Part, readonly Measurement[]>>>, { quick, readme, engine }: Run): Promise<void> {
  const machine = { ...describeMachine(), engine };
  const parts = Object.entries(measured).map(([part, measurements]): [string, PartResults] => [
    part,
    { quick, machine, measurements: [...measurements, ...new Figures(measurements).ratios()] },
  ]);
  await updateResults(Object.fromEntries(parts));
  const { images, graph } = await readResults();
  const figures = new Figures([images, graph].flatMap((part) => part?.measurements ?? []));
  const table = buildTable(figures);
  console.log(`\n${formatText(table)}\n\n${NOTES.join("\n").replaceAll("`", "")}`);
  if (measured.images !== undefined) await writeFile(join(RESULTS, "bench.svg"), drawChart(figures));
  if (!readme) return;
  if (images?.quick !== graph?.quick) throw new Error("the other part of the results is of a run with another --quick; the README is as it was");
  await writeFile(README, writeTable(await readFile(README, "utf8"), "bench", table, `npm run bench${quick ? " -- --quick" : ""}`, NOTES));
}

/** Prints how the commands scale, and writes it beside what the results hold of other parts; into the README where it was asked for. */
export async function reportScale(rows: readonly ScaleRow[], { quick, readme }: Omit<Run, "engine">): Promise<void> {
  const table = buildScaleTable(rows);
  console.log(`\n${formatText(table)}\n\n${SCALE_NOTES.join("\n").replaceAll("`", "")}`);
  await updateResults({ scale: { quick, machine: describeMachine(), most: MOST, rows } });
  if (!readme) return;
  const command = `npm run bench -- --only scale${quick ? " --quick" : ""}`;
  await writeFile(README, writeTable(await readFile(README, "utf8"), "bench-scale", table, command, SCALE_NOTES));
}

function describeMachine(): object {
  return { platform: platform(), arch: arch(), cores: cpus().length, node: process.version };
}

async function readResults(): Promise<Partial<Record<Part, PartResults>>> {
  return JSON.parse(await readFile(RESULTS_FILE, "utf8").catch(() => "{}")) as Partial<Record<Part, PartResults>>;
}

/** Writes parts of the results; the others stay as the run left them that measured them. */
async function updateResults(parts: object): Promise<void> {
  await mkdir(RESULTS, { recursive: true });
  await writeFile(RESULTS_FILE, `${JSON.stringify({ ...(await readResults()), ...parts }, null, 2)}\n`);
}
