import { logger, type Tree } from "@nx/devkit";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { createComposedWorkspace, REGISTRIES } from "../../testing/composed-workspace.js";
import { expectIdempotent, expectRefusal, flush, readChanges, readFiles } from "../../testing/fake-workspace.js";
import { moduleGenerator } from "./generator.js";
import type { ModuleOptions } from "./schema.js";

const MODULE_FILES = ["billing.yml", "package.json", "src/BillingModule.ts", "tests/BillingModule.spec.ts", "tsconfig.json"].map(
  (path) => `modules/billing/${path}`,
);

const generate = (options: Partial<ModuleOptions> = {}) => (tree: Tree) => moduleGenerator(tree, { name: "billing", ...options });

beforeEach(() => {
  vi.spyOn(logger, "info").mockReturnValue();
});

afterEach(() => {
  vi.restoreAllMocks();
});

describe("module", () => {
  it("writes the module, and enters it into the shared files", async () => {
    const tree = createComposedWorkspace();
    const before = readFiles(tree);
    await generate()(tree);
    const changes = readChanges(before, readFiles(tree));
    expect(Object.keys(changes)).toEqual([...MODULE_FILES, ...Object.keys(REGISTRIES), ".commitlintrc.ts", "tsconfig.json"].sort());
    expect(changes["modules/app/src/AppModule.ts"]).toBe(`import { BillingModule } from "@module/billing/BillingModule";
import { SharedModule } from "@module/shared/SharedModule";
import type { ModuleType } from "@ooneex/module";
import { HealthController } from "./controllers/HealthController";

export const AppModule: ModuleType = {
  controllers: [...SharedModule.controllers, HealthController, ...BillingModule.controllers],
  entities: [],
  middlewares: [...SharedModule.middlewares, ...BillingModule.middlewares],
  cronJobs: [...SharedModule.cronJobs, ...BillingModule.cronJobs],
  events: [...SharedModule.events, ...BillingModule.events],
};
`);
    expect(changes["modules/shared/src/SharedModule.ts"]).toContain("  entities: [...BillingModule.entities],\n");
    expect(changes["modules/billing/billing.yml"]).toBe('type: "module"\n');
    expect(changes["tsconfig.json"]).toContain('"@module/billing/*"');
  });

  it("takes any spelling, tags and the other framework", async () => {
    const tree = createComposedWorkspace();
    await generate({ name: " order_history Module", tags: ["team:a"], framework: "@talosjs" })(tree);
    expect(tree.read("modules/order-history/src/OrderHistoryModule.ts", "utf8")).toContain('from "@talosjs/module"');
    expect(tree.read("modules/order-history/package.json", "utf8")).toContain('"team:a"');
  });

  it("changes nothing when it runs again", async () => {
    await expectIdempotent(createComposedWorkspace(), generate());
  });

  it("leaves a module that a person worked on as it is", async () => {
    const tree = createComposedWorkspace();
    await generate()(tree);
    tree.write("modules/billing/src/BillingModule.ts", "// mine\n");
    await generate()(flush(tree));
    expect(tree.read("modules/billing/src/BillingModule.ts", "utf8")).toBe("// mine\n");
  });

  it("leaves a module alone whose name is one that it would refuse today", async () => {
    const tree = createComposedWorkspace();
    tree.write("modules/order-2/order-2.yml", "type: module\nname: order-2\n");
    await generate({ name: "order-2" })(tree);
    expect(tree.children("modules/order-2")).toEqual(["order-2.yml"]);
    expect(tree.read("tsconfig.json", "utf8")).not.toContain("order-2");
    await expect(generate({ name: "order-3" })(tree)).rejects.toMatchObject({ code: "NAME_AMBIGUOUS" });
  });

  it("imports by a path where there is no alias to import by", async () => {
    const tree = createComposedWorkspace({ "tsconfig.json": undefined });
    await generate()(tree);
    expect(tree.read("modules/app/src/AppModule.ts", "utf8")).toContain('import { BillingModule } from "../../billing/src/BillingModule";');
  });

  it("does what it can where there is no app", async () => {
    const tree = createComposedWorkspace({ "modules/app/src/AppModule.ts": undefined });
    await generate()(tree);
    expect(tree.exists("modules/app/src/AppModule.ts")).toBe(false);
    expect(tree.read("modules/shared/src/SharedModule.ts", "utf8")).toContain("...BillingModule.entities");
  });

  it.each([
    ["a reserved name", {}, { name: "shared" }, { code: "NAME_RESERVED" }],
    ["a name that leads out", {}, { name: "../x" }, { code: "NAME_ILLEGAL" }],
    ["the name of a service", { "modules/billing/billing.yml": "type: microservice\n" }, {}, { code: "MODULE_EXISTS" }],
    ["a folder of somebody's", { "modules/billing/notes.md": "" }, {}, { code: "MODULE_EXISTS" }],
    [
      "an AppModule that is put together elsewhere",
      { "modules/app/src/AppModule.ts": "\nexport const AppModule = make();\n" },
      {},
      { code: "MODULE_FILE_UNSUPPORTED", where: "modules/app/src/AppModule.ts:2" },
    ],
    [
      "a SharedModule that is no TypeScript",
      { "modules/shared/src/SharedModule.ts": "export const\n" },
      {},
      { code: "MODULE_FILE_INVALID" },
    ],
  ])("refuses %s before it writes anything", async (_title, files, options, error) => {
    await expectRefusal(createComposedWorkspace(files), generate(options), error);
  });
});
