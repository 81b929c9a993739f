import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { makeWorkspace } from "./workspace/make-workspace.js";
import type { WorkspaceOptions } from "./workspace/manifest.js";
import type { Workspace } from "./workspace/workspace.js";

const host = inject("host");

const KINDS: WorkspaceOptions[] = [{ nx: "23.2" }, { nx: "22.7", bun: "1.3" }];

const GENERATIONS = join(import.meta.dirname, "../packages/nx/src/migrations/v0.1.0/earlier-dockerfiles/generations");

/** Nx runs the newest version of itself to migrate, unless it is told to stay. */
const LOCAL_NX = { NX_USE_LOCAL: "true", NX_MIGRATE_SKIP_INSTALL: "true" };

interface Migrations {
  readonly migrations: readonly { readonly package: string; readonly name: string; readonly version: string }[];
}

describe.each(KINDS)("an upgrade from an earlier version on Nx $nx", (kind) => {
  let workspace: Workspace;
  let present: string;

  beforeAll(async () => {
    workspace = await makeWorkspace(host, kind);
    await workspace.run(["nx", "add", "@ooneex/nx"]);
    // Nx asks npm for the migrations of a package, whatever the workspace's package manager is.
    await workspace.write(".npmrc", `@ooneex:registry=${host.registry}\n`);
    for (const name of ["order history", "billing"]) await workspace.run(["nx", "g", "@ooneex/nx:microservice", name]);
    present = await workspace.read("modules/order-history/Dockerfile");
    const bun = /^FROM oven\/bun:(\S+) AS base$/m.exec(present)?.[1] ?? "";
    const earlier = (await readFile(join(GENERATIONS, "1.Dockerfile"), "utf8")).replace("oven/bun:1.4.5", `oven/bun:${bun}`);
    await workspace.write("modules/order-history/Dockerfile", earlier);
    const edited = earlier.replaceAll("order_history", "billing").replaceAll("order-history", "billing").replace("USER bun", "ENV OURS=1\nUSER bun");
    await workspace.write("modules/billing/Dockerfile", edited);
    await workspace.commit("feat: services of an earlier version");
  });

  afterAll(() => workspace.dispose());

  it("is found by nx migrate, for who comes from before this version", async () => {
    await workspace.run(["nx", "migrate", "@ooneex/nx@0.1.0", "--from=@ooneex/nx@0.0.9"], { env: LOCAL_NX });
    const { migrations } = JSON.parse(await workspace.read("migrations.json")) as Migrations;
    expect(migrations.filter(({ package: name }) => name === "@ooneex/nx")).toEqual([expect.objectContaining({ name: "earlier-dockerfiles", version: "0.1.0" })]);
  });

  it("replaces what nobody has changed, and says what to copy into the rest", async () => {
    const { stdout, stderr } = await workspace.run(["nx", "migrate", "--run-migrations"], { env: LOCAL_NX });
    expect(await workspace.read("modules/order-history/Dockerfile")).toBe(present);
    expect(stdout + stderr).toContain("modules/billing/Dockerfile was written by an earlier version");
    const changed = (await workspace.gitStatus()).split("\n").filter((line) => line.includes("modules/"));
    expect(changed).toEqual([" M modules/order-history/Dockerfile"]);
  });

  it("changes nothing in a second run", async () => {
    const tree = await workspace.tree();
    await workspace.run(["nx", "migrate", "--run-migrations"], { env: LOCAL_NX });
    expect(await workspace.tree()).toEqual(tree);
  });
});
