import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { waitForAnswer } from "./process.js";
import { makeWorkspace } from "./workspace/make-workspace.js";
import type { WorkspaceOptions } from "./workspace/manifest.js";
import type { Workspace } from "./workspace/workspace.js";

const host = inject("host");

const KINDS: WorkspaceOptions[] = [
  { nx: "23.2", typescript: "7", framework: "@ooneex" },
  { nx: "22.7", typescript: "5.9", bun: "1.3", framework: "@talosjs" },
];

describe.each(KINDS)("a generated service on Nx $nx, TypeScript $typescript, $framework", (kind) => {
  let workspace: Workspace;
  const url = "http://localhost:39123/api/v1/healthcheck";

  beforeAll(async () => {
    workspace = await makeWorkspace(host, kind);
    await workspace.run(["nx", "add", "@ooneex/nx"]);
    await workspace.run(["nx", "g", "@ooneex/nx:microservice", "order history", "--port=39123", "--tags=team:orders"]);
  });

  afterAll(() => workspace.dispose());

  it("passes its own spec, from its folder and through Nx", async () => {
    const { stderr } = await workspace.run(["bun", "test"], { cwd: "modules/order-history" });
    expect(stderr).toMatch(/7 pass\s+0 fail/);
    await workspace.run(["nx", "test", "order-history"]);
  });

  it("has types without an error", async () => {
    await workspace.run(["tsc", "--noEmit"], { cwd: "modules/order-history" });
  });

  it("imports the framework that the workspace is on", async () => {
    expect(await workspace.read("modules/order-history/src/index.ts")).toContain(`from "${kind.framework}/app"`);
  });

  it("is served by Nx on its own port, with its own environment", async () => {
    const server = workspace.start(["nx", "serve", "order-history"], { env: { PORT: "39124" } });
    const answer = await waitForAnswer(url, server);
    expect(answer.status).toBe(200);
    expect(await answer.json()).toMatchObject({ data: { status: "ok" } });
    await server.stop("SIGINT");
    await expect(fetch(url)).rejects.toThrow();
  });

  it("is served with its own roles, and not with those of the folder that Nx runs in", async () => {
    const roles = await workspace.read("modules/order-history/roles.yml");
    await workspace.write("roles.yml", roles);
    await workspace.write("modules/order-history/roles.yml", "roles: {}\n");
    // Nx 23 counts a continuous task that has ended as done, whatever its exit code.
    const { stdout, stderr } = await workspace.run(["nx", "serve", "order-history"], { expect: "either" });
    expect(stdout + stderr).toContain(`${join("modules", "order-history", "roles.yml")}: hierarchy is not a map`);
    await workspace.write("modules/order-history/roles.yml", roles);
    await workspace.remove("roles.yml");
  });

  it("bundles with Bun, and the bundle runs with the same environment", async () => {
    await workspace.run(["nx", "build", "order-history"]);
    const bundle = workspace.start(["bun", "dist/index.js"], { cwd: "modules/order-history" });
    expect((await waitForAnswer(url, bundle)).status).toBe(200);
    await bundle.stop();
  });

  it("answers what is in flight and what still comes, has callers close their connections, and ends when it is asked to stop", async () => {
    await workspace.write("modules/order-history/src/slow.ts", SLOW.replaceAll("@ooneex", kind.framework ?? "@ooneex"));
    const server = workspace.start(["bun", "src/slow.ts"], { cwd: "modules/order-history" });
    await waitForAnswer(url, server);
    const slow = fetch("http://localhost:39123/api/v1/slow");
    await sleep(300);
    const stopped = server.stop("SIGTERM");
    await sleep(100);
    // Held for as long as the other one takes. Caches keep headers, and this one's are not for later callers.
    const late = await fetch("http://localhost:39123/api/v1/late");
    expect((await slow).status).toBe(200);
    expect([late.status, late.headers.get("connection"), await late.json()]).toMatchObject([200, "close", { data: { cached: false } }]);
    // Far below the ten seconds after which an engine kills; the request alone takes one.
    expect(await stopped).toBeLessThan(5_000);
    expect(server.exitCode()).toBe(0);
    await workspace.remove("modules/order-history/src/slow.ts");
  });

  it("shows its targets, its tags and its groups in the graph", async () => {
    const { stdout } = await workspace.run(["nx", "show", "project", "order-history", "--json"]);
    const project = JSON.parse(stdout) as { tags: string[]; targets: Record<string, { executor: string; continuous?: boolean }> };
    expect(project.tags).toEqual(expect.arrayContaining(["team:orders", "ooneex:microservice"]));
    expect(Object.keys(project.targets)).toEqual(expect.arrayContaining(["build", "serve", "docker-build", "docker-run", "test"]));
    expect(project.targets["serve"]?.continuous).toBe(true);
    expect(project.targets["docker-build"]?.executor).toBe("@ooneex/nx:docker-build");
  });
});

describe("the graph takes a service as it finds it", () => {
  let workspace: Workspace;

  beforeAll(async () => {
    workspace = await makeWorkspace(host, { typescript: "7" });
    await workspace.run(["nx", "add", "@ooneex/nx"]);
  });

  afterAll(() => workspace.dispose());

  const targets = async (project: string): Promise<Record<string, { executor?: string; options?: { target?: string } }>> => {
    const { stdout } = await workspace.run(["nx", "show", "project", project, "--json"]);
    return (JSON.parse(stdout) as { targets: Record<string, { executor?: string; options?: { target?: string } }> }).targets;
  };

  it("the app, which is an API", async () => {
    expect(Object.keys(await targets("app"))).toEqual(expect.arrayContaining(["build", "serve", "docker-build", "docker-run"]));
  });

  it("a module of another kind gets none of them", async () => {
    expect(Object.keys(await targets("shared"))).not.toContain("docker-build");
  });

  it("one made by hand, with a manifest and nothing else", async () => {
    await workspace.write("modules/by-hand/by-hand.yml", "type: microservice\n");
    expect(Object.keys(await targets("by-hand"))).toContain("docker-build");
  });

  it("one made by the framework's command", async () => {
    await workspace.write("modules/legacy/legacy.yml", 'type: "microservice"\nlocales:\n  - en\n');
    await workspace.write("modules/legacy/package.json", '{ "name": "@module/legacy", "scripts": { "test": "bun test" } }\n');
    await workspace.write("modules/legacy/Dockerfile", "FROM scratch AS production\n");
    expect(Object.keys(await targets("legacy"))).toEqual(expect.arrayContaining(["docker-build", "test"]));
  });

  it("project.json has the last word", async () => {
    const project = { name: "tuned", targets: { "docker-build": { options: { target: "slim" } } } };
    await workspace.write("modules/tuned/tuned.yml", "type: microservice\n");
    await workspace.write("modules/tuned/project.json", JSON.stringify(project));
    expect((await targets("tuned"))["docker-build"]).toMatchObject({
      executor: "@ooneex/nx:docker-build",
      options: { target: "slim" },
    });
  });

  it("a manifest that is not YAML stops Nx, which names the file and what it needs", async () => {
    await workspace.write("modules/broken/broken.yml", "type: [\n");
    const { stdout, stderr, code } = await workspace.run(["nx", "build", "app"], { expect: "failure" });
    expect(code).not.toBe(0);
    expect(stdout + stderr).toContain("MANIFEST_INVALID: the manifest is not YAML");
    expect(stdout + stderr).toMatch(/where: +modules\/broken\/broken\.yml$/m);
    expect(stdout + stderr).toContain("remedy: mend the file; a module's manifest needs a line such as type:");
    await workspace.remove("modules/broken");
  });
});

/** The service with a second controller, whose answer takes a second. */
const SLOW = `import { Route } from "@ooneex/routing";
import type { ContextType } from "@ooneex/controller";
import { Assert } from "@ooneex/validation";
import { OrderHistoryModule } from "./OrderHistoryModule";

@Route.get("/slow", { name: "slow", version: 1, description: "Slow", response: Assert({ status: "string" }), roles: [] })
export class SlowController {
  public async index(context: ContextType<{ response: { status: string } }>) {
    await Bun.sleep(1000);
    return context.response.json({ status: "done" });
  }
}

@Route.get("/late", { name: "late", version: 1, description: "Late", response: Assert({ cached: "boolean" }), roles: [] })
export class LateController {
  public index(context: ContextType<{ response: { cached: boolean } }>) {
    return context.response.json({ cached: context.cache !== undefined });
  }
}
OrderHistoryModule.controllers.push(SlowController, LateController);
await import("./index");
`;
