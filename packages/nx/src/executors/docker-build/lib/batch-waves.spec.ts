import type { TaskGraph } from "@nx/devkit";
import { describe, expect, it } from "vitest";
import { orderWaves, readDependencies } from "./batch-waves.js";

function graph(dependencies: Record<string, readonly unknown[]>): TaskGraph {
  const tasks = Object.fromEntries(Object.keys(dependencies).map((id) => [id, { id }]));
  return { tasks, dependencies, roots: [], continuousDependencies: {} } as unknown as TaskGraph;
}

describe("readDependencies", () => {
  it.each([[["a", "outside"]], [[{ id: "a" }, { id: "outside" }]]])("reads %j, as Nx 22 to 24 write it", (dependencies) => {
    expect([...readDependencies(graph({ a: [], b: dependencies }))]).toEqual([
      ["a", []],
      ["b", ["a"]],
    ]);
  });
});

describe("orderWaves", () => {
  it.each([
    [{ a: [], b: [] }, [["a", "b"]]],
    [{ c: ["b"], b: ["a"], a: [], d: [] }, [["a", "d"], ["b"], ["c"]]],
    [{ a: ["b"], b: ["a"], c: [] }, [["c"], ["a", "b"]]],
    [{}, []],
  ])("of %j are %j", (dependencies, waves) => {
    expect(orderWaves(new Map(Object.entries<string[]>(dependencies)))).toEqual(waves);
  });
});
