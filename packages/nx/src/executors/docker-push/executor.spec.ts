import type { Task, TaskGraph } from "@nx/devkit";
import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { createExecutorContext } from "../../testing/executor-context.js";
import { installFakeEngine, type FakeEngine } from "../../testing/fake-engine.js";
import { writeWorkspace } from "../../testing/temporary-workspace.js";
import { logger } from "../logger.js";
import dockerPushBatch from "./batch.js";
import dockerPush from "./executor.js";

const DOCKERFILE = 'FROM scratch AS production\nONBUILD LABEL dev.ooneex.nx.key=""\n';
const FILES = { "modules/billing/Dockerfile": DOCKERFILE, "modules/tax/Dockerfile": DOCKERFILE, "modules/app/app.yml": 'type: "api"\n' };

let engine: FakeEngine;
let root: string;
let tag: string;
let logged: string[];

/** The context of a project whose images are built with some options. */
function context(folder = "billing", options: object = {}) {
  const made = createExecutorContext(root, `modules/${folder}`);
  const projects = Object.fromEntries(Object.entries(made.projectsConfigurations.projects).map(([name, project]) => [name, { ...project, targets: { "docker-build": { options } } }]));
  return { ...made, targetName: "docker-push", projectsConfigurations: { version: 2, projects } };
}

beforeEach(() => {
  root = writeWorkspace(FILES);
  const git = (...args: string[]): string => execFileSync("git", ["-C", root, "-c", "user.name=Ada", "-c", "user.email=ada@example.com", ...args], { encoding: "utf8" });
  git("init", "--quiet");
  git("add", "--all");
  git("commit", "--quiet", "--no-gpg-sign", "--message", "first");
  tag = `sha-${git("rev-parse", "HEAD").slice(0, 12)}`;
  const path = process.env["PATH"] ?? "";
  engine = installFakeEngine();
  // Git is asked too.
  vi.stubEnv("PATH", `${process.env["PATH"]}:${path}`);
  vi.stubEnv("OONEEX_REGISTRY", "ghcr.io/Acme");
  logged = [];
  for (const level of ["info", "warn", "error"] as const) vi.spyOn(logger, level).mockImplementation((line: string) => void logged.push(line));
});

afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
});

describe("docker-push", () => {
  it("prints the commands of a dry run, as the build target makes the image", async () => {
    expect(await dockerPush({ dryRun: true }, context("billing", { network: "host", tags: [":edge"], load: true }))).toEqual({ success: true });
    expect(logged.at(-1)).toMatch(new RegExp(`--target production --tag ghcr\\.io/acme/billing:${tag} .*--network host.*--push \\.$`));
    expect(engine.readCommands()).toEqual([]);
  });

  it("builds in the configuration that was asked for, else in the target's default one", async () => {
    const made = context("billing", { network: "host", target: "production" });
    for (const { targets } of Object.values(made.projectsConfigurations.projects)) {
      Object.assign(targets["docker-build"], { configurations: { ci: { network: "none" }, local: { network: "default" } }, defaultConfiguration: "local" });
    }
    await dockerPush({ dryRun: true }, { ...made, configurationName: "ci" });
    expect(logged.at(-1)).toMatch(/--target production .*--network none/);
    for (const configurationName of [undefined, "nowhere"]) {
      await dockerPush({ dryRun: true }, { ...made, ...(configurationName === undefined ? {} : { configurationName }) });
      expect(logged.at(-1)).toMatch(/--target production .*--network default/);
    }
  });

  it("takes a repository of the options before one of the target, and that before any registry", async () => {
    const build = { repository: "registry.example.com/billing" };
    await dockerPush({ dryRun: true }, context("billing", build));
    expect(logged.at(-1)).toContain(` --tag registry.example.com/billing:${tag} `);
    await dockerPush({ dryRun: true, repository: "quay.io/acme/bills" }, context("billing", build));
    expect(logged.at(-1)).toContain(` --tag quay.io/acme/bills:${tag} `);
  });

  it("refuses what is not committed, before it asks an engine", async () => {
    writeFileSync(join(root, "new.ts"), "");
    expect(await dockerPush({}, context())).toEqual({ success: false });
    expect(logged).toEqual([expect.stringMatching(/^TREE_DIRTY: .+\n {2}where: {2}new\.ts\n/)]);
    expect(engine.readCommands()).toEqual([]);
  });

  it("passes over an app that has no image, even with nowhere to push one to", async () => {
    vi.stubEnv("OONEEX_REGISTRY", "");
    expect(await dockerPush({}, context("app", { optional: true }))).toEqual({ success: true });
    expect(logged).toEqual(["There is no modules/app/Dockerfile, so there is no image to build."]);
    expect(await dockerPush({}, context())).toEqual({ success: false });
    expect(logged.at(-1)).toMatch(/^REGISTRY_MISSING/);
  });
});

describe("a batch of docker-push", () => {
  const target = (folder: string) => ({ project: `@module/${folder}`, target: "docker-push" });
  const graphOf = (...folders: string[]): TaskGraph => ({
    roots: folders,
    tasks: Object.fromEntries(folders.map((folder) => [folder, { id: folder, target: target(folder), overrides: {}, outputs: [], parallelism: true } as unknown as Task])),
    dependencies: Object.fromEntries(folders.map((folder) => [folder, []])),
    continuousDependencies: {},
  });

  it("gives each task a result: those that are refused, those that need nothing, those that are built", async () => {
    const contexts = [context("billing"), context("tax"), context("app", { optional: true })];
    const projects = Object.assign({}, ...contexts.map(({ projectsConfigurations }) => projectsConfigurations.projects)) as object;
    const whole = { ...context(), projectsConfigurations: { version: 2, projects } } as ReturnType<typeof context>;
    const inputs = { billing: { tags: ["UPPER"] }, tax: { dryRun: true }, app: {} };
    const results = new Map<string, { success: boolean; terminalOutput: string }>();
    for await (const { task, result } of dockerPushBatch(graphOf("billing", "tax", "app"), inputs, {}, whole)) results.set(task, result);
    expect([...results].map(([task, { success }]) => [task, success]).sort()).toEqual([
      ["app", true],
      ["billing", false],
      ["tax", true],
    ]);
    expect(results.get("billing")?.terminalOutput).toMatch(/^TAG_ILLEGAL: "UPPER"/);
    expect(results.get("app")?.terminalOutput).toContain("There is no modules/app/Dockerfile");
    expect(logged.at(-1)).toContain(`ghcr.io/acme/tax:${tag}`);
  });
});
