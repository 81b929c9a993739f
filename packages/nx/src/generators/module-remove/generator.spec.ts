import { logger, type Tree } from "@nx/devkit";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { createComposedWorkspace, REGISTRIES } from "../../testing/composed-workspace.js";
import { createTerminal } from "../../testing/fake-terminal.js";
import { expectRefusal, flush, readChanges, readFiles } from "../../testing/fake-workspace.js";
import { moduleGenerator } from "../module/generator.js";
import { moduleRemoveGenerator } from "./generator.js";

const CRLF = Object.fromEntries(Object.entries(REGISTRIES).map(([path, text]) => [path, text.replaceAll("\n", "\r\n")]));

async function createWorkspaceWithBilling(files: Readonly<Record<string, string>> = {}): Promise<Tree> {
  const tree = createComposedWorkspace();
  await moduleGenerator(tree, { name: "billing" });
  for (const [path, text] of Object.entries(files)) tree.write(path, text);
  return flush(tree);
}

const remove =
  (terminal = createTerminal("", {}, false)) =>
  (tree: Tree) =>
    moduleRemoveGenerator(tree, { name: "billing" }, terminal);

beforeEach(() => {
  vi.spyOn(logger, "info").mockReturnValue();
});

afterEach(() => {
  vi.restoreAllMocks();
});

describe("module, then module-remove", () => {
  it.each([
    ["every shared file", {}],
    ["CRLF", CRLF],
    ["no tsconfig", { "tsconfig.json": undefined }],
    ["no app", { "modules/app/src/AppModule.ts": undefined }],
    ["neither app nor shared", { "modules/app/src/AppModule.ts": undefined, "modules/shared/src/SharedModule.ts": undefined }],
    ["no commitlint", { ".commitlintrc.ts": undefined }],
  ])("leave no trace in a workspace with %s", async (_title, files) => {
    const tree = createComposedWorkspace(files);
    const before = readFiles(tree);
    await moduleGenerator(tree, { name: "billing", tags: ["a"], framework: "@talosjs" });
    const created = flush(tree);
    await moduleRemoveGenerator(created, { name: "BillingModule" });
    expect(readChanges(before, readFiles(created))).toEqual({});
  });

  it("undo several modules in any order", async () => {
    const tree = createComposedWorkspace();
    const before = readFiles(tree);
    for (const name of ["orders", "billing", "zoo", "ads"]) await moduleGenerator(tree, { name });
    for (const name of ["billing", "ads", "orders", "zoo"]) await moduleRemoveGenerator(tree, { name });
    expect(readChanges(before, readFiles(tree))).toEqual({});
  });
});

describe("module-remove", () => {
  it.each([
    ["nothing", "shop", { code: "MODULE_MISSING", where: "modules/shop" }],
    ["a reserved name", "shared", { code: "NAME_RESERVED" }],
  ])("refuses %s", async (_title, name, error) => {
    await expectRefusal(await createWorkspaceWithBilling(), (tree) => moduleRemoveGenerator(tree, { name }), error);
  });

  it("refuses a service", async () => {
    const tree = createComposedWorkspace({ "modules/billing/billing.yml": "type: microservice\n" });
    await expectRefusal(tree, remove(), { code: "NOT_A_MODULE" });
  });

  it("refuses where other modules import it, and names the lines", async () => {
    const tree = await createWorkspaceWithBilling({
      "modules/app/src/a.ts": '\nimport { x } from "@module/billing/x";\nexport * from "../../billing/src/y";\n',
      "modules/app/package.json": '{ "dependencies": { "@module/billing": "*" } }',
    });
    await expectRefusal(tree, remove(), {
      code: "MODULE_IMPORTED",
      where: "modules/app/package.json, modules/app/src/a.ts:2, modules/app/src/a.ts:3",
    });
    await moduleRemoveGenerator(tree, { name: "billing", force: true });
    expect(tree.exists("modules/billing")).toBe(false);
  });

  it("refuses where AppModule uses it in another way, and names the line", async () => {
    const tree = await createWorkspaceWithBilling();
    const path = "modules/app/src/AppModule.ts";
    tree.write(path, `${tree.read(path, "utf8")}export const billing = BillingModule;\n`);
    await expectRefusal(flush(tree), remove(), { code: "MODULE_FILE_UNSUPPORTED", where: `${path}:13` });
  });

  it("asks before it deletes what a person wrote", async () => {
    const own = "modules/billing/src/Invoice.ts";
    const tree = await createWorkspaceWithBilling({ [own]: "" });
    await expectRefusal(tree, remove(), { code: "FILES_CHANGED", where: own });
    await expectRefusal(tree, remove(createTerminal("n\n")), { code: "FILES_CHANGED" });
    await remove(createTerminal("y\n"))(tree);
    expect(tree.exists("modules/billing")).toBe(false);
  });
});
