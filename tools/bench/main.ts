import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { findEngine } from "../../e2e/engine.js";
import { findProgram } from "./engine/program.js";
import { openImages } from "./engine/images.js";
import { openRecorder } from "./engine/recorder.js";
import { openTestBed } from "../../e2e/test-bed.js";
import type { Measurement } from "./measurement.js";
import type { Bench } from "./measure/bench.js";
import { measureImages } from "./measure/images.js";
import { FULL, QUICK } from "./settings.js";
import { nxDocker } from "./subjects/nx-docker.js";
import { plain } from "./subjects/plain.js";
import { openPlugin } from "./subjects/plugin.js";
import { growBase, makeBase } from "./workspace/base.js";

const settings = process.argv.includes("--quick") ? QUICK : FULL;
const bed = await openTestBed();
const images = openImages();
try {
  const bench: Bench = {
    host: bed.host,
    id: `bench-${randomBytes(3).toString("hex")}`,
    images,
    recorder: await openRecorder(join(bed.host.root, "recorder"), findProgram("docker")),
    log: (line) => console.log(line),
  };
  const base = await makeBase(bed.host);
  const results: Measurement[] = [];
  for (const size of settings.sizes) {
    results.push(...(await measureImages(bench, [openPlugin("tasks"), openPlugin("batch"), plain, nxDocker], await growBase(base, bed.host, size.services), size)));
  }
  console.log(JSON.stringify(results));
} finally {
  await images.remove();
  await bed.close();
}
