import type { ExecutorContext } from "@nx/devkit";
import { describe, expect, it } from "vitest";
import { isOverheard } from "./heard-exit.js";

const target = (project: string, name: string) => ({ id: `${project}:${name}`, target: { project, target: name }, overrides: {}, outputs: [], parallelism: true, cache: false });

/** A graph in which `app:serve` is waited for by `waiting`. */
const graph = (waiting: readonly string[]): NonNullable<ExecutorContext["taskGraph"]> => ({
  roots: [],
  tasks: { "app:serve": target("app", "serve"), "other:e2e": target("other", "e2e") },
  dependencies: {},
  continuousDependencies: { "app:serve": [], "other:e2e": [...waiting] },
});

const context = { root: "", projectName: "app", targetName: "serve", taskGraph: graph([]) };
const worker = { argv: ["node", "/workspace/node_modules/nx/dist/bin/run-executor.js"], env: { NX_TASK_TARGET_PROJECT: "app", NX_TASK_TARGET_TARGET: "serve" } };

describe("the end of a continuous task", () => {
  it("goes unheard on Nx 23 where no task waits for it", () => {
    expect([21, 22, 23, 24, undefined].filter((nxMajor) => isOverheard(context, worker, nxMajor))).toEqual([23]);
  });

  it("is heard where another task waits for it, which is then told as failed", () => {
    expect(isOverheard({ ...context, taskGraph: graph(["app:serve"]) }, worker, 23)).toBe(false);
  });

  it.each([
    ["in a program of somebody's own", { ...worker, argv: ["node", "/workspace/tools/serve.mjs"] }],
    ["in such a program that a task runs", { argv: ["node", "-e"], env: worker.env }],
    ["in another task's executor", { ...worker, env: { NX_TASK_TARGET_PROJECT: "app", NX_TASK_TARGET_TARGET: "preview" } }],
    ["without Nx", { argv: [], env: {} }],
  ])("is left to whoever runs it %s", (_, taskProcess) => {
    expect(isOverheard(context, taskProcess, 23)).toBe(false);
  });
});
