import { logger, type Tree } from "@nx/devkit";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { buildFrameworkDockerfile, buildFrameworkFiles, FRAMEWORK_ENVIRONMENT } from "../../testing/framework-workspace.js";
import { createWorkspace, expectIdempotent, expectRefusal, type Files, flush, OONEEX_WORKSPACE, readChanges, readFiles } from "../../testing/fake-workspace.js";
import { createTerminal } from "../../testing/fake-terminal.js";
import { ciGenerator } from "../ci/generator.js";
import { adoptGenerator } from "./generator.js";
import { MENDABLE_RULES } from "./lib/adopted-rules.js";

const NOBODY = createTerminal(undefined, {}, false);
const ENV = "modules/app/.env.yml";

let said: string[];

beforeEach(() => {
  said = [];
  vi.spyOn(logger, "info").mockImplementation((text: string) => void said.push(text));
});

afterEach(() => vi.restoreAllMocks());

/** A workspace with two services of the framework's command, and what it left of a third. */
function createFrameworkWorkspace(files: Readonly<Record<string, string | undefined>> = {}): Tree {
  const aliases = ["app", "shared", "billing", "order-history"].map((name) => [`@module/${name}/*`, [`./modules/${name}/src/*`]]);
  return createWorkspace({
    ...buildFrameworkFiles(),
    "bun.lock": '{\n  "lockfileVersion": 2,\n}\n',
    "tsconfig.json": `// The aliases of the modules.\n${JSON.stringify({ compilerOptions: { paths: Object.fromEntries(aliases) } }, null, 2)}\n`,
    ".commitlintrc.ts": 'export default { rules: { "scope-enum": [2, "always", ["common", "app", "shared", "billing", "order-history"]] } };\n',
    [ENV]: `${OONEEX_WORKSPACE[ENV]}${FRAMEWORK_ENVIRONMENT}`,
    ...files,
  });
}

async function list(tree: Tree): Promise<Record<string, string[]>> {
  said = [];
  await adoptGenerator(tree, {}, NOBODY);
  const blocks = said.join("\n").split("\n\n").filter((block) => /^[a-z-]+: /.test(block));
  return Object.fromEntries(blocks.map((block) => [block.slice(0, block.indexOf(":")), [...block.matchAll(/^ {2}(\S+) {2}/gm)].map(([, where]) => where ?? "")]));
}

/** Mends one rule, as a command of its own does, and gives the files that it changed. */
async function mend(tree: Tree, rule: string): Promise<{ tree: Tree; changes: Readonly<Record<string, string | undefined>> }> {
  const before = readFiles(tree);
  const finish = await adoptGenerator(tree, { mend: rule }, NOBODY);
  said = [];
  await finish();
  return { tree: flush(tree), changes: readChanges(before, readFiles(tree)) };
}

describe("adopt", () => {
  it("lists what the framework's command has broken, and writes nothing", async () => {
    const tree = createFrameworkWorkspace();
    const before = readFiles(tree);
    expect(await list(tree)).toEqual({
      "port-duplicate": ["modules/billing/billing.yml"],
      "port-missing": ["modules/billing/billing.yml", "modules/order-history/order-history.yml"],
      "env-key-unmatched": [`${ENV}:10`, `${ENV}:8`],
      "url-leftover": [`${ENV}:12`],
      "dockerfile-broken": ["billing", "order-history"].flatMap((name) => [22, 31, 4, 9].map((line) => `modules/${name}/Dockerfile:${line}`)),
      "pipeline-leftover": [".github/workflows/legacy-ci.yml", ".github/workflows/legacy-production.yml"],
      "pipeline-per-service": [".github/workflows/billing-ci.yml", ".github/workflows/billing-production.yml"],
    });
    expect(said.join("\n")).toContain("  mend it: nx g @ooneex/nx:adopt --mend=dockerfile-broken\n");
    expect(readChanges(before, readFiles(tree))).toEqual({});
  });

  it("mends one rule at a time, each in the files that it is about, until nothing is found", async () => {
    let tree = createFrameworkWorkspace();
    const files: Record<string, string[]> = {};
    for (const rule of ["port-duplicate", "port-missing", "env-key-unmatched", "url-leftover", "dockerfile-broken", "pipeline-leftover"]) {
      const mended = await mend(tree, rule);
      files[rule] = Object.keys(mended.changes);
      tree = mended.tree;
    }
    expect(files).toEqual({
      "port-duplicate": ["modules/billing/.env.yml", "modules/billing/billing.yml"],
      "port-missing": ["modules/order-history/order-history.yml"],
      "env-key-unmatched": [ENV],
      "url-leftover": [ENV],
      "dockerfile-broken": ["modules/billing/Dockerfile", "modules/order-history/Dockerfile"],
      "pipeline-leftover": [".github/workflows/legacy-ci.yml", ".github/workflows/legacy-production.yml"],
    });
    expect(tree.read(ENV, "utf8")).toMatch(/^[^]*port: 3000\n\nmicroservice:\n {2}billing:\n {4}url: "http:\/\/localhost:3002"\n {2}order_history:\n {4}url: "http:\/\/localhost:3001"\n$/);
    expect(await list(tree)).toEqual({ "pipeline-per-service": [".github/workflows/billing-ci.yml", ".github/workflows/billing-production.yml"] });
    ciGenerator(tree, {});
    expect(Object.keys((await mend(tree, "pipeline-per-service")).changes)).toEqual([".github/workflows/billing-ci.yml", ".github/workflows/billing-production.yml"]);
    expect(await list(flush(tree))).toEqual({});
  });

  it.each(["port-duplicate", "env-key-unmatched", "dockerfile-broken", "pipeline-leftover"])("changes nothing in a second run of %s", async (rule) => {
    await expectIdempotent(createFrameworkWorkspace(), (tree) => adoptGenerator(tree, { mend: rule }, NOBODY));
  });

  it("leaves a Dockerfile that somebody has written into, and says which line is theirs", async () => {
    const own = buildFrameworkDockerfile("billing").replace("USER bun", "RUN apt-get install -y ffmpeg\nUSER bun");
    const { changes, tree } = await mend(createFrameworkWorkspace({ "modules/billing/Dockerfile": own }), "dockerfile-broken");
    expect(Object.keys(changes)).toEqual(["modules/order-history/Dockerfile"]);
    await list(tree);
    expect(said.join("\n")).toContain("by hand: mend it by hand, since line 33 is not the framework's and would be lost");
  });

  it("keeps an address that somebody has written under the framework's key", async () => {
    const written = FRAMEWORK_ENVIRONMENT.replace('billing:\n    url: ""', 'billing:\n    url: "http://billing.test:80"');
    const { tree } = await mend(createFrameworkWorkspace({ [ENV]: `${OONEEX_WORKSPACE[ENV]}${written}` }), "env-key-unmatched");
    expect(tree.read(ENV, "utf8")).toContain('billing:\n    url: "http://billing.test:80"');
    expect(tree.read(ENV, "utf8")).toContain('microservices:\n  legacy:\n    url: ""\n');
  });

  it("drops an empty section of services that are gone", async () => {
    const files: Files = { "modules/app/app.yml": 'type: "api"\n\nmicroservices:\n', [ENV]: `${OONEEX_WORKSPACE[ENV]}\nmicroservices:\n` };
    const tree = createWorkspace(files);
    expect(await list(tree)).toEqual({ "section-empty": ["modules/app/app.yml:3", `${ENV}:6`] });
    const { changes } = await mend(tree, "section-empty");
    expect(changes).toEqual({ "modules/app/app.yml": 'type: "api"\n', [ENV]: OONEEX_WORKSPACE[ENV] });
  });

  it("takes a pipeline that is gone out of GitLab's list of them", async () => {
    const pipeline = "legacy-build:\n  script: docker build -f modules/legacy/Dockerfile .\n";
    const tree = createWorkspace({
      ".gitlab/ci/legacy.yml": pipeline,
      ".gitlab/ci/deploy.yml": "deploy:\n  script: modules/app/deploy.sh modules/shared\n",
      ".gitlab-ci.yml": "include:\n  - local: .gitlab/ci/legacy.yml\n  - local: .gitlab/ci/older.yml\n  - local: .gitlab/ci/deploy.yml\n",
    });
    expect(await list(tree)).toEqual({ "pipeline-leftover": [".gitlab/ci/legacy.yml", ".gitlab-ci.yml:3"] });
    const { changes } = await mend(tree, "pipeline-leftover");
    expect(changes).toEqual({ ".gitlab/ci/legacy.yml": undefined, ".gitlab-ci.yml": "include:\n  - local: .gitlab/ci/deploy.yml\n" });
  });

  it("asks whom it can ask, after the list", async () => {
    const tree = createFrameworkWorkspace();
    const terminal = createTerminal("pipeline-leftover\n");
    await adoptGenerator(tree, {}, terminal);
    expect(terminal.readOutput()).toContain("Mend one of port-duplicate, ");
    expect(tree.exists(".github/workflows/legacy-ci.yml")).toBe(false);
    expect(tree.exists(".github/workflows/billing-ci.yml")).toBe(true);
  });

  it("takes no answer for none", async () => {
    const tree = createFrameworkWorkspace();
    const before = readFiles(tree);
    await adoptGenerator(tree, {}, createTerminal("\n"));
    expect(readChanges(before, readFiles(tree))).toEqual({});
  });

  it.each(["database-shared", "no-such-rule"])("refuses to mend %s", async (rule) => {
    await expectRefusal(createFrameworkWorkspace(), (tree) => adoptGenerator(tree, { mend: rule }, NOBODY), { code: "RULE_UNKNOWN", where: "--mend" });
  });

  it("offers in its schema the rules that it can mend", () => {
    const schema = JSON.parse(readFileSync(join(import.meta.dirname, "schema.json"), "utf8")) as { properties: { mend: { enum: string[] } } };
    expect(schema.properties.mend.enum).toEqual(MENDABLE_RULES);
  });
});
