import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { formatFigures, writeFigures } from "./report/readme.js";
import type { Figure } from "./torture.js";

/**
 * Runs every torture test with its full counts and prints what they came to: `npm run torture`, in minutes. With `--readme`
 * the table goes into the package's README; `--seed=7` repeats the random choices of a run.
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
  const { status } = spawnSync("npx", ["vitest", "run", "--config", "tools/torture/vitest.config.mts"], {
    cwd: repository,
    stdio: "inherit",
    env: { ...process.env, TORTURE_SCALE: "1", TORTURE_SEED: seed, TORTURE_FIGURES: figuresFile },
  });
  const figures = readFileSync(figuresFile, "utf8").trim().split("\n").filter((line) => line !== "").map((line) => JSON.parse(line) as Figure);
  figures.sort((a, b) => (a.subject < b.subject ? -1 : 1));
  console.log(`\n${formatFigures(figures)}\n\nseed ${seed}`);
  if (status === 0 && process.argv.includes("--readme")) writeFileSync(readme, writeFigures(readFileSync(readme, "utf8"), figures, seed));
  process.exitCode = status ?? 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
