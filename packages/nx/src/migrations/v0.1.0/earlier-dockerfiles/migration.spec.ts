import type { Tree } from "@nx/devkit";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { microserviceGenerator } from "../../../generators/microservice/generator.js";
import { createWorkspace, expectIdempotent, readChanges, readFiles } from "../../../testing/fake-workspace.js";
import { replaceEarlierDockerfiles } from "./migration.js";

/** What each generation wrote for a service called order-history, rendered from the templates in this repository's history. */
const GENERATIONS = readdirSync(join(import.meta.dirname, "generations")).sort();
const PATH = "modules/order-history/Dockerfile";

function readGeneration(file: string): string {
  return readFileSync(join(import.meta.dirname, "generations", file), "utf8");
}

/** A workspace with one service, whose Dockerfile is the given one. */
async function createService(dockerfile: string, name = "order-history"): Promise<{ tree: Tree; present: string }> {
  const tree = createWorkspace({ ".bun-version": "1.4.5\n" });
  await microserviceGenerator(tree, { name });
  const path = `modules/${name}/Dockerfile`;
  const present = tree.read(path, "utf8") ?? "";
  tree.write(path, dockerfile);
  return { tree, present };
}

function migrate(tree: Tree): { notices: string[]; changes: Readonly<Record<string, string | undefined>> } {
  const before = readFiles(tree);
  const notices = replaceEarlierDockerfiles(tree);
  return { notices, changes: readChanges(before, readFiles(tree)) };
}

describe("the migration of earlier Dockerfiles", () => {
  it("knows five generations", () => {
    expect(GENERATIONS).toEqual(["1.Dockerfile", "2.Dockerfile", "3.Dockerfile", "4.Dockerfile", "5.Dockerfile"]);
  });

  it.each(GENERATIONS)("replaces what generation %s wrote by what a new service gets", async (file) => {
    const { tree, present } = await createService(readGeneration(file));
    expect(migrate(tree)).toEqual({ notices: [], changes: { [PATH]: present } });
  });

  it.each(GENERATIONS)("changes nothing in a second run on %s", async (file) => {
    await expectIdempotent((await createService(readGeneration(file))).tree, replaceEarlierDockerfiles);
  });

  it.each(GENERATIONS.slice(0, -1))("leaves what somebody has changed in %s, and says what to copy", async (file) => {
    const edited = readGeneration(file).replace("USER bun", "ENV OURS=1\nUSER bun");
    const { notices, changes } = migrate((await createService(edited)).tree);
    expect(changes).toEqual({});
    expect(notices).toEqual([expect.stringMatching(/^modules\/order-history\/Dockerfile was written .* copy the stages runtime, prod-deps, build and production /)]);
  });

  it("goes on beside a service of any name", async () => {
    const { tree, present } = await createService(readGeneration(GENERATIONS[0] ?? ""));
    tree.write("modules/service-postgres/service-postgres.yml", 'type: "microservice"\nport: 3009\n');
    expect(migrate(tree)).toEqual({ notices: [], changes: { [PATH]: present } });
  });

  it("says nothing of a changed one whose image is the present generation's", async () => {
    const edited = readGeneration("5.Dockerfile").replace("USER bun", "ENV OURS=1\nUSER bun");
    expect(migrate((await createService(edited)).tree)).toEqual({ notices: [], changes: {} });
  });

  it("keeps the version of Bun, the health path and the line endings", async () => {
    const earlier = readGeneration("1.Dockerfile").replace("1.4.5", "1.3.12").replace("['/api/v1/healthcheck', '/healthcheck']", "['/api/v1/health']").replaceAll("\n", "\r\n");
    const { tree, present } = await createService(earlier);
    const expected = present.replace("1.4.5", "1.3.12").replace("['/api/v1/healthcheck', '/healthcheck']", "['/api/v1/health']").replaceAll("\n", "\r\n");
    expect(migrate(tree).changes).toEqual({ [PATH]: expected });
  });

  it("takes a service's name for a name only where one was filled in", async () => {
    const earlier = readGeneration("4.Dockerfile").replaceAll("order_history", "base").replaceAll("modules/order-history/order-history.yml", "modules/base/base.yml").replaceAll("order-history", "base");
    const { tree, present } = await createService(earlier, "base");
    expect(migrate(tree).changes).toEqual({ "modules/base/Dockerfile": present });
    const renamed = earlier.replace("FROM base AS deps", "FROM order-history AS deps");
    expect(migrate((await createService(renamed, "base")).tree).changes).toEqual({});
  });

  it("looks at no Dockerfile that is of this generation, or not of this plugin", async () => {
    const { tree, present } = await createService("FROM oven/bun:1.4.5 AS base\n");
    expect(migrate(tree)).toEqual({ notices: [], changes: {} });
    tree.write(PATH, present);
    expect(migrate(tree)).toEqual({ notices: [], changes: {} });
    tree.write(PATH, present.replace("USER bun", "ENV OURS=1\nUSER bun"));
    expect(migrate(tree)).toEqual({ notices: [], changes: {} });
  });

  it("is what migrations.json names, with its page", () => {
    const root = join(import.meta.dirname, "../../../..");
    const { generators } = JSON.parse(readFileSync(join(root, "migrations.json"), "utf8")) as { generators: Record<string, { implementation: string; documentation: string; version: string }> };
    const migration = generators["earlier-dockerfiles"];
    expect(migration?.version).toBe("0.1.0");
    expect(existsSync(join(root, migration?.implementation.replace("./dist/", "src/").replace(/\.js$/, ".ts") ?? ""))).toBe(true);
    expect(existsSync(join(root, migration?.documentation.replace("./dist/", "src/") ?? ""))).toBe(true);
  });
});
