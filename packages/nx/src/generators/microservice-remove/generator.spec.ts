import type { Tree } from "@nx/devkit";
import { describe, expect, it } from "vitest";
import { createTerminal } from "../../testing/fake-terminal.js";
import { createWorkspace, expectRefusal, flush, readChanges, readFiles } from "../../testing/fake-workspace.js";
import type { Terminal } from "../confirm-loss.js";
import { microserviceGenerator } from "../microservice/generator.js";
import { microserviceRemoveGenerator } from "./generator.js";

const INDEX = "modules/billing/src/index.ts";

type FilesWithGaps = Parameters<typeof createWorkspace>[0];

/** A workspace with billing, and whatever is written after it. */
async function createWorkspaceWithBilling(files: FilesWithGaps = {}): Promise<Tree> {
  const tree = createWorkspace();
  await microserviceGenerator(tree, { name: "billing" });
  for (const [path, text] of Object.entries(files)) tree.write(path, text ?? "");
  return flush(tree);
}

const remove =
  (name = "billing", terminal: Terminal = createTerminal("", {}, false)) =>
  (tree: Tree) =>
    microserviceRemoveGenerator(tree, { name }, terminal);

const exists = (tree: Tree): boolean =>
  Object.keys(readFiles(tree)).some((path) => path.startsWith("modules/billing/"));

describe("microservice-remove", () => {
  it("takes any spelling of the name", async () => {
    const tree = createWorkspace();
    const before = readFiles(tree);
    await microserviceGenerator(tree, { name: "order history" });
    await microserviceRemoveGenerator(tree, { name: "OrderHistoryModule" });
    expect(readChanges(before, readFiles(tree))).toEqual({});
  });

  describe("refuses, and leaves the workspace as it was,", () => {
    it.each([
      ["nothing", {}, "billing", { code: "MODULE_MISSING", where: "modules/billing" }],
      ["a reserved name", {}, "app", { code: "NAME_RESERVED" }],
      ["a hostile name", {}, "../modules", { code: "NAME_ILLEGAL" }],
      ["no name", {}, "module", { code: "NAME_EMPTY" }],
      [
        "a regular module",
        { "modules/billing/billing.yml": "type: module\n" },
        "billing",
        { code: "NOT_A_MICROSERVICE", what: "billing is a module of type module, not a microservice" },
      ],
      [
        "a folder without a manifest",
        { "modules/billing/roles.yml": "" },
        "billing",
        { code: "NOT_A_MICROSERVICE", what: "billing is a folder without a manifest, not a microservice" },
      ],
    ])("what is %s", async (_title, files, name, error) => {
      await expectRefusal(createWorkspace(files), remove(name), error);
    });

    it("a service while a shared file has to be mended first", async () => {
      const tree = await createWorkspaceWithBilling({ "modules/app/app.yml": "a: [\n" });
      await expectRefusal(tree, remove(), { code: "APP_YML_INVALID" });
    });
  });

  describe("what shared files say of it", () => {
    it("asks before a URL goes that a person set", async () => {
      const env = 'microservice:\n  billing:\n    url: "https://billing.example.com"\n';
      const tree = await createWorkspaceWithBilling({ "modules/app/.env.yml": env });
      await expectRefusal(tree, remove(), {
        code: "FILES_CHANGED",
        where: "modules/app/.env.yml (MICROSERVICE_BILLING_URL)",
      });
    });

    it("leaves a variable that another service is declared with", async () => {
      const declaration = (name: string): string => `  - name: ${name}\n    url: GATEWAY_URL\n`;
      const tree = await createWorkspaceWithBilling({
        "modules/app/app.yml": `microservices:\n${declaration("billing")}${declaration("other")}`,
        "modules/app/.env.yml": "gateway_url: http://localhost:3001\n",
      });
      await remove()(tree);
      expect(readFiles(tree)).toMatchObject({
        "modules/app/app.yml": `microservices:\n${declaration("other")}`,
        "modules/app/.env.yml": "gateway_url: http://localhost:3001\n",
      });
    });
  });

  it("takes Windows' line endings for no change of a person", async () => {
    const tree = await createWorkspaceWithBilling();
    for (const [path, text] of Object.entries(readFiles(tree, "modules/billing"))) {
      tree.write(path, text.replaceAll("\n", "\r\n"));
    }
    await remove()(tree);
    expect(exists(tree)).toBe(false);
  });

  it("takes an environment that was copied from the example for no change of a person", async () => {
    const tree = await createWorkspaceWithBilling();
    const example = tree.read("modules/billing/.env.example.yml", "utf8") ?? "";
    expect(tree.read("modules/billing/.env.yml", "utf8")).not.toBe(example);
    tree.write("modules/billing/.env.yml", example);
    await remove()(tree);
    expect(exists(tree)).toBe(false);
  });

  describe("a service that others import", () => {
    it.each([
      ["by its alias", "modules/app/src/client.ts", 'import type { Invoice } from "@module/billing/types";'],
      ["by its alias, again exported", "modules/app/src/client.ts", 'export * from "@module/billing/types";'],
      [
        "by its alias, when the line runs",
        "modules/app/src/client.js",
        'const { a } = await import("@module/billing/a");',
      ],
      ["by a relative path", "modules/app/src/client.tsx", 'import { a } from "../../billing/src/a";'],
      ["by a relative path from the root", "scripts/seed.mts", 'import "../modules/billing/src/seed.ts";'],
      ["by another alias", "modules/app/src/client.ts", 'import { a } from "#money/a";'],
      ["by an alias for all modules", "modules/app/src/client.ts", 'import { a } from "#any/billing/src/a";'],
      ["as its package", "libs/x/src/index.cjs", 'const billing = require("@module/billing");'],
      ["as a dependency", "modules/app/package.json", '{ "dependencies": { "@module/billing": "workspace:*" } }'],
      ["as a dependency of the root", "package.json", '{ "devDependencies": { "@module/billing": "*" } }'],
      ["from a folder called like an output", "modules/app/src/coverage/client.ts", 'import "@module/billing/a";'],
    ])("%s stays, and %s is named", async (_title, file, text) => {
      const tsconfig = '{ "compilerOptions": { "paths": { "#money/*": ["modules/billing/src/*"], "#any/*": ["modules/*"] } } }';
      const tree = await createWorkspaceWithBilling({ "tsconfig.json": tsconfig, [file]: text });
      await expectRefusal(tree, remove(), { code: "MODULE_IMPORTED", where: file });
      await microserviceRemoveGenerator(tree, { name: "billing", force: true });
      expect(exists(tree)).toBe(false);
    });

    it.each([
      ["a mention in a string", "modules/app/src/client.ts", 'const name = "@module/billing/a";'],
      [
        "a mention in a comment",
        "modules/app/src/client.ts",
        '// import "@module/billing/a";\n/* from "@module/billing" */',
      ],
      [
        "a module whose name starts so",
        "modules/app/src/client.ts",
        'import "@module/billing-extra/a";\nimport "../../billing-extra/a";',
      ],
      [
        "another package's folder of that name",
        "modules/app/src/client.ts",
        'import "./billing";\nimport "lodash/billing";',
      ],
      ["the service itself", "modules/billing/src/BillingModule.ts", undefined],
      ["an installed package", "node_modules/x/index.js", 'require("@module/billing")'],
      ["a build output", "modules/app/dist/index.js", 'import "@module/billing/a";'],
      [
        "a package of a similar name",
        "modules/app/package.json",
        '{ "dependencies": { "@module/billing-extra": "*" } }',
      ],
      ["a package.json that is none", "libs/x/files/package.json", '{ "name": "billing", <%= rest %> }'],
      ["a text", "README.md", 'import "@module/billing/a";'],
    ])("is not one for %s", async (_title, file, text) => {
      const tree = await createWorkspaceWithBilling(text === undefined ? {} : { [file]: text });
      await remove()(tree);
      expect(exists(tree)).toBe(false);
    });
  });

  describe("a service with files of a person's", () => {
    const OWN = { [INDEX]: "// mine\n", "modules/billing/src/Invoice.ts": "", "modules/billing/src/dist/x.ts": "" };
    const PATHS = ["modules/billing/src/Invoice.ts", "modules/billing/src/dist/x.ts", INDEX].sort();

    const sortPaths = (error: unknown): string[] => (error as { where: string }).where.split(", ").sort();

    it.each([
      ["--no-interactive", { NX_INTERACTIVE: "false" }, true],
      ["CI", { CI: "true" }, true],
      ["no terminal", {}, false],
    ])("stays with %s, and they are named", async (_title, env, isTTY) => {
      const tree = await createWorkspaceWithBilling(OWN);
      const terminal = createTerminal("y\n", env, isTTY);
      await expectRefusal(tree, remove("billing", terminal), { code: "FILES_CHANGED" });
      expect(sortPaths(await remove("billing", terminal)(tree).catch((error: unknown) => error))).toEqual(PATHS);
      expect(terminal.readOutput()).toBe("");
    });

    it.each([["n\n"], ["\n"], ["yesterday\n"], [undefined]])("stays where the answer is %j", async (answer) => {
      const terminal = createTerminal(answer);
      await expectRefusal(await createWorkspaceWithBilling(OWN), remove("billing", terminal), {
        code: "FILES_CHANGED",
      });
      for (const path of PATHS) expect(terminal.readOutput()).toContain(`  ${path}\n`);
    });

    it.each(["y\n", "Y\n", " yes \n"])("goes where the answer is %j", async (answer) => {
      const tree = await createWorkspaceWithBilling(OWN);
      await remove("billing", createTerminal(answer, { CI: "false", NX_INTERACTIVE: "true" }))(tree);
      expect(exists(tree)).toBe(false);
    });

    it("goes with --force, and nobody is asked", async () => {
      const tree = await createWorkspaceWithBilling(OWN);
      const terminal = createTerminal("n\n");
      await microserviceRemoveGenerator(tree, { name: "billing", force: true }, terminal);
      expect(exists(tree)).toBe(false);
      expect(terminal.readOutput()).toBe("");
    });

    it.each([
      ["an added tag and another key", "package.json", '{ "nx": { "tags": "x" } }'],
      ["a secret", ".env.yml", 'database:\n  url: "postgres://billing:secret@db/billing"\n'],
      ["another base image", "Dockerfile", "FROM scratch\n"],
      ["a changed manifest", "billing.yml", "type: microservice\nport: 3001\nlocales: [en]\n"],
      ["another route", "src/controllers/HealthController.ts", '@Route.get("/other", {})\n'],
    ])("counts %s as a change, and that of no other file", async (_title, file, text) => {
      const path = `modules/billing/${file}`;
      await expectRefusal(await createWorkspaceWithBilling({ [path]: text }), remove(), {
        code: "FILES_CHANGED",
        where: path,
      });
    });

    it.each(["node_modules/.bin/x", "dist/index.js", "coverage/lcov.info", "tmp/x"])(
      "does not count %s, which a tool made",
      async (file) => {
        const tree = await createWorkspaceWithBilling({ [`modules/billing/${file}`]: "" });
        await remove()(tree);
        expect(exists(tree)).toBe(false);
      },
    );

    it("does not count files that are gone", async () => {
      const tree = await createWorkspaceWithBilling();
      for (const file of [".env.yml", "tests/BillingModule.spec.ts"]) tree.delete(`modules/billing/${file}`);
      await remove()(tree);
      expect(exists(tree)).toBe(false);
    });
  });
});
