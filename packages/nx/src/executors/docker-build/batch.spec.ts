import type { ExecutorContext, TaskGraph } from "@nx/devkit";
import { beforeEach, describe, expect, it, type MockInstance, vi } from "vitest";
import { createExecutorContext } from "../../testing/executor-context.js";
import { installScriptedEngine } from "../../testing/scripted-engine.js";
import { readScriptedStore, SCRIPTED_STORE } from "../../testing/scripted-store.js";
import { logger } from "../logger.js";
import dockerBuildBatch from "./batch.js";
import type { BatchResult } from "./lib/build-batch.js";
import type { DockerBuildOptions } from "./schema.js";

const NAMES = ["billing", "notifications", "order-history"];
const FILES = Object.fromEntries(NAMES.map((name) => [`modules/${name}/Dockerfile`, 'FROM scratch AS production\nONBUILD LABEL dev.ooneex.nx.key=""\n']));
const DONE = `${SCRIPTED_STORE} done();`;

/** Options of one project, and the projects that its image waits for. */
type Tasks = Readonly<Record<string, DockerBuildOptions & { readonly after?: readonly string[] }>>;

let written: MockInstance<typeof process.stdout.write>;

beforeEach(() => {
  written = vi.spyOn(process.stdout, "write").mockReturnValue(true);
  return () => void vi.restoreAllMocks();
});

const idOf = (name: string): string => `@module/${name}:docker-build`;
const nameOf = (id: string): string => id.slice("@module/".length, -":docker-build".length);
const output = (): string => written.mock.calls.map(([text]) => String(text)).join("");

async function run(root: string, given: Tasks, part: Partial<ExecutorContext> = {}): Promise<Record<string, BatchResult["result"]>> {
  const names = Object.keys(given);
  const graph = {
    tasks: Object.fromEntries(
      names.map((name) => [idOf(name), { id: idOf(name), target: { project: `@module/${name}`, target: "docker-build" }, overrides: {}, outputs: [] }]),
    ),
    dependencies: Object.fromEntries(names.map((name) => [idOf(name), (given[name]?.after ?? []).map(idOf)])),
    roots: [],
    continuousDependencies: {},
  } as unknown as TaskGraph;
  const projects = Object.fromEntries(names.map((name) => [`@module/${name}`, { root: `modules/${name}` }]));
  const context = { ...createExecutorContext(root), projectsConfigurations: { version: 2, projects }, ...part };
  const inputs = Object.fromEntries(names.map((name) => {
    const options: DockerBuildOptions & { after?: readonly string[] } = { prune: false, ...given[name] };
    delete options.after;
    return [idOf(name), options];
  }));
  const results: Record<string, BatchResult["result"]> = {};
  for await (const { task, result } of dockerBuildBatch(graph, inputs, {}, context)) {
    expect(results).not.toHaveProperty([nameOf(task)]);
    results[nameOf(task)] = result;
  }
  return results;
}

const successes = (results: Record<string, BatchResult["result"]>): Record<string, boolean> =>
  Object.fromEntries(Object.entries(results).map(([name, { success }]) => [name, success]));

describe("docker-build as a batch", () => {
  it("builds all images with one bake, and has a line, a result and a log for each", async () => {
    const { root, readCommands } = installScriptedEngine(DONE, FILES);
    const results = await run(root, { billing: {}, notifications: {}, "order-history": {} });
    expect(successes(results)).toEqual({ billing: true, notifications: true, "order-history": true });
    expect(results["billing"]?.terminalOutput).toBe("exporting to image\n  DONE 0.1s\n");
    expect(readCommands().filter((command) => command.startsWith("buildx b"))).toEqual(["buildx bake billing notifications order-history"]);
    expect(output().split("\n").slice(0, 3)).toEqual(["billing        building", "notifications  building", "order-history  building"]);
    expect(output().match(/^\S+ +built \d+\.\d s$/gm)).toHaveLength(3);
  });

  it("fails only the service that fails, with its log", async () => {
    const script = `if (args[1] === "bake" && targets.includes("billing")) fail("billing", "no"); ${DONE}`;
    const results = await run(installScriptedEngine(script, FILES).root, { billing: {}, notifications: {}, "order-history": {} });
    expect(successes(results)).toEqual({ billing: false, notifications: true, "order-history": true });
    expect(results["billing"]?.terminalOutput).toContain("[build 2/2] RUN no\n  0.1 oops\n");
    expect(output()).toContain("billing        failed: [build 2/2] RUN no\n");
  });

  it("fails only the service whose options are wrong", async () => {
    const { root, readCommands } = installScriptedEngine(DONE, FILES);
    const results = await run(root, { billing: { tags: ["UPPER"] }, notifications: {}, "order-history": { file: "none" } });
    expect(successes(results)).toEqual({ billing: false, "order-history": false, notifications: true });
    expect(results["billing"]?.terminalOutput).toMatch(/^TAG_ILLEGAL: .*\n {2}where: .*\n {2}remedy: .*\n$/);
    expect(results["order-history"]?.terminalOutput).toMatch(/^DOCKERFILE_MISSING: /);
    expect(readCommands()).toContain("buildx build notifications:latest");
  });

  describe("from the workspace itself", () => {
    const dockerfile = 'FROM scratch AS production\nCOPY notes /\nONBUILD LABEL dev.ooneex.nx.key=""\n';
    const files = { ...FILES, "modules/billing/Dockerfile": dockerfile, "notes/a.txt": "" };
    const bakes = (commands: readonly string[]): string[] => commands.filter((command) => command.startsWith("buildx b"));
    /** The names of each image, without the digits of keys. */
    const namesIn = (root: string): string[] => readScriptedStore(root).map(({ RepoTags }) => RepoTags.join(" ").replaceAll(/[0-9a-f]{32}/g, "KEY"));

    it("names those whose files stayed as they were, and builds the other again the next time", async () => {
      const { root, readCommands } = installScriptedEngine(`${SCRIPTED_STORE} fs.appendFileSync(__dirname + "/../notes/a.txt", "x"); done();`, files);
      const results = await run(root, { billing: {}, notifications: {} });
      expect(successes(results)).toEqual({ billing: true, notifications: true });
      const notice = "What modules/billing/Dockerfile reads changed while the image was built";
      expect(results["billing"]?.terminalOutput).toContain(notice);
      expect(results["notifications"]?.terminalOutput).not.toContain("changed while");
      expect(namesIn(root)).toEqual(["billing:latest", "notifications:latest notifications:ooneex-KEY"]);
      await run(root, { billing: {}, notifications: {} });
      expect(bakes(readCommands())).toEqual(["buildx bake billing notifications", "buildx build billing:latest"]);
    });

    it("takes nothing for up to date that an interrupted bake has left, whatever its label says", async () => {
      const interrupted = `${SCRIPTED_STORE}
        if (fs.existsSync(__dirname + "/once")) done();
        fs.writeFileSync(__dirname + "/once", "");
        process.kill(process.ppid, "SIGTERM");
        setInterval(() => {}, 1000);`;
      const { root, readCommands } = installScriptedEngine(interrupted, files);
      expect(successes(await run(root, { billing: {}, notifications: {} }))).toEqual({ billing: false, notifications: false });
      expect(namesIn(root)).toEqual(["billing:latest", "notifications:latest"]);
      expect(readScriptedStore(root)[0]?.Config.Labels["dev.ooneex.nx.key"]).toMatch(/^[0-9a-f]{64}$/);
      for (let count = 0; count < 2; count++) expect(successes(await run(root, { billing: {}, notifications: {} }))).toEqual({ billing: true, notifications: true });
      expect(bakes(readCommands())).toEqual(["buildx bake billing notifications", "buildx bake billing notifications"]);
      expect(namesIn(root).slice(2)).toEqual(["billing:latest billing:ooneex-KEY", "notifications:latest notifications:ooneex-KEY"]);
    });
  });

  it("passes over a project that may have no Dockerfile", async () => {
    const { root } = installScriptedEngine(DONE, {});
    const results = await run(root, { billing: { optional: true }, notifications: { optional: true } });
    expect(results["billing"]).toMatchObject({ success: true, terminalOutput: "There is no modules/billing/Dockerfile, so there is no image to build.\n" });
  });

  it("runs a single build as if there were no batch, with the engine's own output", async () => {
    const { root, readCommands } = installScriptedEngine(DONE, FILES);
    const results = await run(root, { billing: {} });
    expect(results["billing"]).toMatchObject({ success: true, terminalOutput: "" });
    expect(readCommands()).toContain("buildx build billing:latest");
    // Only the images of its own key and name are asked for.
    expect(readCommands().filter((command) => command.startsWith("image"))).toEqual(["image", "image billing:latest", "image billing:latest"]);
    expect(output()).toBe("");
  });

  it.each([{ billing: {} }, { billing: {}, notifications: {} }])("refuses an option that it does not have, of %j", async (others) => {
    const { root } = installScriptedEngine(DONE, FILES);
    const error = vi.spyOn(logger, "error").mockReturnValue();
    const results = await run(root, { ...others, billing: { tag: "1" } as DockerBuildOptions });
    expect(successes(results)).toEqual({ ...successes(results), billing: false });
    const said = [...error.mock.calls.flat(), results["billing"]?.terminalOutput].join("\n");
    expect(said).toContain("OPTION_UNKNOWN: docker-build has no option tag");
  });

  it("prints the bake with --dry-run, and runs nothing", async () => {
    const { root, readCommands } = installScriptedEngine(DONE, FILES);
    const info = vi.spyOn(logger, "info").mockReturnValue();
    expect(successes(await run(root, { billing: { dryRun: true }, notifications: { dryRun: true } }))).toEqual({ billing: true, notifications: true });
    const [title, command] = info.mock.calls.map(([line]: string[]) => line);
    expect(title).toBe(`Would run in ${root}:`);
    const definition = /<<'DEFINITION'\n(.*)\nDEFINITION$/s.exec(command ?? "")?.[1];
    expect(JSON.parse(definition ?? "")).toMatchObject({
      group: { default: { targets: ["billing", "notifications"] } },
      target: { billing: { dockerfile: "modules/billing/Dockerfile", tags: ["billing:latest"] } },
    });
    expect(readCommands()).toEqual(["buildx version"]);
  });

  it("builds after one that it waits for, and not at all where that fails", async () => {
    const after = { notifications: { after: ["billing"] }, "order-history": { after: ["notifications"] }, billing: {} };
    const { root, readCommands } = installScriptedEngine(DONE, FILES);
    expect(successes(await run(root, after))).toEqual({ billing: true, notifications: true, "order-history": true });
    expect(readCommands().filter((command) => command.startsWith("buildx build"))).toEqual(
      ["billing", "notifications", "order_history"].map((name) => `buildx build ${name}:latest`),
    );
    const failing = installScriptedEngine('names.includes("billing:latest") ? process.exit(1) : process.exit(0)', FILES);
    const results = await run(failing.root, after);
    expect(results["billing"]).toMatchObject({ success: false });
    expect(results["notifications"]).toMatchObject({ success: false, status: "skipped" });
    expect(results["order-history"]).toMatchObject({ success: false, status: "skipped" });
  });

  it("fails every task that is left with the stack where it breaks itself, and leaves no listener behind", async () => {
    const { root } = installScriptedEngine(DONE, FILES);
    const listeners = process.listenerCount("SIGTERM");
    written.mockImplementation(() => {
      throw new TypeError("broken");
    });
    const results = await run(root, { billing: {}, notifications: {} });
    expect(successes(results)).toEqual({ billing: false, notifications: false });
    expect(results["billing"]?.terminalOutput).toMatch(/^TypeError: broken\n {4}at /);
    expect(process.listenerCount("SIGTERM")).toBe(listeners);
  });

  it("gives every task a result where it is interrupted", async () => {
    const script = 'args[1] === "bake" ? (say("#1 [billing 1/1] FROM x"), process.kill(process.ppid, "SIGTERM"), setInterval(() => {}, 1000)) : process.exit(0)';
    const { root } = installScriptedEngine(script, FILES);
    const results = await run(root, { billing: {}, notifications: {} });
    expect(successes(results)).toEqual({ billing: false, notifications: false });
    expect(output()).toContain("billing        interrupted\n");
  });
});
