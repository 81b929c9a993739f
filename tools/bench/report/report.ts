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
const README = join(import.meta.dirname, "..", "..", "..", "packages", "nx", "README.md");

/** How a run was made. */
export interface Run {
  readonly quick: boolean;
  readonly readme: boolean;
  readonly engine: Engine;
}

/** What the lines and columns mean, for a reader of the table. */
const NOTES = [
  "`@ooneex` is the plugin as it is by default, `no batch` is with `--batch=false`, and `*` marks the one that takes less time",
  "over all rows; ratios and targets are about the default. `plain` is `docker build`, one service after the other, with the framework's kind of Dockerfile; where no image is",
  "built, it is Nx alone or a generator that writes one file. `@nx` is `@nx/docker`. `n` is the number of services, modules or",
  "changes. Beside a time stands how many instructions of Dockerfiles ran. A target in × is of `plain`, and for what should build",
  "nothing, of a build where nothing changed. All figures are medians of one run, in which everybody takes turns on one machine.",
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

/** Prints the table of a run, and writes it as JSON and as a chart; into the README only where it was asked for. */
export async function report(measurements: readonly Measurement[], { quick, readme, engine }: Run): Promise<void> {
  const figures = new Figures(measurements);
  const table = buildTable(figures);
  console.log(`\n${formatText(table)}\n\n${NOTES.join("\n").replaceAll("`", "")}`);
  await mkdir(RESULTS, { recursive: true });
  await updateResults({ quick, machine: { ...describeMachine(), engine }, measurements: [...measurements, ...figures.ratios()] });
  await writeFile(join(RESULTS, "bench.svg"), drawChart(figures));
  if (readme) await writeFile(README, writeTable(await readFile(README, "utf8"), "bench", table, `npm run bench${quick ? " -- --quick" : ""}`, NOTES));
}

/** Prints how the commands scale, and writes it beside what the results hold of other parts; into the README where it was asked for. */
export async function reportScale(rows: readonly ScaleRow[], { quick, readme }: Omit<Run, "engine">): Promise<void> {
  const table = buildScaleTable(rows);
  console.log(`\n${formatText(table)}\n\n${SCALE_NOTES.join("\n").replaceAll("`", "")}`);
  await mkdir(RESULTS, { recursive: true });
  await updateResults({ scale: { quick, machine: describeMachine(), most: MOST, rows } });
  if (!readme) return;
  const command = `npm run bench -- --only scale${quick ? " --quick" : ""}`;
  await writeFile(README, writeTable(await readFile(README, "utf8"), "bench-scale", table, command, SCALE_NOTES));
}

function describeMachine(): object {
  return { platform: platform(), arch: arch(), cores: cpus().length, node: process.version };
}

/** Writes parts of the results; the others stay as the run left them that measured them. */
async function updateResults(parts: object): Promise<void> {
  const path = join(RESULTS, "bench.json");
  const known = JSON.parse(await readFile(path, "utf8").catch(() => "{}")) as object;
  await writeFile(path, `${JSON.stringify({ ...known, ...parts }, null, 2)}\n`);
}
