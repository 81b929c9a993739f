import { logger, type Tree } from "@nx/devkit";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { createComposedWorkspace, REGISTRIES } from "../../testing/composed-workspace.js";
import { createTerminal } from "../../testing/fake-terminal.js";
import { expectIdempotent, expectRefusal, flush, readChanges, readFiles } from "../../testing/fake-workspace.js";
import { inlineGenerator } from "../inline/generator.js";
import { moduleGenerator } from "../module/generator.js";
import { microserviceRemoveGenerator } from "../microservice-remove/generator.js";
import { extractGenerator } from "./generator.js";
import type { ExtractOptions } from "./schema.js";

const MODULE = "modules/billing/src/BillingModule.ts";
const APP = "modules/app/src/AppModule.ts";
const BAD_APP = `${REGISTRIES[APP]}export const controllers = [...BillingModule.controllers];\n`;

async function createWorkspaceWithBilling(files: Readonly<Record<string, string | undefined>> = {}): Promise<Tree> {
  const tree = createComposedWorkspace();
  for (const name of ["ads", "billing", "orders"]) await moduleGenerator(tree, { name });
  for (const [path, text] of Object.entries(files)) if (text === undefined) tree.delete(path);
    else tree.write(path, text);
  return flush(tree);
}

const extract = (options: Partial<ExtractOptions> = {}) => (tree: Tree) => extractGenerator(tree, { name: "billing", ...options });

beforeEach(() => {
  vi.spyOn(logger, "info").mockReturnValue();
});

afterEach(() => {
  vi.restoreAllMocks();
});

describe("extract", () => {
  it("gives the module what a service owns, declares it, and keeps its code", async () => {
    const tree = await createWorkspaceWithBilling({ "modules/billing/src/Invoice.ts": "export class Invoice {}\n" });
    const before = readFiles(tree);
    await extract()(tree);
    const changes = readChanges(before, readFiles(tree));
    expect(Object.keys(changes)).toEqual(
      [
        ...[".env.example.yml", ".env.yml", "Dockerfile", "billing.yml", "roles.yml"].map((path) => `modules/billing/${path}`),
        ...["BillingModule.ts", "OnAppStart.ts", "controllers/HealthController.ts", "index.ts", "middlewares/DrainMiddleware.ts"].map((path) => `modules/billing/src/${path}`),
        "modules/app/.env.yml",
        "modules/app/app.yml",
        ...Object.keys(REGISTRIES),
      ].sort(),
    );
    expect(changes[APP]).not.toContain("Billing");
    expect(changes[APP]).toContain("...AdsModule.controllers, ...OrdersModule.controllers]");
    expect(changes["modules/shared/src/SharedModule.ts"]).toContain("entities: [...AdsModule.entities, ...OrdersModule.entities]");
    expect(changes["modules/billing/billing.yml"]).toMatch(/^type: "microservice"\nport: 3001 #/);
    expect(changes["modules/app/app.yml"]).toContain("MICROSERVICE_BILLING_URL");
    expect(changes[MODULE]).toContain("  controllers: [HealthController],\n");
    expect(changes[MODULE]).toContain("  middlewares: [DrainMiddleware],\n");
    expect(changes[MODULE]).toContain('import { HealthController } from "./controllers/HealthController";\nimport { DrainMiddleware } from "./middlewares/DrainMiddleware";\n');
  });

  it("changes nothing when it runs again", async () => {
    await expectIdempotent(await createWorkspaceWithBilling(), extract());
  });

  it("takes the port that the manifest names, unless it is given one", async () => {
    const manifest = { "modules/billing/billing.yml": "type: module\nport: 4100\n" };
    const tree = await createWorkspaceWithBilling(manifest);
    await extract()(tree);
    expect(tree.read("modules/billing/.env.example.yml", "utf8")).toContain("port: 4100");
  });

  it("makes a service that microservice-remove takes for untouched, but for its spec", async () => {
    const tree = await createWorkspaceWithBilling();
    await extract({ healthPath: "/live", port: 4200 })(tree);
    const error = { code: "FILES_CHANGED", where: "modules/billing/tests/BillingModule.spec.ts" };
    await expectRefusal(flush(tree), (next) => microserviceRemoveGenerator(next, { name: "billing" }, createTerminal("", {}, false)), error);
  });

  it.each([
    ["nothing", { name: "shop" }, {}, { code: "MODULE_MISSING" }],
    ["the app", { name: "app" }, {}, { code: "NAME_RESERVED" }],
    ["a module of another kind", {}, { "modules/billing/billing.yml": "type: spa\n" }, { code: "NOT_A_MODULE" }],
    ["a port that is taken", { port: 3000 }, {}, { code: "PORT_TAKEN" }],
    ["a module without its file", {}, { [MODULE]: undefined }, { code: "MODULE_FILE_MISSING", where: MODULE }],
    [
      "a module that takes its middlewares from elsewhere",
      {},
      { [MODULE]: "export const BillingModule = {\n  controllers: [],\n  middlewares: shared,\n};\n" },
      { code: "MODULE_FILE_UNSUPPORTED", where: `${MODULE}:3` },
    ],
    [
      "a barrel where the entrypoint belongs",
      {},
      { "modules/billing/src/index.ts": "export {};\n", "modules/billing/roles.yml": "roles: {}\n" },
      { code: "SERVICE_FILES_EXIST", where: "modules/billing/roles.yml, modules/billing/src/index.ts" },
    ],
    [
      "a module whose internals others import",
      {},
      {
        "modules/orders/src/a.ts": 'import type { Invoice } from "@module/billing/Invoice";\n\nexport { x } from "../../billing/src/x";\n',
        "modules/app/tests/b.spec.ts": 'await import("@module/billing/BillingModule");\n',
      },
      {
        code: "INTERNALS_IMPORTED",
        where: "modules/app/tests/b.spec.ts:1, modules/orders/src/a.ts:1, modules/orders/src/a.ts:3",
      },
    ],
    [
      "a module that AppModule uses in another way",
      {},
      { [APP]: `import { BillingModule } from "@module/billing/BillingModule";\n${BAD_APP}` },
      { code: "MODULE_FILE_UNSUPPORTED", where: `${APP}:13` },
    ],
    [
      "a module whose datastore would have the name of a service",
      {},
      { "modules/billing-postgres/billing-postgres.yml": 'type: "microservice"\nport: 4010\n' },
      { code: "NAME_CLASH", where: "name" },
    ],
    ["an app.yml that has to be mended", {}, { "modules/app/app.yml": "a: [\n" }, { code: "APP_YML_INVALID" }],
  ])("refuses %s before it writes anything", async (_title, options, files, error) => {
    await expectRefusal(await createWorkspaceWithBilling(files), extract(options), error);
  });
});

describe("extract, then inline", () => {
  const crlf = (texts: object): Record<string, string> =>
    Object.fromEntries(Object.entries(texts).map(([path, text]) => [path, String(text).replaceAll("\n", "\r\n")]));

  it.each([
    ["as it comes", {}],
    ["code of its own", { [MODULE]: 'import { A } from "./A";\n\nexport const BillingModule = {\n  controllers: [\n    A, // first\n  ],\n  middlewares: [A, /* last */ B],\n};\n' }],
    ["a manifest with other keys", { "modules/billing/billing.yml": "# Bills\ntype: module # ours\nlocales: [en]\n" }],
    ["no shared module", { "modules/shared/src/SharedModule.ts": undefined }],
    ["Windows line endings", crlf({ "modules/billing/billing.yml": 'type: "module"\n', "modules/app/app.yml": "type: api\n" })],
  ])("leave no trace of a module with %s", async (_title, files) => {
    const tree = await createWorkspaceWithBilling(files);
    const before = readFiles(tree);
    await extract({ healthPath: "/live", port: 4200 })(tree);
    const extracted = flush(tree);
    await inlineGenerator(extracted, { name: "BillingModule" }, createTerminal("", {}, false));
    expect(readChanges(before, readFiles(extracted))).toEqual({});
  });

  it.each(["ads", "billing", "orders"])("put %s back in its place among the modules", async (name) => {
    const tree = await createWorkspaceWithBilling();
    const before = readFiles(tree);
    await extractGenerator(tree, { name });
    await inlineGenerator(tree, { name });
    expect(readChanges(before, readFiles(tree))).toEqual({});
  });

  it("put a module back behind the middleware that drains the app", async () => {
    const tree = await createWorkspaceWithBilling();
    const app = (tree.read(APP, "utf8") ?? "").replace("\n\n", '\nimport { DrainMiddleware } from "./middlewares/DrainMiddleware";\n\n');
    tree.write(APP, app.replace("middlewares: [", "middlewares: [DrainMiddleware, "));
    const before = readFiles(tree);
    await extractGenerator(tree, { name: "billing" });
    expect(tree.read(APP, "utf8")).toContain("middlewares: [DrainMiddleware, ...SharedModule.middlewares, ...AdsModule");
    await inlineGenerator(tree, { name: "billing" });
    expect(readChanges(before, readFiles(tree))).toEqual({});
  });
});
