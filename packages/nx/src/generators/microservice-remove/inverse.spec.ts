import type { Tree } from "@nx/devkit";
import { describe, expect, it } from "vitest";
import { createWorkspace, flush, OONEEX_WORKSPACE, readChanges, readFiles } from "../../testing/fake-workspace.js";
import { microserviceGenerator } from "../microservice/generator.js";
import type { MicroserviceOptions } from "../microservice/schema.js";
import { microserviceRemoveGenerator } from "./generator.js";

type FilesWithGaps = Parameters<typeof createWorkspace>[0];

const ENV = "# local\napp:\n  port: 3000 # the API's\n";

/** Workspaces whose shared files are written in other ways. */
const WORKSPACES: [title: string, files: FilesWithGaps][] = [
  ["every shared file", {}],
  [
    "CRLF everywhere",
    Object.fromEntries(Object.entries(OONEEX_WORKSPACE).map(([path, text]) => [path, text.replaceAll("\n", "\r\n")])),
  ],
  [
    "an app.yml with the key",
    { "modules/app/app.yml": "type: api\nmicroservices: # ours\n  - name: a\n    url: A\nport: 1\n" },
  ],
  ["an app.yml with the key and nothing in it", { "modules/app/app.yml": "type: api\nmicroservices:\nport: 1\n" }],
  ["an app.yml with an empty flow list", { "modules/app/app.yml": "microservices: [] # none yet\ntype: api\n" }],
  ["an app.yml with a flow list", { "modules/app/app.yml": "microservices: [{ name: a, url: A }]\n" }],
  ["an app.yml with an anchor", { "modules/app/app.yml": "microservices: &all\n- name: a\n  url: A\nothers: *all\n" }],
  ["no app.yml", { "modules/app/app.yml": undefined }],
  [
    "no app",
    Object.fromEntries(
      Object.keys(OONEEX_WORKSPACE)
        .filter((path) => path.startsWith("modules/app/"))
        .map((path) => [path, undefined]),
    ),
  ],
  ["no env file", { "modules/app/.env.yml": undefined }],
  ["the env file in the root", { "modules/app/.env.yml": undefined, ".env.yml": ENV }],
  ["the env file in the shared module", { "modules/app/.env.yml": undefined, "modules/shared/.env.yml": ENV }],
  ["an env file with the parent key", { "modules/app/.env.yml": 'microservice:\n  a:\n    url: "x"\n\n# end\n' }],
  ["a committed example of the env file", { "modules/app/.env.example.yml": ENV }],
  ["no tsconfig", { "tsconfig.json": undefined }],
  ["a tsconfig without paths", { "tsconfig.json": '{\n  // ours\n  "compilerOptions": {},\n}\n' }],
  [
    "a tsconfig in one line",
    { "tsconfig.json": '{"compilerOptions":{"paths":{"@module/app/*":["./modules/app/src/*"]}}}' },
  ],
  ["no commitlint", { ".commitlintrc.ts": undefined }],
  [
    "commitlint as JSON",
    {
      ".commitlintrc.ts": undefined,
      ".commitlintrc.json": '{ "rules": { "scope-enum": [2, "always", ["app", "ci"]] } }\n',
    },
  ],
  [
    "commitlint as JSON without an ending",
    { ".commitlintrc.ts": undefined, ".commitlintrc": '{"rules":{"scope-enum":[2,"always",["ci"]]}}' },
  ],
  [
    "commitlint as CommonJS",
    {
      ".commitlintrc.ts": undefined,
      "commitlint.config.cjs": "module.exports = { rules: { 'scope-enum': [2, 'always', [\n  'app',\n]] } };\n",
    },
  ],
  [
    "commitlint as YAML",
    { ".commitlintrc.ts": undefined, ".commitlintrc.yml": "rules:\n  scope-enum: [2, always, [app]]\n" },
  ],
  ["Talos", { "package.json": '{ "dependencies": { "@talosjs/app": "1.0.0" } }' }],
  ["a pinned Bun", { ".bun-version": "1.4.1" }],
];

const OPTIONS: [title: string, options: Partial<MicroserviceOptions>][] = [
  ["tags", { tags: ["scope:billing", 'a "b" <c> \\'] }],
  ["a port", { port: 4321 }],
  ["a health path", { healthPath: "/live/now" }],
  ["a health path in full", { healthPath: "/api/v1/live" }],
  ["the other framework", { framework: "@talosjs" }],
  ["everything", { tags: ["a"], port: 65_535, healthPath: "/a-b_c.d~e", framework: "@talosjs", skipFormat: true }],
];

async function createAndRemove(tree: Tree, options: Partial<MicroserviceOptions> = {}): Promise<Tree> {
  await microserviceGenerator(tree, { name: "billing", ...options });
  const created = flush(tree);
  await microserviceRemoveGenerator(created, { name: "billing" });
  return created;
}

describe("microservice, then microservice-remove", () => {
  it.each(WORKSPACES)("leave no trace in a workspace with %s", async (_title, files) => {
    const tree = createWorkspace(files);
    const before = readFiles(tree);
    expect(readChanges(before, readFiles(await createAndRemove(tree)))).toEqual({});
  });

  it.each(OPTIONS)("leave no trace of a service with %s", async (_title, options) => {
    const tree = createWorkspace();
    const before = readFiles(tree);
    expect(readChanges(before, readFiles(await createAndRemove(tree, options)))).toEqual({});
  });

  it("undo each other in one tree, too", async () => {
    const tree = createWorkspace();
    const before = readFiles(tree);
    await microserviceGenerator(tree, { name: "billing" });
    await microserviceRemoveGenerator(tree, { name: "billing" });
    expect(readChanges(before, readFiles(tree))).toEqual({});
  });

  it("leave the name and the port to the next service, in one tree too", async () => {
    const tree = await createAndRemove(createWorkspace());
    await microserviceGenerator(tree, { name: "billing" });
    expect(tree.read("modules/billing/billing.yml", "utf8")).toContain("port: 3001 ");
  });

  it.each([
    [["a", "billing", "billing-extra"]],
    [["billing-extra", "a", "billing"]],
    [["billing", "billing-extra", "a"]],
    [["a", "billing-extra", "billing"]],
  ])("undo several services in the order %j", async (order) => {
    const states: Record<string, unknown>[] = [];
    let tree = createWorkspace({ "modules/app/.env.example.yml": ENV });
    const before = readFiles(tree);
    for (const name of ["billing", "a", "billing-extra"]) {
      await microserviceGenerator(tree, { name });
      tree = flush(tree);
    }
    for (const name of order) {
      await microserviceRemoveGenerator(tree, { name });
      tree = flush(tree);
      states.push(readChanges(before, readFiles(tree)));
    }
    expect(states.map((changes) => Object.keys(changes).length > 0)).toEqual([true, true, false]);
  });

  it("keep what was changed elsewhere in between", async () => {
    const tree = createWorkspace();
    await microserviceGenerator(tree, { name: "billing" });
    const later = flush(tree);
    later.write("modules/app/app.yml", `${later.read("modules/app/app.yml", "utf8")}port: 3000 # later\n`);
    await microserviceRemoveGenerator(later, { name: "billing" });
    expect(later.read("modules/app/app.yml", "utf8")).toBe(
      `${OONEEX_WORKSPACE["modules/app/app.yml"]}port: 3000 # later\n`,
    );
  });
});
