import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Runs every check of the repository, one after the other, and ends with one line that counts them. */

interface Count {
  passed: number;
  failed: number;
  skipped: number;
}

/** The part of vitest's JSON report that is counted. */
interface Report {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numPendingTests: number;
  readonly numFailedTestSuites: number;
}

const repository = join(import.meta.dirname, "..");
const reports = mkdtempSync(join(tmpdir(), "ooneex-nx-reports-"));
const total: Count = { passed: 0, failed: 0, skipped: 0 };

try {
  check("lint", ["eslint", "."]);
  check("types", ["tsc", "-p", "tsconfig.json"]);
  check("schemas", ["tsx", "tools/schemas/check.ts"]);
  check("docs", ["tsx", "tools/docs/options.ts", "--check"]);
  suite("unit", "packages/nx/vitest.config.mts");
  suite("e2e", "e2e/vitest.config.mts");
} finally {
  rmSync(reports, { recursive: true, force: true });
}

if (total.skipped > 0) console.log("\nSkipped tests carry the reason in their title, above.");
console.log(`\n${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`);
process.exitCode = total.failed > 0 ? 1 : 0;

/** A step that passes or fails as a whole. */
function check(title: string, argv: readonly string[]): void {
  const passed = run(title, argv);
  total[passed ? "passed" : "failed"] += 1;
}

/** A vitest suite, each test of which counts. */
function suite(title: string, config: string): void {
  const file = join(reports, `${title}.json`);
  const reporters = ["--reporter=verbose", "--reporter=json", `--outputFile.json=${file}`];
  const passed = run(title, ["vitest", "run", "--config", config, ...reporters]);
  const report = readReport(file);
  total.passed += report?.numPassedTests ?? 0;
  total.skipped += report?.numPendingTests ?? 0;
  // A suite that cannot even start, or fails outside of a test, reports no failed test.
  total.failed += Math.max(report?.numFailedTests ?? 0, passed ? 0 : 1);
}

function run(title: string, [program, ...args]: readonly string[]): boolean {
  console.log(`\n--- ${title}`);
  const start = Date.now();
  const { status } = spawnSync("npx", ["--no-install", program ?? "", ...args], { cwd: repository, stdio: "inherit" });
  console.log(`--- ${title}: ${status === 0 ? "passed" : "FAILED"} in ${((Date.now() - start) / 1000).toFixed(1)} s`);
  return status === 0;
}

function readReport(file: string): Report | undefined {
  try {
    return JSON.parse(readFileSync(file, "utf8")) as Report;
  } catch {
    return undefined;
  }
}
