import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { type Engine, findEngine } from "../../e2e/engine.js";
import { findProgram } from "../../e2e/image/path.js";
import { openTestBed } from "../../e2e/test-bed.js";
import { openImages } from "./engine/images.js";
import { openRecorder } from "./engine/recorder.js";
import { benchGraph } from "./graph/bench.js";
import type { Measurement } from "./measurement.js";
import type { Bench } from "./measure/bench.js";
import { countRebuilds } from "./measure/counts.js";
import { measureGenerator } from "./measure/generator.js";
import { measureImages } from "./measure/images.js";
import { endDescendants } from "./measure/processes.js";
import { type Part, report, reportScale, requireMarkers } from "./report/report.js";
import { benchScale } from "./scale/bench.js";
import { listExcesses } from "./scale/fit.js";
import { FULL, QUICK, type Settings } from "./settings.js";
import { nxDocker } from "./subjects/nx-docker.js";
import { plain } from "./subjects/plain.js";
import { openPlugin } from "./subjects/plugin.js";
import { growBase, makeBase } from "./workspace/base.js";

/**
 * Measures the plugin beside what people use today: `npm run bench`, and in a fraction of the time
 * `npm run bench -- --quick`. With `--readme` the tables go into the package's README. Without an engine, `--only graph` measures
 * the project graph alone, and `--only scale` how the commands take to a growing workspace.
 */

/** What can be measured alone. */
const PARTS = ["graph", "scale"] as const;

const quick = process.argv.includes("--quick");
const readme = process.argv.includes("--readme");
const only = readOnly(process.argv);
if (readme) await requireMarkers();

const started = Date.now();
const log = (line: string): void => console.log(`${String(Math.round((Date.now() - started) / 1000)).padStart(5)} s${line}`);
if (only === undefined) {
  const engine = await requireDocker();
  await report(await measure(quick ? QUICK : FULL), { quick, readme, engine });
} else {
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => void endDescendants().finally(() => process.exit(1)));
}
if (only === "graph") await report({ graph: await benchGraph({ quick, log }) }, { quick, readme });
else await measureScale();
log("  done");

/** The part that was asked for; `undefined` for all of them. */
function readOnly(argv: readonly string[]): (typeof PARTS)[number] | undefined {
  const at = argv.indexOf("--only");
  if (at === -1) return undefined;
  const part = PARTS.find((name) => name === argv[at + 1]);
  if (part === undefined) throw new Error(`--only takes: ${PARTS.join(", ")}`);
  return part;
}

async function requireDocker(): Promise<Engine> {
  const engine = await findEngine();
  if (!("none" in engine) && engine.kind === "docker") return engine;
  throw new Error(`the benchmark needs Docker: ${"none" in engine ? engine.none : "only Podman answers"}`);
}

/** Measures how the commands scale, and fails for those that grow faster than they should. */
async function measureScale(): Promise<void> {
  const rows = await benchScale({ quick, log });
  await reportScale(rows, { quick, readme });
  const excesses = listExcesses(rows);
  for (const excess of excesses) console.error(excess);
  if (excesses.length > 0) process.exitCode = 1;
}

async function measure(settings: Settings): Promise<Record<Part, Measurement[]>> {
  log("  packing the plugin and making an Ooneex workspace from it");
  const bed = await openTestBed();
  const images = openImages();
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.once(signal, () => void endDescendants().then(() => images.remove()).finally(() => process.exit(1)));
  }
  try {
    const recorder = await openRecorder(join(bed.host.root, "recorder"), findProgram("docker"));
    const id = `bench-${randomBytes(3).toString("hex")}`;
    return await measureAll({ host: bed.host, id, images, recorder, log }, settings);
  } finally {
    log("  removing the images");
    await images.remove();
    await bed.close();
  }
}

async function measureAll(bench: Bench, settings: Settings): Promise<Record<Part, Measurement[]>> {
  const images: Measurement[] = [];
  const base = await makeBase(bench.host);
  const subjects = [openPlugin("batch"), openPlugin("tasks"), plain, nxDocker];
  for (const [index, size] of settings.sizes.entries()) {
    const from = await growBase(base, bench.host, size.services);
    images.push(...(await measureImages(bench, subjects, from, size)));
    if (index === 1) images.push(...(await measureGenerator(bench, from, size.services, settings.rounds)));
  }
  await base.dispose();
  images.push(...(await countRebuilds(bench, settings)));
  return { images, graph: await benchGraph({ quick: settings.quick, log: bench.log, host: bench.host }) };
}
