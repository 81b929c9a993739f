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
}

const repository = join(import.meta.dirname, "..");
const reports = mkdtempSync(join(tmpdir(), "ooneex-nx-reports-"));
const total: Count = { passed: 0, failed: 0, skipped: 0 };

try {
  for (const script of ["lint", "types", "schemas", "docs:check"]) check(script);
  for (const script of ["unit", "torture:short", "e2e"]) suite(script);
} finally {
  rmSync(reports, { recursive: true, force: true });
}

if (total.skipped > 0) console.log("\nSkipped tests carry the reason in their title, above.");
console.log(`\n${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`);
process.exitCode = total.failed > 0 ? 1 : 0;

/** A script of package.json that passes or fails as a whole. */
function check(script: string): void {
  total[run(script) ? "passed" : "failed"] += 1;
}

/** A script of package.json that runs vitest, each test of which counts. */
function suite(script: string): void {
  const file = join(reports, `${script.replace(":", "-")}.json`);
  const passed = run(script, ["--reporter=verbose", "--reporter=json", `--outputFile.json=${file}`]);
  const report = readReport(file);
  total.passed += report?.numPassedTests ?? 0;
  total.skipped += report?.numPendingTests ?? 0;
  // A suite that cannot even start, or fails outside of a test, reports no failed test.
  total.failed += Math.max(report?.numFailedTests ?? 0, passed ? 0 : 1);
}

function run(script: string, args: readonly string[] = []): boolean {
  console.log(`\n--- ${script}`);
  const start = Date.now();
  const { status } = spawnSync("npm", ["run", "--silent", script, "--", ...args], { cwd: repository, stdio: "inherit" });
  console.log(`--- ${script}: ${status === 0 ? "passed" : "FAILED"} in ${((Date.now() - start) / 1000).toFixed(1)} s`);
  return status === 0;
}

function readReport(file: string): Report | undefined {
  try {
    return JSON.parse(readFileSync(file, "utf8")) as Report;
  } catch {
    return undefined;
  }
}
