import type { NxJsonConfiguration } from "@nx/devkit";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { buildServiceRepository, readPluginRegistry } from "../../image/plugin-registry.js";
import { CI_FILES } from "../ci-facts.js";
import { signFile } from "../signed-file.js";
import { readFacts, type RuleWorkspace } from "./facts.js";
import { planMend } from "./mend.js";
import { checkWorkspace, RULES, SYNC_RULES } from "./rules.js";

type Files = Readonly<Record<string, string | undefined>>;

/** An app with two services, in which every rule is kept. */
const SOUND: Files = {
  "package.json": '{ "workspaces": ["modules/*"] }',
  "tsconfig.json": JSON.stringify({
    compilerOptions: { paths: Object.fromEntries(["app", "billing", "orders"].map((name) => [`@module/${name}/*`, [`./modules/${name}/src/*`]])) },
  }),
  "commitlint.config.js": 'export default { rules: { "scope-enum": [2, "always", ["app", "billing", "orders"]] } };\n',
  "modules/app/app.yml": 'type: "api"\nmicroservices:\n  - name: "billing"\n    url: MICROSERVICE_BILLING_URL\n  - name: "orders"\n    url: MICROSERVICE_ORDERS_URL\n',
  "modules/app/.env.example.yml": 'microservice:\n  billing:\n    url: "http://localhost:3001"\n  orders:\n    url: "http://localhost:3002"\n',
  "modules/app/package.json": "{}",
  ...service("billing", 3001),
  ...service("orders", 3002),
};

function service(name: string, port: number): Files {
  return {
    [`modules/${name}/${name}.yml`]: `type: "microservice"\nport: ${port}\n`,
    [`modules/${name}/package.json`]: "{}",
    [`modules/${name}/roles.yml`]: "roles: {}\n",
    [`modules/${name}/src/index.ts`]: 'process.on("SIGTERM", () => process.exit(0));\n',
    [`modules/${name}/Dockerfile`]: 'FROM scratch AS production\nHEALTHCHECK CMD ["true"]\n',
    [`modules/${name}/.env.example.yml`]: `app:\n  port: ${port}\ndatabase:\n  url: "postgres://localhost/${name}"\n`,
  };
}

function open(changes: Files, tracked?: readonly string[]): RuleWorkspace {
  const files: Files = { ...SOUND, ...changes };
  const paths = Object.keys(files).filter((path) => files[path] !== undefined);
  return {
    read: (path) => files[path],
    list: (folder) => [...new Set(paths.flatMap((path) => (path.startsWith(`${folder}/`) ? [path.slice(folder.length + 1).split("/", 1)[0] ?? ""] : [])))],
    listFiles: () => paths,
    listTracked: () => tracked && new Set(tracked),
    nameRepository: ({ snake }) => {
      const registry = readPluginRegistry(JSON.parse(files["nx.json"] ?? "{}") as NxJsonConfiguration);
      return registry === undefined ? undefined : buildServiceRepository(registry, snake);
    },
    renderDeployments: () => [],
    renderPipelines: () => [],
    readDeployed: () => [],
    readDeployedImages: () => [],
    renderDockerfile: ({ kebab }) => `# generated for ${kebab}\nFROM scratch AS production\nHEALTHCHECK CMD ["true"]\n`,
  };
}

function find(changes: Files, tracked?: readonly string[]): string[] {
  return checkWorkspace(open(changes, tracked)).map(({ rule, where }) => `${rule} ${where}`);
}

/** A registry for all, in which each service has the repository of its name. */
const REGISTRY: Files = { "nx.json": '{ "plugins": [{ "plugin": "@ooneex/nx", "options": { "registry": "ghcr.io/Acme" } }] }' };

/** What says of a service where its image is pushed to: its manifest. */
function repository(name: string, value: string): Files {
  return { [`modules/${name}/${name}.yml`]: `${SOUND[`modules/${name}/${name}.yml`]}image:\n  repository: ${value}\n` };
}

/** Mends everything that can be, and gives the files that change and what is left. */
function mend(changes: Files): { readonly edits: Record<string, string | undefined>; readonly left: string[] } {
  const { edits, remaining } = planMend(open(changes), RULES, () => true);
  return { edits: Object.fromEntries(edits), left: remaining.map(({ rule }) => rule) };
}

const APP = "modules/app/app.yml";
const EXAMPLE = "modules/app/.env.example.yml";

describe("the rules", () => {
  it("find nothing where all is sound", () => {
    expect(find({}, Object.keys(SOUND))).toEqual([]);
  });

  it("have ids that do not repeat, and stand in the guide with what each finds and who mends it", () => {
    const ids = RULES.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids.filter((id) => !/^[a-z]+(?:-[a-z]+)+$/.test(id))).toEqual([]);
    const page = readFileSync(join(import.meta.dirname, "../../../docs/doctor.md"), "utf8");
    const means = { sync: "`nx sync`", fix: "`--fix`", hand: "by hand" };
    const table = RULES.map(({ id, finds, mendedBy, severity, exception }) => `| \`${id}\` | ${finds} | ${[severity, exception].filter(Boolean).join("; ")} | ${means[mendedBy]} |`).join("\n");
    const [, written] = /<!-- rules[^>]*-->\s*\|[^\n]*\n\|[^\n]*\n([^]*?)\s*<!-- \/rules -->/.exec(page) ?? [];
    expect(written).toBe(table);
  });

  it.each<[id: string, changes: Files, where: readonly string[]]>([
    ["file-invalid", { [APP]: "microservices: [" }, [`${APP}:1`]],
    ["declared-but-missing", { [APP]: `${SOUND[APP]}  - name: "search"\n    url: MICROSERVICE_SEARCH_URL\n` }, [`${APP}:7`]],
    ["declaration-unsound", { [APP]: `${SOUND[APP]}  - name: "orders"\n    url: MICROSERVICE_ORDERS_URL\n` }, [`${APP}:5`]],
    ["declaration-unsound", { [APP]: (SOUND[APP] as string).replace("MICROSERVICE_ORDERS_URL", "MICROSERVICE_BILLING_URL"), [EXAMPLE]: 'microservice_billing_url: "http://billing.internal"\n' }, [`${APP}:5`]],
    ["declaration-unsound", { [APP]: (SOUND[APP] as string).replace("MICROSERVICE_ORDERS_URL", '"http://localhost:3002"'), [EXAMPLE]: 'microservice_billing_url: "http://localhost:3001"\n' }, [`${APP}:6`]],
    ["service-incomplete", { "modules/orders/roles.yml": undefined }, ["modules/orders/orders.yml"]],
    ["port-missing", { "modules/orders/orders.yml": "type: microservice\n", "modules/orders/.env.example.yml": undefined, "modules/orders/.env.yml": "app:\n  port: 3002\n" }, ["modules/orders/orders.yml"]],
    ["port-mismatch", { "modules/orders/.env.example.yml": "app:\n  port: 4002\n" }, ["modules/orders/.env.example.yml:2"]],
    ["url-mismatch", { [EXAMPLE]: (SOUND[EXAMPLE] as string).replace("3002", "3009") }, [`${EXAMPLE}:5`]],
    ["url-missing", { "modules/app/.env.production.yml": 'microservice:\n  billing:\n    url: "https://billing.internal"\n' }, ["modules/app/.env.production.yml"]],
    ["url-loopback", { "modules/app/.env.production.yml": SOUND[EXAMPLE]?.replace("localhost:3001", "billing.internal") }, ["modules/app/.env.production.yml:5"]],
    ["url-leftover", { [EXAMPLE]: `${SOUND[EXAMPLE]}  search:\n    url: "http://localhost:3003"\n` }, [`${EXAMPLE}:7`]],
    ["env-key-unmatched", { [EXAMPLE]: (SOUND[EXAMPLE] as string).replace("  orders", "microservices:\n  orders") }, [`${EXAMPLE}:6`]],
    ["env-key-unmatched", { [EXAMPLE]: (SOUND[EXAMPLE] as string).replace(/ {2}orders[^]*/, 'microservices:\n  orders:\n    url: ""\n') }, [`${EXAMPLE}:6`]],
    ["url-leftover", { [EXAMPLE]: `${SOUND[EXAMPLE]}microservices:\n  old-search:\n    url: ""\n` }, [`${EXAMPLE}:8`]],
    ["section-empty", { [EXAMPLE]: `microservices:\n${SOUND[EXAMPLE]}` }, [`${EXAMPLE}:1`]],
    ["pipeline-leftover", { ".bitbucket/search-pipelines.yml": "script: docker build -f modules/search/Dockerfile .\n" }, [".bitbucket/search-pipelines.yml"]],
    ["pipeline-leftover", { ".gitlab-ci.yml": "include:\n  - local: .gitlab/ci/search.yml\n" }, [".gitlab-ci.yml:2"]],
    ["pipeline-per-service", { ".gitlab/ci/orders.yml": "changes: [modules/orders/**/*]\n" }, [".gitlab/ci/orders.yml"]],
    ["alias-leftover", { "tsconfig.json": (SOUND["tsconfig.json"] as string).replace("{\"@module/app", '{"@module/gone/*":["./modules/gone/src/*"],"@module/app') }, ["tsconfig.json:1"]],
    ["dockerfile-missing", { "modules/orders/Dockerfile": undefined }, ["modules/orders/orders.yml"]],
    ["dockerfile-broken", { "modules/orders/Dockerfile": 'FROM scratch AS release\nHEALTHCHECK CMD ["true"]\n' }, ["modules/orders/Dockerfile:1"]],
    ["healthcheck-missing", { "modules/orders/Dockerfile": "FROM scratch AS production\n" }, ["modules/orders/Dockerfile"]],
    ["stop-unhandled", { "modules/orders/src/index.ts": "export {};\n" }, ["modules/orders/src/index.ts"]],
    ["stop-unhandled", { "modules/app/src/index.ts": "", "modules/app/Dockerfile": "FROM scratch AS production\n" }, ["modules/app/src/index.ts"]],
    ["redis-shared", { "modules/billing/.env.yml": "cache:\n  redis:\n    url: redis://redis.internal/0\n", "modules/orders/.env.yml": "cache:\n  redis:\n    url: redis://redis.internal/0\n" }, ["modules/orders/.env.yml:3"]],
    ["cors-wildcard-with-credentials", { "modules/orders/.env.yml": 'cors:\n  origins: ["*"]\n  credentials: true\n' }, ["modules/orders/.env.yml"]],
    ["cors-wildcard-with-credentials", { "modules/app/.env.production.yml": `${SOUND[EXAMPLE]?.replaceAll("localhost", "x.internal")}cors:\n  origins: "https://a.example, *"\n  credentials: "true"\n` }, ["modules/app/.env.production.yml:7"]],
    ["cors-wildcard-with-credentials", { "modules/shared/.env.yml": `${SOUND[EXAMPLE]}cors:\n  origins: "*"\n  credentials: true\n` }, ["modules/shared/.env.yml:7"]],
    ["cors-service-open", { "modules/orders/.env.example.yml": 'app:\n  port: 3002\ncors:\n  origins: "*"\n' }, ["modules/orders/.env.example.yml:4"]],
    ["repository-shared", { "modules/billing/project.json": TARGETS(), "modules/orders/project.json": TARGETS() }, ["modules/orders/project.json:1"]],
    ["repository-shared", { ...repository("billing", "ghcr.io/acme/All"), ...repository("orders", "ghcr.io/acme/all") }, ["modules/orders/orders.yml:4"]],
    ["repository-shared", { ...REGISTRY, ...repository("billing", "ghcr.io/acme/orders") }, ["modules/billing/billing.yml:4"]],
    ["repository-shared", { ...REGISTRY, ...repository("orders", "ghcr.io/acme/billing") }, ["modules/orders/orders.yml:4"]],
  ])("find %s", (id, changes, where) => {
    expect(find(changes)).toEqual(where.map((place) => `${id} ${place}`));
  });

  it("see that a stop is handled by a file of the service, by one that is everybody's, or by a package", () => {
    const unhandled = { "modules/orders/src/index.ts": "// SIGTERM\n" };
    const handler = "process.once('SIGTERM', stop);\n";
    const where = ["modules/orders/src/stop.ts", "modules/shared/src/stop.ts", "libs/stop/index.ts"];
    for (const path of where) expect(find({ ...unhandled, [path]: handler })).toEqual([]);
    const others = ["modules/billing/src/stop.ts", "modules/app/src/stop.ts", "modules/shared/tests/stop.ts", "tests/stop.ts", "modules/orders/src/stop.md"];
    const sends = { "modules/shared/src/child.ts": 'child.kill("SIGTERM");\nprocess.kill(\n  readPid(),\n  "SIGTERM",\n);\nlog("graceful shutdown");\n' };
    expect(find({ ...unhandled, ...sends, ...Object.fromEntries(others.map((path) => [path, handler])) })).toEqual(["stop-unhandled modules/orders/src/index.ts"]);
  });

  it.each([
    'for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, stop);',
    "const handlers = { SIGTERM: stop };",
    'const SIGNAL = "SIGTERM";',
    'import closeWithGrace from "close-with-grace";',
    'const { gracefulShutdown } = require("@acme/shutdown");',
  ])("see that a stop is handled by %s", (line) => {
    expect(find({ "modules/orders/src/index.ts": `${line}\n` })).toEqual([]);
  });

  it("see no stop that an API without an image has to handle", () => {
    expect(find({ "modules/app/src/index.ts": "" })).toEqual([]);
  });

  it("let CORS be where it is the app's, or for origins that are listed", () => {
    const cors = 'cors:\n  origins: "https://shop.example"\n  credentials: true\n';
    expect(find({ "modules/orders/.env.production.yml": cors, "modules/app/.env.production.yml": `${SOUND[EXAMPLE]?.replaceAll("localhost", "x.internal")}cors:\n  origins: "*"\n` })).toEqual([]);
  });

  it("take an address that an environment lacks for an error in every one, and a stale port on this machine alone for a warning", () => {
    const severities = (changes: Files): string[] => checkWorkspace(open(changes)).map(({ rule, severity }) => `${rule} ${severity}`);
    const lacking = 'microservice:\n  billing:\n    url: "https://billing.internal"\n';
    for (const name of [".env.yml", ".env.example.yml", ".env.staging.yml"]) expect(severities({ [`modules/app/${name}`]: lacking })).toEqual(["url-missing error"]);
    const stale = (SOUND[EXAMPLE] as string).replace("3002", "3009");
    expect(severities({ [EXAMPLE]: stale })).toEqual(["url-mismatch error"]);
    expect(severities({ "modules/app/.env.yml": stale })).toEqual(["url-mismatch warning"]);
  });

  it("find no repository shared where each service has one of its own, by its name or by its manifest", () => {
    expect(find({ ...REGISTRY, ...repository("billing", "ghcr.io/acme/bills") })).toEqual([]);
    expect(find(repository("billing", "ghcr.io/acme/orders"))).toEqual([]);
  });

  it("delete a pipeline of one service where nobody has written into it, once its own provider runs one for all", () => {
    const path = ".github/workflows/orders-ci.yml";
    const own = "on: { push: { paths: [modules/orders/**] } }\njobs:\n  build:\n    steps:\n      - run: bun install\n";
    const forAll = signFile("name: Ooneex\n", "ci");
    const isDeleted = (files: Files) => path in mend(files).edits;
    expect(isDeleted({ [path]: own, [CI_FILES.github]: forAll })).toBe(true);
    expect(isDeleted({ [path]: own, [CI_FILES.gitlab]: forAll })).toBe(false);
    for (const added of ["      - run: npm run smoke\n", "      - run: bun install && ./release.sh\n", "      - uses: acme/notify@v1\n", "    timeout-minutes: 5\n"]) {
      expect(isDeleted({ [path]: `${own}${added}`, [CI_FILES.github]: forAll })).toBe(false);
    }
  });

  it("leave a pipeline that a person has written to its author, the service gone or not", () => {
    const path = ".gitlab/ci/search.yml";
    const text = "smoke:\n  script: ./smoke.sh modules/search\n";
    expect(mend({ [path]: text })).toEqual({ edits: {}, left: ["pipeline-leftover"] });
  });

  it("take no pipeline for a service's that is about other modules too, or is not where the framework's command puts them", () => {
    expect(find({ ".github/workflows/search-ci.yml": "paths: [modules/search/**, modules/app/**]\n", ".github/workflows/search.yml": "paths: [modules/search/**]\n", ".gitlab-ci.yml": "include:\n  - local: ci/search.yml\n" })).toEqual([]);
  });

  it("find two services on one database, whoever signs in, and not what is another environment", () => {
    const url = (user: string) => `database:\n  url: "postgres://${user}:x@db.internal/main"\n`;
    expect(find({ "modules/billing/.env.yml": url("a"), "modules/orders/.env.yml": url("b") })).toEqual(["database-shared modules/orders/.env.yml:2"]);
    expect(find({ "modules/billing/.env.yml": url("a"), "modules/orders/.env.staging.yml": url("a") })).toEqual([]);
  });

  it("find the addresses of others in source, and none in comments, in tests or of its own", () => {
    const source = '// http://localhost:3001\nconst own = "http://localhost:3002";\nconst url = `http://localhost:3001/${own}`;\nexport const far = ["http://billing:3500/x", "https://billing.com", "http://localhost:9999"];\n';
    expect(find({ "modules/orders/src/call.ts": source, "modules/orders/tests/call.spec.ts": source })).toEqual([
      "address-literal modules/orders/src/call.ts:3",
      "address-literal modules/orders/src/call.ts:4",
    ]);
  });

  it("find imports of a service's internals, by alias, package or path; types and tests as a warning", () => {
    const imports = ["@module/billing/Invoice", "../../billing/src/Invoice", "@module/orders/Order", "@module/app/App"];
    const text = imports.map((specifier) => `import "${specifier}";`).join("\n");
    expect(find({ "modules/orders/src/a.ts": text })).toEqual(["internal-import modules/orders/src/a.ts:1", "internal-import modules/orders/src/a.ts:2"]);
    const types = checkWorkspace(open({ "modules/app/src/a.ts": 'import type { Invoice } from "@module/billing/Invoice";\n' }));
    expect(types).toMatchObject([{ rule: "internal-import", severity: "warning" }]);
    const { compilerOptions } = JSON.parse(SOUND["tsconfig.json"] ?? "") as { compilerOptions: { paths: object } };
    const paths = { "@module/*": ["./libs/*"], "#bill/*": ["./modules/orders/$&/*"], ...compilerOptions.paths, "#bill/ing/*": ["./modules/billing/src/*"] };
    const aliased = ["@module/billing/Invoice", "#bill/ing/Invoice", "#bill/Order", "@module/tax/Tax"].map((specifier) => `import "${specifier}";`).join("\n");
    expect(find({ "tsconfig.json": JSON.stringify({ compilerOptions: { paths } }), "modules/orders/src/a.ts": aliased })).toEqual(["internal-import modules/orders/src/a.ts:1", "internal-import modules/orders/src/a.ts:2"]);
  });

  it("find secrets that git has, by the file's name or by what is in it, and repeat none of them", () => {
    const key = `AKIA${"ABCDEFGHIJKLMNOP"}`;
    const files = { "modules/orders/.env.yml": "app:\n  port: 3002\n", "deploy.yml": `a: 1\nkey: ${key}\n`, "db.ts": 'connect("postgres://a:hunter2@db.acme.io/x");\n', "ok.ts": 'connect("postgres://a:b@localhost/x"); at("https://u:p@example.com");\n' };
    const findings = checkWorkspace(open(files, Object.keys(files)));
    expect(findings.map(({ rule, where }) => `${rule} ${where}`)).toEqual(["secret-tracked modules/orders/.env.yml", "secret-tracked deploy.yml:2", "secret-tracked db.ts:1"]);
    expect(JSON.stringify(findings)).not.toMatch(/AKIA|hunter2/);
    expect(find(files, [])).toEqual([]);
  });
});

function TARGETS(): string {
  return '{ "targets": { "docker-build": { "options": { "repository": "ghcr.io/acme/all" } } } }';
}

describe("mending", () => {
  it("brings a service that only has its manifest into every file, in one go", () => {
    const { edits, left } = mend({ "modules/search/search.yml": "type: microservice # found things\n", "modules/search/package.json": "{}", "modules/search/roles.yml": "", "modules/search/src/index.ts": 'process.on("SIGTERM", stop);\n' });
    expect(left).toEqual([]);
    expect(Object.keys(edits).sort()).toEqual(["commitlint.config.js", EXAMPLE, APP, "modules/search/Dockerfile", "modules/search/search.yml", "tsconfig.json"].sort());
    expect(edits["modules/search/search.yml"]).toBe("type: microservice # found things\nport: 3003\n");
    expect(edits[EXAMPLE]).toContain('  search:\n    url: "http://localhost:3003"\n');
  });

  it.each<[what: string, changes: Files, path: string, line: RegExp]>([
    ["a port of an example", { "modules/orders/.env.example.yml": "app:\n  port: 4002 # here\n" }, "modules/orders/.env.example.yml", /^app:\n {2}port: 3002 # here\n$/],
    ["a URL in its place", { [EXAMPLE]: (SOUND[EXAMPLE] as string).replace("3002", "3009") }, EXAMPLE, /orders:\n {4}url: "http:\/\/localhost:3002"\n$/],
    ["a key that never matches", { [EXAMPLE]: "microservice_billing_url: x\nmicroservices:\n  orders:\n    url: http://orders.test\n" }, EXAMPLE, /^microservice_billing_url: x\nmicroservice:\n {4,}orders:\n\s+url: "http:\/\/orders\.test"\n$|^microservice_billing_url: x\nmicroservice:\n\s+orders:\n\s+url: "http:\/\/orders\.test"\n$/],
    ["an address in app.yml", { [APP]: (SOUND[APP] as string).replace("MICROSERVICE_ORDERS_URL", '"http://localhost:3002"') }, APP, /name: "orders"\n {4}url: MICROSERVICE_ORDERS_URL\n$/],
    ["a declaration of nothing", { [APP]: `${SOUND[APP]}  - name: "search"\n    url: SEARCH\n` }, APP, /url: MICROSERVICE_ORDERS_URL\n$/],
  ])("mends %s, and nothing else", (_what, changes, path, line) => {
    const { edits, left } = mend(changes);
    expect(left).toEqual([]);
    expect(Object.keys(edits)).toEqual([path]);
    expect(edits[path]).toMatch(line);
  });

  it("knows of each service what it is called by mistake, those without a value included", () => {
    const { appEnvironment, listMisspelled } = readFacts(open({ [EXAMPLE]: 'microservices:\n  orders:\n    url: "http://localhost:3002"\n  order-history:\n    url: ""\n' }));
    const names = ["MICROSERVICE_ORDERS_URL", "MICROSERVICE_ORDER_HISTORY_URL", "MICROSERVICE_BILLING_URL"];
    expect(names.map((name) => appEnvironment.map((file) => listMisspelled(file, name)))).toEqual([[["MICROSERVICES_ORDERS_URL"]], [["MICROSERVICES_ORDER-HISTORY_URL"]], [[]]]);
  });

  it("moves each of three services on one port to a port of its own", () => {
    const { edits, left } = mend({ ...service("search", 3001), "modules/orders/orders.yml": "type: microservice\nport: 3001\n", "modules/orders/.env.example.yml": "app:\n  port: 3001\n" });
    expect(left).toEqual([]);
    expect([edits["modules/orders/orders.yml"], edits["modules/search/search.yml"]].map((text) => /port: (\d+)/.exec(text ?? "")?.[1])).toEqual(["3003", "3004"]);
    expect(edits["modules/billing/billing.yml"]).toBeUndefined();
  });

  it("puts no port into a manifest that another service has on this machine", () => {
    const local = { "modules/orders/orders.yml": "type: microservice\n", "modules/orders/.env.example.yml": undefined, "modules/orders/.env.yml": "app:\n  port: 3001\n" };
    const plan = planMend(open(local), RULES, ({ rule }) => rule === "port-missing");
    expect([...plan.edits]).toEqual([]);
    expect(mend(local).edits["modules/orders/orders.yml"]).toBe("type: microservice\nport: 3003\n");
    expect(mend(local).edits["modules/orders/.env.yml"]).toContain("3003");
  });

  it("leaves to a person what takes judgement, where only sync is wanted", () => {
    const changes = { "modules/orders/orders.yml": "type: microservice\nport: 3001\n", "modules/orders/.env.example.yml": undefined, [EXAMPLE]: undefined };
    const plan = planMend(open(changes), SYNC_RULES, (finding) => finding.mend?.by === "sync");
    expect([...plan.edits]).toEqual([]);
  });
});
