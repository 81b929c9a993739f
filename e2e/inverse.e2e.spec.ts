import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { ONE_PROCESS } from "./workspace/environment.js";
import { makeWorkspace } from "./workspace/make-workspace.js";
import type { Workspace } from "./workspace/workspace.js";

const host = inject("host");

const APP_YML = "modules/app/app.yml";

/** app.yml in every style that its author may have chosen; `undefined` is no file at all. */
const STYLES: Record<string, string | undefined> = {
  "no list": '# The API\ntype: "api"\nlocales: [en, fr] # two\n',
  "no final newline": 'type: "api"',
  "Windows line endings": '# The API\r\ntype: "api"\r\nmicroservices:\r\n  - name: "search"\r\n    url: MICROSERVICE_SEARCH_URL\r\nlocales:\r\n  - en\r\n',
  "an empty flow list": "type: api\nmicroservices: [] # none yet\n",
  "a flow list": "type: api\nmicroservices: [{ name: search, url: MICROSERVICE_SEARCH_URL }]\n",
  "a flow list over several lines": "type: api\nmicroservices: [\n  { name: search, url: A_URL }, # first\n]\n",
  "a key without a value": "type: api\nmicroservices: # to come\nlocales: [en]\n",
  "an unindented list": "type: api\nmicroservices:\n- name: 'search'\n  url: A_URL\n# after\nlocales: [en]\n",
  "anchors and aliases": "type: api\nx-services: &services\n  - &search { name: search, url: A_URL }\nmicroservices: *services\n",
  "a merge key": "x-base: &base\n  microservices:\n    - name: search\n      url: A_URL\n<<: *base\ntype: api\n",
  "an explicit key": "type: api\n? microservices\n: - name: search\n    url: A_URL\n",
  "an explicit key without a value": "type: api\n? microservices\n",
  "a byte-order mark": "\uFEFFtype: api\nmicroservices:\n  - { name: search, url: A_URL }\n",
  "tabs in brackets": "type: api\nmicroservices: [\t{\tname: search,\turl: A_URL\t},\t]\n",
  "several documents": "---\ntype: api\n---\ntype: spa\nmicroservices: []\n...\n",
  "a root in brackets over several lines": "{\n  type: api, # kind\n  microservices: [\n    { name: search, url: A_URL },\n  ],\n}\n",
  "comments anywhere": "type: api\n\n# ours\nmicroservices: # here\n  # search\n  - name: search # s\n    url: A_URL # u\n  # end\n\n# tail\n",
  JSON: '{ "type": "api", "locales": ["en"] }\n',
  "a key with quotes": 'type: api\n"microservices":\n    -   name: search\n        url: A_URL\n',
  "an empty file": "",
  "no file at all": undefined,
};

describe("what is created and removed leaves no trace", () => {
  let workspace: Workspace;

  beforeAll(async () => {
    workspace = await makeWorkspace(host, { typescript: "7" }, ONE_PROCESS);
    await workspace.run(["nx", "add", "@ooneex/nx"]);
    await workspace.write("modules/app/.env.example.yml", "app:\n  port: 3000 # the API\n");
    await workspace.commit("chore: add @ooneex/nx");
  });

  afterAll(() => workspace.dispose());

  const generate = (...argv: string[]) => workspace.run(["nx", "g", ...argv]);

  it.each(Object.entries(STYLES))("with app.yml as %s", async (_style, text) => {
    if (text === undefined) await workspace.remove(APP_YML);
    else await workspace.write(APP_YML, text);
    await workspace.run(["git", "add", "--all"]);
    await workspace.run(["git", "commit", "--quiet", "--allow-empty", "--message", "style"]);
    const before = await workspace.tree();

    await generate("@ooneex/nx:microservice", "billing");
    await generate("@ooneex/nx:microservice", "order history");
    expect(await workspace.read(APP_YML)).toContain("MICROSERVICE_ORDER_HISTORY_URL");
    await workspace.commit("feat: two services");
    const created = await workspace.tree();
    await generate("@ooneex/nx:microservice", "billing");
    expect(await workspace.tree()).toEqual(created);

    await generate("@ooneex/nx:microservice-remove", "billing", "--no-interactive");
    await generate("@ooneex/nx:remove-microservice", "OrderHistoryModule", "--no-interactive");
    expect(await workspace.tree()).toEqual(before);
    expect((await workspace.run(["git", "diff", "--stat", "HEAD~1"])).stdout).toBe("");
    await workspace.run(["git", "reset", "--quiet", "--hard", "HEAD~1"]);
  });
});

describe("where there is neither a tsconfig.json nor an app, and commitlint's configuration is JSON", () => {
  let workspace: Workspace;

  beforeAll(async () => {
    workspace = await makeWorkspace(host, { typescript: "7" }, ONE_PROCESS);
    await workspace.run(["nx", "add", "@ooneex/nx"]);
    for (const path of ["tsconfig.json", "modules/app", ".commitlintrc.ts"]) await workspace.remove(path);
    await workspace.write(".commitlintrc.json", '{\n  "rules": { "scope-enum": [2, "always", ["common", "shared"]] }\n}\n');
    await workspace.run(["bun", "install"]);
    await workspace.commit("chore: a workspace without an app");
  });

  afterAll(() => workspace.dispose());

  it("what is created and removed leaves no trace either", async () => {
    const before = await workspace.tree();
    await workspace.run(["nx", "g", "@ooneex/nx:microservice", "billing"]);
    expect(await workspace.read(".commitlintrc.json")).toContain('["billing", "common", "shared"]');
    for (const path of ["tsconfig.json", "modules/app"]) expect(workspace.exists(path)).toBe(false);
    await workspace.commit("feat: billing");
    await workspace.run(["nx", "g", "@ooneex/nx:microservice-remove", "billing", "--no-interactive"]);
    expect(await workspace.tree()).toEqual(before);
    expect((await workspace.run(["git", "diff", "--stat", "HEAD~1"])).stdout).toBe("");
  });
});

describe("a refusal changes nothing", () => {
  let workspace: Workspace;

  beforeAll(async () => {
    workspace = await makeWorkspace(host, {}, ONE_PROCESS);
    await workspace.run(["nx", "add", "@ooneex/nx"]);
    await workspace.run(["nx", "g", "@ooneex/nx:microservice", "billing"]);
    await workspace.run(["nx", "g", "@ooneex/nx:microservice", "notifications"]);
    await workspace.write("modules/notifications/src/mine.ts", "export const mine = true;\n");
    await workspace.write("modules/app/src/uses.ts", 'export * from "@module/billing/BillingModule";\n');
    await workspace.write("docker-compose.yml", 'services:\n  search:\n    image: search\n    ports: ["3007:80"]\n');
    await workspace.commit("feat: two services");
  });

  afterAll(() => workspace.dispose());

  async function refused(argv: string[], words: readonly string[]): Promise<void> {
    const before = await workspace.tree();
    const { stdout, stderr, code } = await workspace.run(["nx", "g", ...argv], { expect: "failure" });
    expect(code).not.toBe(0);
    for (const word of words) expect(stdout + stderr).toContain(word);
    expect(stdout + stderr).not.toMatch(/\n\s+at .*\.js:\d+/);
    expect(await workspace.tree()).toEqual(before);
  }

  it.each([
    ["app", ["reserved"]],
    ["shared", ["reserved"]],
    ["SharedModule", ["reserved"]],
    ["module", ["NAME_EMPTY"]],
    ["", []],
    ["../billing", ["name"]],
    ["a/b", ["name"]],
    ["$(touch x)", ["name"]],
    ["<%= 1 %>", ["name"]],
    ["café", ["name"]],
    ["node_modules", ["reserved"]],
    ["x".repeat(64), ["NAME_TOO_LONG"]],
  ])("to create %j", async (name, words) => {
    await refused(["@ooneex/nx:microservice", name], words);
  });

  it.each([
    [["--port=3001"], ["PORT_TAKEN", "billing", "3003"]],
    [["--port=3007"], ["PORT_TAKEN", "search"]],
    [["--port=3000"], ["PORT_TAKEN", "app"]],
    [["--port=70000"], ["port"]],
    [["--healthPath=no-slash"], ["healthPath"]],
    [["--framework=@other"], ["framework"]],
    [["--unknown=1"], ["unknown"]],
  ])("to create orders with %j", async (options, words) => {
    await refused(["@ooneex/nx:microservice", "orders", ...options], words);
  });

  it("to create what is a module of another kind, or a folder with other files", async () => {
    await workspace.write("modules/docs/docs.yml", 'type: "spa"\n');
    await workspace.write("modules/notes/todo.txt", "keep me\n");
    await refused(["@ooneex/nx:microservice", "docs"], ["MODULE_EXISTS", "spa"]);
    await refused(["@ooneex/nx:microservice", "notes"], ["MODULE_EXISTS", "modules/notes"]);
  });

  it("to edit an app.yml that is not YAML", async () => {
    const text = await workspace.read(APP_YML);
    await workspace.write(APP_YML, "type: api\nlocales: [\n");
    await refused(["@ooneex/nx:microservice", "orders"], ["APP_YML_INVALID", "modules/app/app.yml"]);
    await workspace.write(APP_YML, text);
  });

  it.each([
    ["app", ["reserved"]],
    ["nope", ["MODULE_MISSING", "modules/nope"]],
    ["docs", ["NOT_A_MICROSERVICE", "spa"]],
    ["billing", ["MODULE_IMPORTED", "modules/app/src/uses.ts"]],
    ["notifications", ["FILES_CHANGED", "modules/notifications/src/mine.ts"]],
  ])("to remove %s", async (name, words) => {
    await refused(["@ooneex/nx:microservice-remove", name, "--no-interactive"], words);
  });

  it("unless it is forced", async () => {
    await workspace.run(["nx", "g", "@ooneex/nx:microservice-remove", "notifications", "--force"]);
    expect(workspace.exists("modules/notifications")).toBe(false);
  });
});
