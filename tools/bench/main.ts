import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { findEngine } from "../../e2e/engine.js";
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
import { endDescendants } from "./measure/memory.js";
import { report, requireMarkers } from "./report/report.js";
import { FULL, QUICK, type Settings } from "./settings.js";
import { nxDocker } from "./subjects/nx-docker.js";
import { plain } from "./subjects/plain.js";
import { openPlugin } from "./subjects/plugin.js";
import { growBase, makeBase } from "./workspace/base.js";

/**
 * Measures the plugin beside what people use today: `npm run bench`, and in a fraction of the time
 * `npm run bench -- --quick`. With `--readme` the table goes into the package's README.
 */

const quick = process.argv.includes("--quick");
const readme = process.argv.includes("--readme");
if (readme) await requireMarkers();
const engine = await findEngine();
if ("none" in engine || engine.kind !== "docker") {
  throw new Error(`the benchmark needs Docker: ${"none" in engine ? engine.none : "only Podman answers"}`);
}

const started = Date.now();
const log = (line: string): void => console.log(`${String(Math.round((Date.now() - started) / 1000)).padStart(5)} s${line}`);
const measurements = await measure(quick ? QUICK : FULL);
await report(measurements, { quick, readme, engine });
log("  done");

async function measure(settings: Settings): Promise<Measurement[]> {
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

async function measureAll(bench: Bench, settings: Settings): Promise<Measurement[]> {
  const measured: Measurement[] = [];
  const base = await makeBase(bench.host);
  const subjects = [openPlugin("batch"), openPlugin("tasks"), plain, nxDocker];
  for (const [index, size] of settings.sizes.entries()) {
    const from = await growBase(base, bench.host, size.services);
    measured.push(...(await measureImages(bench, subjects, from, size)));
    if (index === 1) measured.push(...(await measureGenerator(bench, from, size.services, settings.rounds)));
  }
  await base.dispose();
  measured.push(...(await countRebuilds(bench, settings)));
  measured.push(...(await benchGraph({ quick: settings.quick, log: bench.log, host: bench.host })));
  return measured;
}
