import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { BuildPlan } from "../../../image/build-plan.js";
import { runProbe } from "../../../image/engine.js";
import { createPlan } from "../../../testing/build-plan.js";
import { installScriptedEngine } from "../../../testing/scripted-engine.js";
import type { BuildJob, BuildRun, JobResult } from "./build-job.js";
import { planBuilds, runBuilds } from "./run-builds.js";

const job = (name: string, part: Partial<BuildPlan> = {}, timeout?: number): BuildJob => ({
  id: `@module/${name}:docker-build`,
  plan: createPlan({ file: `modules/${name}/Dockerfile`, tags: [`${name}:latest`], ...part }),
  timeout,
});

interface Ran {
  readonly results: Record<string, JobResult>;
  readonly states: string[];
}

interface RunOptions extends Partial<Pick<BuildRun, "builder" | "parallel" | "signal">> {
  readonly onFailure?: (name: string, step: string | undefined) => void;
}

async function runAll(jobs: readonly BuildJob[], root: string, { builder = "buildx", parallel = 3, signal = new AbortController().signal, onFailure }: RunOptions = {}): Promise<Ran> {
  const results: Record<string, JobResult> = {};
  const states: string[] = [];
  const nameOf = ({ plan }: BuildJob): string => plan.tags[0]?.split(":")[0] ?? "";
  const report: BuildRun["report"] = (each, state) => {
    if (state.is === "failed") onFailure?.(nameOf(each), state.step);
    const line = `${nameOf(each)} ${state.is}`;
    if (!states.includes(line)) states.push(line);
  };
  for await (const ended of runBuilds(jobs, { ask: runProbe, builder, root, parallel, signal, report })) {
    for (const result of ended) results[nameOf(result.job)] = result;
  }
  return { results, states };
}

const outcomes = ({ results }: Ran): Record<string, string> => Object.fromEntries(Object.entries(results).map(([name, { outcome }]) => [name, outcome]));

describe("runBuilds", () => {
  it("bakes all at once, and writes each one's own metadata", async () => {
    const { root, readCommands } = installScriptedEngine("done()");
    const ran = await runAll([job("a"), job("b", { metadataFile: "out/b.json" }), job("c", { quiet: true })], root);
    expect(readCommands()).toEqual(["buildx bake a b c"]);
    expect(outcomes(ran)).toEqual({ a: "built", b: "built", c: "built" });
    expect(ran.results["a"]?.log).toBe("exporting to image\n  DONE 0.1s");
    expect(ran.results["c"]?.log).toBe("sha256:c");
    expect(JSON.parse(readFileSync(join(root, "out/b.json"), "utf8"))).toEqual({ "containerimage.config.digest": "sha256:b" });
    expect(ran.states).toEqual(["a building", "b building", "c building", "a built", "b built", "c built"]);
  });

  it("bakes once for each builder", async () => {
    const { root, readCommands } = installScriptedEngine("done()");
    expect(outcomes(await runAll([job("a"), job("b", { builder: "x" }), job("c"), job("d", { builder: "x" })], root))).toEqual({
      a: "built",
      b: "built",
      c: "built",
      d: "built",
    });
    expect(readCommands()).toEqual(["buildx bake a c", "buildx bake b d"]);
  });

  it("builds one alone with the command that the executor runs", async () => {
    const { root, readCommands } = installScriptedEngine("done()");
    expect(outcomes(await runAll([job("a")], root))).toEqual({ a: "built" });
    expect(readCommands()).toEqual(["buildx build a:latest"]);
  });

  it("bakes again without the one that has failed, whose log says why", async () => {
    const { root, readCommands } = installScriptedEngine('targets.includes("b") ? fail("b", "no") : done()');
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
    const { root, readCommands } = installScriptedEngine('args[1] === "bake" ? fail(targets[0], "no") : args.some((arg) => /^[de]:/.test(arg)) ? done() : process.exit(1)');
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
    const { root, readCommands } = installScriptedEngine('if (args[1] === "bake") { say("ERROR: no such builder"); process.exit(1); } done()');
    expect(outcomes(await runAll([job("a"), job("b")], root, { parallel: 1 }))).toEqual({ a: "built", b: "built" });
    expect(readCommands()).toEqual(["buildx bake a b", "buildx build a:latest", "buildx build b:latest"]);
  });

  it.each([
    ["docker-buildkit", "build a:latest"],
    ["podman", "build a:latest"],
  ] as const)("builds each by itself with %s", async (builder, first) => {
    const { root, readCommands } = installScriptedEngine("done()");
    const jobs = ["a", "b"].map((name) => job(name, { file: "Dockerfile" }));
    expect(outcomes(await runAll(jobs, root, { builder, parallel: 1 }))).toEqual({ a: "built", b: "built" });
    expect(readCommands()).toEqual([first, "build b:latest"]);
  });

  it("fails only the one that it stumbles over", async () => {
    const { root } = installScriptedEngine("done()");
    const ran = await runAll([job("a"), job("b", { file: "Dockerfile" })], root, { builder: "docker-buildkit" });
    expect(outcomes(ran)).toEqual({ a: "failed", b: "built" });
    expect(ran.results["a"]?.log).toMatch(/^Error: ENOENT: .*modules\/a\/Dockerfile'\n {4}at /);
  });

  it("builds as many at once as it may, and no more", async () => {
    // Each says that it has begun, and waits until it is let go: the order of all that happens is the test's own.
    const { root } = installScriptedEngine(`
      if (args[1] === "bake") process.exit(1);
      const name = names[0].split(":")[0];
      fs.writeFileSync(__dirname + "/" + name + ".begun", "");
      setInterval(() => fs.existsSync(__dirname + "/" + name + ".go") && done(), 20);
    `);
    const all = ["a", "b", "c", "d", "e"];
    const begun = (): string[] => all.filter((name) => existsSync(join(root, `bin/${name}.begun`)));
    const ended = runAll(all.map((name) => job(name)), root, { parallel: 2 });
    for (const [index, name] of all.entries()) {
      // Nothing that has begun ends by itself, so two are under way until there is only one left.
      await expect.poll(begun, { timeout: 30_000 }).toEqual(all.slice(0, index + 2));
      writeFileSync(join(root, `bin/${name}.go`), "");
    }
    expect(outcomes(await ended)).toEqual(Object.fromEntries(all.map((name) => [name, "built"])));
  }, 120_000);

  it("says what an engine cannot do to the one who asks for it", async () => {
    const { root } = installScriptedEngine("done()");
    const ran = await runAll([job("a", { sbom: "true" })], root, { builder: "podman" });
    expect(outcomes(ran)).toEqual({ a: "failed" });
    expect(ran.results["a"]?.log).toMatch(/^OPTION_UNSUPPORTED: sbom needs docker buildx\n/);
  });

  it("gives a bake the longest time of its images; then what is not done has failed, and the rest is asked for by itself", async () => {
    const { root, readCommands } = installScriptedEngine(`
      if (args[1] !== "bake") done();
      say("#0 building with default\\n#1 [a] exporting to image\\n#1 DONE 0.1s\\n#2 [b deps 2/2] RUN bun install\\n#3 [c] exporting to image\\n#3 DONE 0.1s\\n#4 [c] pushing c\\n#5 [b build 1/2] WORKDIR /repo");
      setInterval(() => {}, 1000);
    `);
    const steps: Record<string, string | undefined> = {};
    const onFailure = (name: string, step: string | undefined): void => void (steps[name] = step);
    const jobs = [job("a", {}, 10), job("b", {}, 2_000), job("c", { push: true }, 10), job("d", {}, 10)];
    const ran = await runAll(jobs, root, { onFailure });
    expect(readCommands()).toEqual(["buildx bake a b c d", "buildx build a:latest"]);
    expect(outcomes(ran)).toEqual({ a: "built", b: "failed", c: "failed", d: "failed" });
    // What several share has the name of one of them.
    expect(steps).toEqual({ b: "[deps 2/2] RUN bun install", c: "pushing c", d: "[b deps 2/2] RUN bun install" });
    expect(ran.results["b"]?.log).toMatch(/^\[deps 2\/2\] RUN bun install\n\[build 1\/2\] WORKDIR \/repo\n\nBUILD_TIMEOUT: docker was not done within 2 s .+\n {2}where: {2}modules\/b\/Dockerfile\n {2}remedy: .+--timeout=/);
    expect(ran.results["c"]?.log).toMatch(/^exporting to image\n {2}DONE 0\.1s\npushing c\n\nBUILD_TIMEOUT: /);
  });

  it("sets a bake no bound where one of its images has none", async () => {
    const { root } = installScriptedEngine("setTimeout(done, 500)");
    expect(outcomes(await runAll([job("a", {}, 100), job("b")], root))).toEqual({ a: "built", b: "built" });
  });

  it.each(["buildx", "podman"] as const)("names the step at which a single build with %s stood", async (builder) => {
    const { root } = installScriptedEngine(`
      if (args[1] === "bake") process.exit(1);
      say(${JSON.stringify(builder)} === "podman" ? "STEP 1/2: FROM x\\nSTEP 2/2: RUN bun install" : "#1 [1/2] FROM x\\n#1 DONE 0.1s\\n#2 [2/2] RUN bun install");
      setInterval(() => {}, 1000);
    `);
    const steps: (string | undefined)[] = [];
    const ran = await runAll([job("a", { file: "Dockerfile" }, 1_500)], root, { builder, onFailure: (_name, step) => void steps.push(step) });
    expect(ran.results["a"]).toMatchObject({ outcome: "failed", log: expect.stringContaining("BUILD_TIMEOUT: ") as string });
    expect(steps).toEqual([builder === "podman" ? "STEP 2/2: RUN bun install" : "[2/2] RUN bun install"]);
  });

  it("begins nothing more once it is called off", async () => {
    const { root, readCommands } = installScriptedEngine('say("#1 [a 1/1] FROM x"); setInterval(() => {}, 1000)');
    const controller = new AbortController();
    const ended = runAll([job("a"), job("b"), job("c", { builder: "x" })], root, { signal: controller.signal });
    await expect.poll(readCommands, { timeout: 10_000 }).toEqual(["buildx bake a b"]);
    controller.abort();
    expect(outcomes(await ended)).toEqual({ a: "interrupted", b: "interrupted", c: "interrupted" });
    expect(readCommands()).toEqual(["buildx bake a b"]);
  });

  it("begins none of the single builds that wait", async () => {
    const { root, readCommands } = installScriptedEngine('process.kill(process.pid, "SIGTERM"); setInterval(() => {}, 1000)');
    const jobs = ["a", "b"].map((name) => job(name, { file: "Dockerfile" }));
    expect(outcomes(await runAll(jobs, root, { builder: "docker-buildkit", parallel: 1 }))).toEqual({ a: "interrupted", b: "interrupted" });
    expect(readCommands()).toEqual(["build a:latest"]);
  });
});

describe("planBuilds", () => {
  it("writes down what would run", async () => {
    installScriptedEngine("process.exit(1)");
    const lines = await planBuilds([job("a"), job("b"), job("c", { builder: "x" })], "buildx", runProbe);
    expect(lines).toEqual([
      expect.stringMatching(/^BUILDX_BAKE_ENTITLEMENTS_FS=0 BUILDX_GIT_INFO=0 docker buildx bake --file - --metadata-file metadata\.json --progress plain <<'DEFINITION'\n/),
      "BUILDX_GIT_INFO=0 docker buildx build --file modules/c/Dockerfile --target production --tag c:latest --builder x --load .",
    ]);
    expect(await planBuilds([job("a"), job("b")], "podman", runProbe)).toEqual([
      "podman build --format docker --file modules/a/Dockerfile --target production --tag a:latest .",
      "podman build --format docker --file modules/b/Dockerfile --target production --tag b:latest .",
    ]);
  });

  it("asks which buildx there is only where that makes a difference", async () => {
    const { readCommands } = installScriptedEngine('if (args[1] === "version") console.log("github.com/docker/buildx 0.13.1+ds1 0.13.1")');
    expect((await planBuilds([job("a"), job("b")], "buildx", runProbe))[0]).toContain('"target": {');
    expect(readCommands()).toEqual([]);
    expect((await planBuilds([job("a", { network: "host" }), job("b")], "buildx", runProbe))[0]).toContain('"services": {');
    expect(readCommands()).toEqual(["buildx version"]);
  });
});
