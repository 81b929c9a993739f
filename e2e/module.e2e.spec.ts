import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { waitForAnswer } from "./process.js";
import { makeWorkspace } from "./workspace/make-workspace.js";
import type { Workspace } from "./workspace/workspace.js";

const host = inject("host");

const INVOICES = `import type { ContextType } from "@ooneex/controller";
import { Route } from "@ooneex/routing";
import { Assert } from "@ooneex/validation";

@Route.get("/invoices", { name: "invoices", version: 1, description: "Invoices", response: Assert({ count: "number" }), roles: [] })
export class InvoiceController {
  public index(context: ContextType<{ response: { count: number } }>) {
    return context.response.json({ count: 3 });
  }
}
`;

const ENV = "modules/app/.env.yml";
const MODULE = "modules/billing/src/BillingModule.ts";

/** What a service has and a module has not. */
const SERVICE_FILES = [
  ".env.example.yml",
  "Dockerfile",
  "roles.yml",
  "src/OnAppStart.ts",
  "src/controllers/HealthController.ts",
  "src/index.ts",
  "src/middlewares/DrainMiddleware.ts",
].map((path) => `modules/billing/${path}`);

/** Each step goes on from the one before, as a team does. */
describe("a module's life", () => {
  let workspace: Workspace;
  let empty: Record<string, string>;
  let composed: Record<string, string>;

  beforeAll(async () => {
    workspace = await makeWorkspace(host, { typescript: "7", framework: "@ooneex" });
    await workspace.run(["nx", "add", "@ooneex/nx"]);
    // Not 3000, which another workspace's app may have at the same time.
    await workspace.write(ENV, (await workspace.read(ENV)).replace("port: 3000", "port: 39210"));
    await workspace.commit("chore: add @ooneex/nx");
    empty = await workspace.tree();
  });

  afterAll(() => workspace.dispose());

  const generate = (...argv: string[]) => workspace.run(["nx", "g", ...argv, "--no-interactive"]);
  const test = () => workspace.run(["nx", "run-many", "-t", "test", "--projects=app,shared,billing"]);

  it("is created as a part of the app, and every test passes", async () => {
    await generate("@ooneex/nx:module", "billing");
    expect(await workspace.read("modules/app/src/AppModule.ts")).toContain("...BillingModule.controllers");
    await test();
    await workspace.run(["tsc", "--noEmit"], { cwd: "modules/app" });
    const created = await workspace.tree();
    await generate("@ooneex/nx:module", "billing");
    expect(await workspace.tree()).toEqual(created);
    await workspace.commit("feat(billing): a module");
  });

  it("is served by the app", async () => {
    await workspace.write("modules/billing/src/controllers/InvoiceController.ts", INVOICES);
    const text = await workspace.read(MODULE);
    await workspace.write(
      MODULE,
      text
        .replace("controllers: []", "controllers: [InvoiceController]")
        .replace("\n\n", '\nimport { InvoiceController } from "./controllers/InvoiceController";\n\n'),
    );
    await workspace.commit("feat(billing): invoices");
    composed = await workspace.tree();
    const server = workspace.start(["nx", "serve", "app"]);
    const answer = await waitForAnswer("http://localhost:39210/api/v1/invoices", server);
    expect(await answer.json()).toMatchObject({ data: { count: 3 } });
    await server.stop("SIGINT");
  });

  it("stays where another module imports it, and the line is named", async () => {
    await workspace.write("modules/shared/src/uses.ts", '\nexport { InvoiceController } from "@module/billing/controllers/InvoiceController";\n');
    const before = await workspace.tree();
    for (const generator of ["extract", "module-remove"]) {
      const { stdout, stderr } = await workspace.run(["nx", "g", `@ooneex/nx:${generator}`, "billing", "--no-interactive"], {
        expect: "failure",
      });
      expect(stdout + stderr).toMatch(/where: +modules\/shared\/src\/uses\.ts:2$/m);
      expect(await workspace.tree()).toEqual(before);
    }
    await workspace.remove("modules/shared/src/uses.ts");
  });

  it("is extracted: a service of its own that boots, tests and bundles", async () => {
    await generate("@ooneex/nx:extract", "billing", "--port=39211");
    const changed = (await workspace.gitStatus()).split("\n").map((line) => line.slice(3)).filter((line) => line !== "");
    expect(changed.sort()).toEqual(
      [
        ...SERVICE_FILES,
        "modules/app/app.yml",
        "modules/app/src/AppModule.ts",
        "modules/billing/billing.yml",
        MODULE,
        "modules/shared/src/SharedModule.ts",
      ].sort(),
    );
    await test();
    await workspace.run(["tsc", "--noEmit"], { cwd: "modules/billing" });
    await workspace.run(["nx", "build", "billing"]);
    const server = workspace.start(["nx", "serve", "billing"]);
    const answer = await waitForAnswer("http://localhost:39211/api/v1/invoices", server);
    expect(await answer.json()).toMatchObject({ data: { count: 3 } });
    expect((await fetch("http://localhost:39211/api/v1/healthcheck")).status).toBe(200);
    await server.stop("SIGINT");
    await workspace.remove("modules/billing/dist");

    const extracted = await workspace.tree();
    await generate("@ooneex/nx:extract", "billing");
    expect(await workspace.tree()).toEqual(extracted);
  });

  it("is inlined: every byte is what it was", async () => {
    await generate("@ooneex/nx:inline", "billing");
    expect(await workspace.gitStatus()).toBe("");
    expect(await workspace.tree()).toEqual(composed);
    await test();
  });

  it("is removed without a trace", async () => {
    await generate("@ooneex/nx:module-remove", "billing", "--force");
    expect(await workspace.tree()).toEqual(empty);
    await workspace.run(["nx", "run-many", "-t", "test", "--projects=app,shared"]);
  });

  it("a service that was born as one is inlined, too, and its tests pass", async () => {
    await generate("@ooneex/nx:microservice", "billing");
    await generate("@ooneex/nx:inline", "billing");
    await test();
    const inlined = await workspace.tree();
    await generate("@ooneex/nx:module-remove", "billing");
    expect(await workspace.tree()).toEqual(empty);
    await generate("@ooneex/nx:module", "billing");
    expect(await workspace.tree()).toEqual(inlined);
  });
});
