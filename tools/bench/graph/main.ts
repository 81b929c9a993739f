import { benchGraph } from "./bench.js";

/** Measures the project graph alone: `tsx tools/bench/graph/main.ts`, with `--quick` in a fraction of the time. */

const started = Date.now();
const log = (line: string): void => console.log(`${String(Math.round((Date.now() - started) / 1000)).padStart(5)} s${line}`);
await benchGraph({ quick: process.argv.includes("--quick"), log });
