import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findEngine } from "../../e2e/engine.js";
import type { Figure } from "../../e2e/figure.js";
import { formatFigures, writeFigures } from "./report/readme.js";

/**
 * Runs every torture test with its full counts, and the e2e suites of faults and load where Docker answers, and prints what they
 * came to: `npm run torture`, in some twenty minutes. With `--readme` the table goes into the package's README; `--seed=7`
 * repeats the random choices of a run.
 */

const repository = join(import.meta.dirname, "../..");
const readme = join(repository, "packages/nx/README.md");
const seed = process.argv.find((argument) => argument.startsWith("--seed="))?.slice("--seed=".length) ?? String(Date.now() % 2 ** 31);
const folder = mkdtempSync(join(tmpdir(), "ooneex-nx-torture-"));
const figuresFile = join(folder, "figures");

try {
  writeFileSync(figuresFile, "");
  // The processes that are stopped half-way run the built package.
  if (spawnSync("npm", ["run", "build"], { cwd: repository, stdio: "inherit" }).status !== 0) throw new Error("the package does not build");
  const run = (config: string, ...suites: readonly string[]): number => {
    const env = { ...process.env, TORTURE_SCALE: "1", TORTURE_SEED: seed, TORTURE_FIGURES: figuresFile };
    return spawnSync("npx", ["vitest", "run", "--config", config, ...suites], { cwd: repository, stdio: "inherit", env }).status ?? 1;
  };
  const engine = await findEngine();
  const isWhole = !("none" in engine) && engine.kind === "docker";
  const codes = [run("tools/torture/vitest.config.mts"), ...(isWhole ? [run("e2e/vitest.config.mts", "faults", "load")] : [])];
  const status = Math.max(...codes);
  const figures = readFileSync(figuresFile, "utf8").trim().split("\n").filter((line) => line !== "").map((line) => JSON.parse(line) as Figure);
  console.log(`\n${formatFigures(figures)}\n\nseed ${seed}${isWhole ? "" : "; without builds under fault and load, which need Docker"}`);
  if (status === 0 && isWhole && process.argv.includes("--readme")) writeFileSync(readme, writeFigures(readFileSync(readme, "utf8"), figures, seed));
  process.exitCode = status;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
