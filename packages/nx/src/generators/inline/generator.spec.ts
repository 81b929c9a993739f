import { logger, type Tree } from "@nx/devkit";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { createComposedWorkspace } from "../../testing/composed-workspace.js";
import { createTerminal } from "../../testing/fake-terminal.js";
import { expectIdempotent, expectRefusal, flush, readChanges, readFiles } from "../../testing/fake-workspace.js";
import { microserviceGenerator } from "../microservice/generator.js";
import { moduleGenerator } from "../module/generator.js";
import { inlineGenerator } from "./generator.js";

async function createWorkspaceWithService(files: Readonly<Record<string, string>> = {}): Promise<Tree> {
  const tree = createComposedWorkspace();
  await microserviceGenerator(tree, { name: "billing" });
  for (const [path, text] of Object.entries(files)) tree.write(path, text);
  return flush(tree);
}

const inline =
  (terminal = createTerminal("", {}, false), name = "billing") =>
  (tree: Tree) =>
    inlineGenerator(tree, { name }, terminal);

beforeEach(() => {
  vi.spyOn(logger, "info").mockReturnValue();
});

afterEach(() => {
  vi.restoreAllMocks();
});

describe("inline", () => {
  it("makes of a generated service the module that the generator module makes", async () => {
    const tree = await createWorkspaceWithService();
    await inline()(tree);
    const module = createComposedWorkspace();
    await moduleGenerator(module, { name: "billing" });
    expect(readChanges(readFiles(module), readFiles(tree))).toEqual({});
  });

  it("changes nothing when it runs again", async () => {
    await expectIdempotent(await createWorkspaceWithService(), inline());
  });

  it("keeps the code, the tests and the other keys of the manifest", async () => {
    const own = {
      "modules/billing/billing.yml": "type: microservice\nport: 3001\nlocales: [en]\n",
      "modules/billing/src/Invoice.ts": "export class Invoice {}\n",
      "modules/billing/tests/BillingModule.spec.ts": "// mine\n",
    };
    const tree = await createWorkspaceWithService(own);
    await inline()(tree);
    expect(readFiles(tree)).toMatchObject({ ...own, "modules/billing/billing.yml": "type: module\nlocales: [en]\n" });
  });

  it("asks before it deletes what a person wrote, and deletes it with --force", async () => {
    const own = { "modules/billing/.env.yml": "app:\n  port: 3001\nstripe:\n  key: secret\n", "modules/billing/roles.yml": "roles: {}\n" };
    const error = { code: "FILES_CHANGED", where: "modules/billing/.env.yml, modules/billing/roles.yml" };
    const tree = await createWorkspaceWithService(own);
    await expectRefusal(tree, inline(), error);
    await expectRefusal(tree, inline(createTerminal("n\n")), error);
    await inlineGenerator(tree, { name: "billing", force: true });
    expect(tree.exists("modules/billing/roles.yml")).toBe(false);
    expect(tree.exists("modules/billing/src/BillingModule.ts")).toBe(true);
  });

  it.each([
    ["its URL is used", "modules/app/src/client.ts", "\nexport const url = process.env.MICROSERVICE_BILLING_URL;\n", [2]],
    ["its own code uses the entrypoint", "modules/billing/src/x.ts", 'import "./index";\nimport { OnAppStart } from "./OnAppStart.ts";\n', [1, 2]],
    ["its own code uses the folder as entrypoint", "modules/billing/tests/x.spec.ts", 'await import("../src");\n', [1]],
    ["its tests name the health controller", "modules/billing/tests/BillingModule.spec.ts", '\n\nexpect(names).toContain("HealthController");\n', [3]],
    ["its tests name the middleware that drains it", "modules/billing/tests/BillingModule.spec.ts", '\nexpect(names).toContain("DrainMiddleware");\n', [2]],
    ["another module imports its entrypoint", "modules/shared/src/x.ts", 'import { OnAppStart } from "@module/billing/OnAppStart";\n', [1]],
  ])("refuses where %s, and names the lines", async (_title, path, text, lines) => {
    const error = { code: "SERVICE_IN_USE", where: lines.map((line) => `${path}:${line}`).join(", ") };
    await expectRefusal(await createWorkspaceWithService({ [path]: text }), inline(), error);
  });

  it.each([
    ["nothing", {}, "shop", { code: "MODULE_MISSING" }],
    ["the app", {}, "app", { code: "NAME_RESERVED" }],
    ["a module of another kind", { "modules/billing/billing.yml": "type: spa\n" }, "billing", { code: "NOT_A_MICROSERVICE" }],
    [
      "a service while AppModule has to be mended",
      { "modules/app/src/AppModule.ts": "export const AppModule = make();\n" },
      "billing",
      { code: "MODULE_FILE_UNSUPPORTED" },
    ],
  ])("refuses %s before it writes anything", async (_title, files, name, error) => {
    await expectRefusal(await createWorkspaceWithService(files), inline(undefined, name), error);
  });
});
