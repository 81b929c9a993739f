import { chmodSync, existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import type { Builder, BuildPlan } from "../../../image/build-plan.js";
import { createPlan } from "../../../testing/build-plan.js";
import { writeWorkspace } from "../../../testing/temporary-workspace.js";
import type { BuildJob, JobResult } from "./build-job.js";
import { planBakes, runBuilds } from "./run-builds.js";

/**
 * A docker that is told by a script, in JavaScript, what to write and how to end. The script knows the command line, what
 * came in, and how many commands ran before.
 */
function installDocker(script: string): { readonly root: string; readonly readCommands: () => string[] } {
  const program = `#!${process.execPath}
const fs = require("fs");
const args = process.argv.slice(2);
const log = __dirname + "/log";
const input = args[1] === "bake" ? JSON.parse(fs.readFileSync(0, "utf8")) : {};
const count = fs.existsSync(log) ? fs.readFileSync(log, "utf8").trim().split("\\n").length : 0;
const targets = Object.keys(input.target ?? input.services ?? {});
fs.appendFileSync(log, [...args.slice(0, args[0] === "buildx" ? 2 : 1), ...targets, ...args.filter((arg) => arg.includes(":latest"))].join(" ") + "\\n");
const metadata = args[1] === "bake" ? args[args.indexOf("--metadata-file") + 1] : undefined;
const say = (text) => fs.writeSync(2, text + "\\n");
const done = () => {
  for (const name of targets) say("#" + (targets.indexOf(name) + 90) + " [" + name + "] exporting to image\\n#" + (targets.indexOf(name) + 90) + " DONE 0.1s");
  if (metadata) fs.writeFileSync(metadata, JSON.stringify(Object.fromEntries(targets.map((name) => [name, { "containerimage.config.digest": "sha256:" + name }]))));
  process.exit(0);
};
const fail = (name, step) => {
  const error = 'process "' + step + '" did not complete successfully: exit code: 1';
  say("#1 [" + name + " build 1/2] FROM x\\n#1 CACHED\\n#2 [" + name + " build 2/2] RUN " + step + "\\n#2 0.1 oops\\n#2 ERROR: " + error + "\\nERROR: failed to solve: " + error);
  process.exit(1);
};
${script}
`;
  const root = writeWorkspace({ Dockerfile: "FROM scratch\n", "bin/docker": program, "bin/podman": program });
  for (const name of ["docker", "podman"]) chmodSync(join(root, "bin", name), 0o755);
  vi.stubEnv("PATH", join(root, "bin"));
  onTestFinished(() => void vi.unstubAllEnvs());
  const log = join(root, "bin/log");
  return { root, readCommands: () => (existsSync(log) ? readFileSync(log, "utf8").trim().split("\n") : []) };
}

const job = (name: string, part: Partial<BuildPlan> = {}): BuildJob => ({
  id: `@module/${name}:docker-build`,
  plan: createPlan({ file: `modules/${name}/Dockerfile`, tags: [`${name}:latest`], ...part }),
});

interface Ran {
  readonly results: Record<string, JobResult>;
  readonly states: string[];
}

async function runAll(jobs: readonly BuildJob[], root: string, { builder = "buildx", parallel = 3, signal = new AbortController().signal } = {}): Promise<Ran> {
  const results: Record<string, JobResult> = {};
  const states: string[] = [];
  const nameOf = ({ plan }: BuildJob): string => plan.tags[0]?.split(":")[0] ?? "";
  const report = (each: BuildJob, { is }: { is: string }): void => {
    const line = `${nameOf(each)} ${is}`;
    if (!states.includes(line)) states.push(line);
  };
  for await (const result of runBuilds(jobs, { builder, root, parallel, signal, report })) results[nameOf(result.job)] = result;
  return { results, states };
}

const outcomes = ({ results }: Ran): Record<string, string> => Object.fromEntries(Object.entries(results).map(([name, { outcome }]) => [name, outcome]));

describe("runBuilds", () => {
  it("bakes all at once, and writes each one's own metadata", async () => {
    const { root, readCommands } = installDocker("done()");
    const ran = await runAll([job("a"), job("b", { metadataFile: "out/b.json" }), job("c", { quiet: true })], root);
    expect(readCommands()).toEqual(["buildx bake a b c"]);
    expect(outcomes(ran)).toEqual({ a: "built", b: "built", c: "built" });
    expect(ran.results["a"]?.log).toBe("exporting to image\n  DONE 0.1s");
    expect(ran.results["c"]?.log).toBe("sha256:c");
    expect(JSON.parse(readFileSync(join(root, "out/b.json"), "utf8"))).toEqual({ "containerimage.config.digest": "sha256:b" });
    expect(ran.states).toEqual(["a building", "b building", "c building", "a built", "b built", "c built"]);
  });

  it("bakes once for each builder", async () => {
    const { root, readCommands } = installDocker("done()");
    expect(outcomes(await runAll([job("a"), job("b", { builder: "x" }), job("c"), job("d", { builder: "x" })], root))).toEqual({
      a: "built",
      b: "built",
      c: "built",
      d: "built",
    });
    expect(readCommands()).toEqual(["buildx bake a c", "buildx bake b d"]);
  });

  it("builds one alone with the command that the executor runs", async () => {
    const { root, readCommands } = installDocker("done()");
    expect(outcomes(await runAll([job("a")], root))).toEqual({ a: "built" });
    expect(readCommands()).toEqual(["buildx build a:latest"]);
  });

  it("bakes again without the one that has failed, whose log says why", async () => {
    const { root, readCommands } = installDocker('targets.includes("b") ? fail("b", "no") : done()');
    const ran = await runAll([job("a"), job("b"), job("c")], root);
    expect(readCommands()).toEqual(["buildx bake a b c", "buildx bake a c"]);
    expect(outcomes(ran)).toEqual({ a: "built", b: "failed", c: "built" });
    const error = 'process "no" did not complete successfully: exit code: 1';
    expect(ran.results["b"]?.log).toBe(
      [
        `[build 1/2] FROM x\n  CACHED\n[build 2/2] RUN no\n  0.1 oops\n  ERROR: ${error}`,
        `ERROR: failed to solve: ${error}`,
        "BUILD_FAILED: docker ended with exit code 1\n  where:  modules/b/Dockerfile\n  remedy: see the engine's own message above",
      ].join("\n\n"),
    );
  });

  it("builds what is left by itself after a few bakes that fail", async () => {
    const { root, readCommands } = installDocker('args[1] === "bake" ? fail(targets[0], "no") : args.some((arg) => /^[de]:/.test(arg)) ? done() : process.exit(1)');
    const ran = await runAll(["a", "b", "c", "d", "e", "f"].map((name) => job(name)), root, { parallel: 1 });
    expect(readCommands()).toEqual([
      "buildx bake a b c d e f",
      "buildx bake b c d e f",
      "buildx bake c d e f",
      "buildx build d:latest",
      "buildx build e:latest",
      "buildx build f:latest",
    ]);
    expect(outcomes(ran)).toEqual({ a: "failed", b: "failed", c: "failed", d: "built", e: "built", f: "failed" });
  });

  it("builds each by itself where nobody is to blame", async () => {
    const { root, readCommands } = installDocker('if (args[1] === "bake") { say("ERROR: no such builder"); process.exit(1); } done()');
    expect(outcomes(await runAll([job("a"), job("b")], root, { parallel: 1 }))).toEqual({ a: "built", b: "built" });
    expect(readCommands()).toEqual(["buildx bake a b", "buildx build a:latest", "buildx build b:latest"]);
  });

  it.each([
    ["docker-buildkit", "build a:latest"],
    ["podman", "build a:latest"],
  ] as const)("builds each by itself with %s", async (builder, first) => {
    const { root, readCommands } = installDocker("done()");
    const jobs = ["a", "b"].map((name) => job(name, { file: "Dockerfile" }));
    expect(outcomes(await runAll(jobs, root, { builder, parallel: 1 }))).toEqual({ a: "built", b: "built" });
    expect(readCommands()).toEqual([first, "build b:latest"]);
  });

  it("fails only the one that it stumbles over", async () => {
    const { root } = installDocker("done()");
    const ran = await runAll([job("a"), job("b", { file: "Dockerfile" })], root, { builder: "docker-buildkit" });
    expect(outcomes(ran)).toEqual({ a: "failed", b: "built" });
    expect(ran.results["a"]?.log).toMatch(/^Error: ENOENT: .*modules\/a\/Dockerfile'\n {4}at /);
  });

  it("builds no more at once than it may", async () => {
    const { root } = installDocker(
      'if (args[1] === "bake") process.exit(1); fs.appendFileSync(__dirname + "/open", "+"); setTimeout(() => { fs.appendFileSync(__dirname + "/open", "-"); done(); }, 50)',
    );
    await runAll(["a", "b", "c", "d", "e"].map((name) => job(name)), root, { parallel: 2 });
    let open = 0;
    const most = Math.max(...[...readFileSync(join(root, "bin/open"), "utf8")].map((sign) => (open += sign === "+" ? 1 : -1)));
    expect(most).toBe(2);
  });

  it("says what an engine cannot do to the one who asks for it", async () => {
    const { root } = installDocker("done()");
    const ran = await runAll([job("a", { sbom: "true" })], root, { builder: "podman" });
    expect(outcomes(ran)).toEqual({ a: "failed" });
    expect(ran.results["a"]?.log).toMatch(/^OPTION_UNSUPPORTED: sbom needs docker buildx\n/);
  });

  it("begins nothing more once it is called off", async () => {
    const { root, readCommands } = installDocker('say("#1 [a 1/1] FROM x"); setInterval(() => {}, 1000)');
    const controller = new AbortController();
    const ended = runAll([job("a"), job("b"), job("c", { builder: "x" })], root, { signal: controller.signal });
    await expect.poll(readCommands, { timeout: 10_000 }).toEqual(["buildx bake a b"]);
    controller.abort();
    expect(outcomes(await ended)).toEqual({ a: "interrupted", b: "interrupted", c: "interrupted" });
    expect(readCommands()).toEqual(["buildx bake a b"]);
  });

  it("begins none of the single builds that wait", async () => {
    const { root, readCommands } = installDocker('process.kill(process.pid, "SIGTERM"); setInterval(() => {}, 1000)');
    const jobs = ["a", "b"].map((name) => job(name, { file: "Dockerfile" }));
    expect(outcomes(await runAll(jobs, root, { builder: "docker-buildkit", parallel: 1 }))).toEqual({ a: "interrupted", b: "interrupted" });
    expect(readCommands()).toEqual(["build a:latest"]);
  });
});

describe("planBakes", () => {
  it("asks which buildx there is only where that makes a difference", async () => {
    const { readCommands } = installDocker('if (args[1] === "version") { console.log("github.com/docker/buildx 0.13.1+ds1 0.13.1"); process.exit(0); }');
    const [plain] = await planBakes([job("a"), job("b")], "m.json");
    expect(plain?.definition).toHaveProperty("target.a");
    expect(readCommands()).toEqual([]);
    const [old] = await planBakes([job("a", { network: "host" }), job("b")], "m.json");
    expect(old?.definition).toHaveProperty("services.a");
    expect(readCommands()).toEqual(["buildx version"]);
  });
});
