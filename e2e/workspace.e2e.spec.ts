import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { findFreePort } from "../tools/registry/free-port.js";
import { waitForAnswer } from "./process.js";
import { makeWorkspace } from "./workspace/make-workspace.js";
import type { WorkspaceOptions } from "./workspace/manifest.js";
import type { Workspace } from "./workspace/workspace.js";

const host = inject("host");

const REDIS = { CACHE_REDIS_URL: "redis://localhost:6379", RATE_LIMIT_REDIS_URL: "redis://localhost:6379" };

const KINDS: Required<WorkspaceOptions>[] = [
  { nx: "23.2", bun: "1.4", typescript: "5.9", framework: "@ooneex" },
  { nx: "22.7", bun: "1.3", typescript: "6", framework: "@ooneex" },
  { nx: "24.0", bun: "1.4", typescript: "7", framework: "@talosjs" },
];

describe.each(KINDS)("a workspace on Nx $nx, Bun $bun, TypeScript $typescript, $framework", (kind) => {
  let workspace: Workspace;

  beforeAll(async () => {
    workspace = await makeWorkspace(host, kind);
  });

  afterAll(() => workspace.dispose());

  it("is committed whole", async () => {
    expect(await workspace.gitStatus()).toBe("");
    expect(await workspace.read("bun.lock")).toContain(`"lockfileVersion": ${kind.bun === "1.3" ? 1 : 2}`);
  });

  it("runs on the versions asked for", async () => {
    const { stdout: bun } = await workspace.run(["bun", "--version"]);
    const { stdout: nx } = await workspace.run(["nx", "--version"]);
    const { stdout: typescript } = await workspace.run(["tsc", "--version"]);
    expect(bun).toMatch(new RegExp(`^${kind.bun}\\.`));
    expect(nx).toContain(`Local: v${kind.nx}.`);
    expect(typescript).toContain(`Version ${kind.typescript}.`);
  });

  it("installs from its lockfile alone", async () => {
    await workspace.remove("node_modules");
    await workspace.run(["bun", "install", "--frozen-lockfile"]);
    expect(await workspace.gitStatus()).toBe("");
  });

  it("has the projects that Nx lists", async () => {
    const { stdout } = await workspace.run(["nx", "show", "projects", "--json"]);
    expect((JSON.parse(stdout) as string[]).sort()).toEqual(["@acme/money", "@module/app", "@module/shared"]);
  });

  it.each(["modules/app", "modules/shared", "libs/money"])("passes its tests in %s", async (cwd) => {
    const { stderr } = await workspace.run(["bun", "test"], { cwd });
    expect(stderr).toContain("1 pass");
  });

  it("has types without an error", async () => {
    await workspace.run(["tsc", "--noEmit"], { cwd: "modules/app" });
  });

  describe("its API", () => {
    const environment = (port: number) =>
      workspace.read("modules/app/.env.yml").then((text) => text.replace(/port: \d+/, `port: ${port}`));

    it("answers on the port of its own env file, and 404 where no route is", async () => {
      const port = await findFreePort();
      await workspace.write("modules/app/.env.yml", await environment(port));
      const api = workspace.start(["bun", "src/index.ts"], { cwd: "modules/app", env: { PORT: "1" } });
      const answer = await waitForAnswer(`http://127.0.0.1:${port}/api/v1/healthcheck`, api);
      expect(answer.status).toBe(200);
      expect(await answer.json()).toMatchObject({ data: { status: "ok" } });
      expect((await fetch(`http://127.0.0.1:${port}/healthcheck`)).status).toBe(404);
      await api.stop();
    });

    it("boots as a bundle, with nothing but the injected environment", async () => {
      const port = await findFreePort();
      const env = { APP_ENV: "production", HOST_NAME: "127.0.0.1", PORT: String(port), ...REDIS };
      await workspace.run(["bun", "build", "--target=bun", "--outdir=../../deployed/dist", "src/index.ts"], {
        cwd: "modules/app",
      });
      await workspace.write("deployed/roles.yml", await workspace.read("modules/app/roles.yml"));
      const api = workspace.start(["bun", "dist/index.js"], { cwd: "deployed", env });
      expect((await waitForAnswer(`http://127.0.0.1:${port}/api/v1/healthcheck`, api)).status).toBe(200);
      await api.stop();
    });

    it.each([
      ["APP_ENV", { PORT: "3000", HOST_NAME: "127.0.0.1", ...REDIS }],
      ["PORT", { APP_ENV: "local", PORT: "70000", HOST_NAME: "127.0.0.1", ...REDIS }],
      ["HOST_NAME", { APP_ENV: "local", PORT: "3000", ...REDIS }],
      ["CACHE_REDIS_URL", { APP_ENV: "local", PORT: "3000", HOST_NAME: "127.0.0.1" }],
    ])("exits with 1 and says so when %s is wrong", async (name, env) => {
      await workspace.remove("modules/app/.env.yml");
      const options = { cwd: "modules/app", env, expect: "failure", timeout: 20_000 } as const;
      const { code, stderr } = await workspace.run(["bun", "src/index.ts"], options);
      expect(code).toBe(1);
      expect(stderr).toContain(name);
    });
  });
});

describe("the local registry", () => {
  it.each(["@ooneex/app", "@talosjs/app", "@ooneex/nx"])("serves %s", async (name) => {
    const answer = await fetch(host.registry + name.replace("/", "%2f"));
    expect(answer.status).toBe(200);
  });
});
