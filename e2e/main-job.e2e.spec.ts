import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { engineSuite } from "./engine-suite.js";
import { borrowTags } from "./image/borrow-tags.js";
import { makeWorkspace } from "./workspace/make-workspace.js";
import type { WorkspaceOptions } from "./workspace/manifest.js";
import type { Workspace } from "./workspace/workspace.js";

const host = inject("host");

/** Each Nx and each TypeScript that the plugin supports; Nx 22 reads the lockfile of Bun 1.3, and not that of 1.4. */
const KINDS: WorkspaceOptions[] = [
  { nx: "23.2", typescript: "5.9" },
  { nx: "23.2", typescript: "6" },
  { nx: "23.2", typescript: "7" },
  { nx: "22.7", typescript: "5.9", bun: "1.3" },
  { nx: "24.0", typescript: "7" },
];

const CONTROLLER = "modules/billing/src/controllers/HealthController.ts";

describe.each(KINDS)("the main job on Nx $nx with TypeScript $typescript", (kind) => {
  let workspace: Workspace;

  beforeAll(async () => {
    workspace = await makeWorkspace(host, kind);
  });

  afterAll(() => workspace.dispose());

  const nx = (...argv: string[]) => workspace.run(["nx", ...argv]);

  it("nx add @ooneex/nx sets the workspace up and says why", async () => {
    const { stdout } = await nx("add", "@ooneex/nx");
    expect(stdout).toContain('projectsAffectedByDependencyUpdates to "auto"');
    expect(JSON.parse(await workspace.read("nx.json"))).toMatchObject({
      plugins: ["@ooneex/nx"],
      pluginsConfig: { "@nx/js": { projectsAffectedByDependencyUpdates: "auto" } },
    });
    expect(await workspace.read(".dockerignore")).toMatch(/^\.git$[^]*node_modules[^]*\*\*\/\.env\.\*/m);
    await workspace.commit("chore: add @ooneex/nx");
  });

  it("running it again changes nothing", async () => {
    const before = await workspace.tree();
    await nx("g", "@ooneex/nx:init");
    expect(await workspace.tree()).toEqual(before);
  });

  it("nx g @ooneex/nx:microservice billing declares the service to the app", async () => {
    await nx("g", "@ooneex/nx:microservice", "billing");
    await nx("g", "@ooneex/nx:microservice", "notifications");
    expect(await workspace.read("modules/app/app.yml")).toContain(
      'microservices:\n  - name: "billing"\n    url: MICROSERVICE_BILLING_URL\n  - name: "notifications"',
    );
    expect(await workspace.read("modules/app/.env.yml")).toMatch(/microservice:\n {2}billing:\n {4}url: "http:\/\/localhost:3001"/);
    expect(await workspace.read("modules/notifications/notifications.yml")).toContain("port: 3002");
    await workspace.write(CONTROLLER, `export * as ids from "@module/shared/identifiers";\n${await workspace.read(CONTROLLER)}`);
    await workspace.commit("feat: billing and notifications");
  });

  it("the port survives a clone, which has no .env.yml", async () => {
    await workspace.run(["git", "clean", "--quiet", "-fdX", "--exclude=!node_modules", "modules"]);
    expect(workspace.exists("modules/billing/.env.yml")).toBe(false);
    const { stdout } = await nx("g", "@ooneex/nx:microservice", "payments", "--dry-run");
    expect(stdout).toContain("CREATE modules/payments/payments.yml");
    await nx("g", "@ooneex/nx:microservice", "payments");
    expect(await workspace.read("modules/payments/payments.yml")).toContain("port: 3003");
    await nx("g", "@ooneex/nx:microservice-remove", "payments", "--no-interactive");
    expect(await workspace.gitStatus()).toBe("");
  });

  it("nx affected -t docker-build builds the service that changed, and no other", async () => {
    await workspace.write(CONTROLLER, (await workspace.read(CONTROLLER)).replace('"ok"', '"changed"'));
    const { stdout } = await nx("affected", "-t", "docker-build", "--base=HEAD", "--dry-run", "--engine=docker", "--output-style=stream");
    expect(stdout.match(/docker buildx build .*/g)).toEqual([
      expect.stringMatching(/^docker buildx build --file \.nx\/ooneex\/billing-[0-9a-f]{16}\/Dockerfile --target production --tag billing:latest .* --load \.$/),
    ]);
  });

  it("the graph leads from the service to what it imports", async () => {
    await nx("graph", "--file=graph.json");
    const { graph } = JSON.parse(await workspace.read("graph.json")) as {
      graph: { dependencies: Record<string, { target: string }[]> };
    };
    await workspace.remove("graph.json");
    expect(graph.dependencies["@module/billing"]?.map(({ target }) => target)).toContain("@module/shared");
    expect(graph.dependencies["@module/notifications"]?.map(({ target }) => target)).not.toContain("@module/shared");
    expect(graph.dependencies["@module/app"]?.map(({ target }) => target)).not.toContain("@module/billing");
  });

  engineSuite("nx docker-build billing", ({ kind: engine }) => {
    const run = async (...argv: string[]): Promise<string> => (await promisify(execFile)(engine, argv)).stdout.trim();
    const image = "billing:latest";

    let giveBack: Awaited<ReturnType<typeof borrowTags>>;

    beforeAll(async () => {
      giveBack = await borrowTags(engine, ["billing:latest", "notifications:latest", "payments:latest"]);
    });

    afterAll(() => giveBack());

    it("after nx affected -t docker-build has passed over the app, which has no Dockerfile", async () => {
      await nx("g", "@ooneex/nx:microservice", "payments");
      const services = ["app", "payments"].map((name) => `nx run @module/${name}:docker-build`);
      const { stdout } = await nx("affected", "-t", "docker-build", "--base=HEAD", "--network=host", "--output-style=stream");
      for (const service of services) expect(stdout).toContain(service);
      expect(stdout).toContain("There is no modules/app/Dockerfile");
      await nx("g", "@ooneex/nx:microservice-remove", "payments", "--no-interactive");
    });

    it("makes an image that becomes healthy", async () => {
      await nx("docker-build", "billing", "--network=host");
      const environment = ["APP_ENV=production", "CACHE_REDIS_URL=redis://127.0.0.1", "RATE_LIMIT_REDIS_URL=redis://127.0.0.1"];
      const id = await run("run", "--detach", "--rm", ...environment.flatMap((variable) => ["--env", variable]), image);
      try {
        await expect.poll(() => run("inspect", "--format", "{{.State.Health.Status}}", id), { timeout: 30_000 }).toBe("healthy");
      } finally {
        await run("rm", "--force", id);
      }
    });
  });
});
