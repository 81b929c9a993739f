import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { Command } from "../../../image/build-plan.js";
import { TIMED_OUT } from "../../../image/engine.js";
import { writeWorkspace } from "../../../testing/temporary-workspace.js";
import type { FailedCommand } from "./build-errors.js";
import { runBuildCommands } from "./run-build-commands.js";

/** A command that counts its runs in a file and says something else in each. */
function scripted(...says: readonly string[]): { command: Command; folder: string; readRuns: () => number } {
  const folder = writeWorkspace({ runs: "" });
  const file = join(folder, "runs");
  const script = `
    const fs = require("node:fs");
    fs.appendFileSync(${JSON.stringify(file)}, "x");
    const say = ${JSON.stringify(says)}[fs.statSync(${JSON.stringify(file)}).size - 1];
    // In two parts, as a pipe may hand them out.
    process.stderr.write(say.slice(0, 30));
    setTimeout(() => process.stderr.write(say.slice(30)), 20);
    // Long enough to be interrupted with everything said.
    setTimeout(() => process.exit(say === "done" ? 0 : 3), say === "done" ? 40 : 400);`;
  return { command: { argv: [process.execPath, "-e", script], env: {} }, folder, readRuns: () => readFileSync(file, "utf8").length };
}

const LOST = "ERROR: failed to solve: failed to get edge: inconsistent graph state";

async function run({ command, folder }: ReturnType<typeof scripted>): Promise<{ code: number | undefined; output: string; told: string[] }> {
  let output = "";
  const told: string[] = [];
  const failed = await runBuildCommands([command], { root: folder, onOutput: (text) => void (output += text), tell: (line) => told.push(line) });
  return { code: failed?.code, output, told };
}

describe("runBuildCommands", () => {
  it("runs them in order, and none after one that fails", async () => {
    const node = (script: string): Command => ({ argv: [process.execPath, "-e", script], env: {} });
    let output = "";
    const options = { root: import.meta.dirname, onOutput: (text: string) => void (output += text), tell: () => undefined };
    expect(await runBuildCommands([node("console.log('a')"), node("console.log('b')")], options)).toBeUndefined();
    const failing = node("console.log('c'); process.exit(7)");
    expect(await runBuildCommands([failing, node("console.log('d')")], options)).toEqual<FailedCommand>({ command: failing, code: 7, timeout: undefined });
    expect(output).toBe("a\nb\nc\n");
  });

  it("gives all of them together so much time, and begins none that has none left", async () => {
    const waits = (script: string): Command => ({ argv: [process.execPath, "-e", `setTimeout(() => {}, 900); ${script}`], env: {} });
    const next = scripted("done");
    const options = { root: next.folder, onOutput: () => undefined, tell: () => expect.unreachable(), timeout: 1_500 };
    // Each of them alone would be done by then.
    expect((await runBuildCommands([waits(""), waits(""), next.command], options))?.code).toBe(TIMED_OUT);
    const obliging = waits("process.on('SIGTERM', () => process.exit(0)); setInterval(() => {}, 1000)");
    expect(await runBuildCommands([obliging, next.command], options)).toEqual<FailedCommand>({ command: next.command, code: TIMED_OUT, timeout: 1_500 });
    expect(next.readRuns()).toBe(0);
  });

  it("runs a build once more where BuildKit has lost a step", async () => {
    const build = scripted(LOST, "done");
    const { code, output, told } = await run(build);
    expect({ code, runs: build.readRuns() }).toEqual({ code: undefined, runs: 2 });
    expect(output).toBe(`${LOST}done`);
    expect(told).toEqual([expect.stringContaining("once more")]);
  });

  it("gives up where that happens twice", async () => {
    const build = scripted(LOST, LOST, "done");
    expect(await run(build)).toMatchObject({ code: 3, told: [expect.anything()] });
    expect(build.readRuns()).toBe(2);
  });

  it("runs nothing again for any other failure, and not after an interrupt", async () => {
    const failing = scripted("ERROR: failed to solve: process \"/bin/sh -c exit 1\" did not complete successfully: exit code: 1", "done");
    expect(await run(failing)).toMatchObject({ code: 3, told: [] });
    expect(failing.readRuns()).toBe(1);
    const controller = new AbortController();
    const interrupted = scripted(LOST, "done");
    let said = "";
    const onOutput = (text: string): void => {
      said += text;
      if (said === LOST) controller.abort();
    };
    const told: string[] = [];
    const options = { root: interrupted.folder, onOutput, tell: (line: string) => told.push(line), signal: controller.signal };
    expect(await runBuildCommands([interrupted.command], options)).toMatchObject({ code: 143 });
    expect({ said, told, runs: interrupted.readRuns() }).toEqual({ said: LOST, told: [], runs: 1 });
  });
});
