import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { createWorkspace, expectIdempotent, expectRefusal, readChanges, readFiles } from "../../testing/fake-workspace.js";
import { topologyGenerator } from "./generator.js";
import { askHealth } from "./lib/observe.js";
import { readFacts } from "./lib/read-facts.js";

const DIGEST = `sha256:${"0f".repeat(32)}`;

const FILES = {
  "README.md": "# Acme\n",
  "modules/app/app.yml": 'type: "api"\nmicroservices:\n  - { name: billing, url: MICROSERVICE_BILLING_URL }\n  - { name: orders, url: ORDERS_ADDRESS }\n  - { name: ghost, url: MICROSERVICE_GHOST_URL }\n',
  "modules/billing/billing.yml": "type: microservice\nport: 3001\n",
  "modules/billing/Dockerfile": "FROM scratch\n",
  "modules/billing/.env.example.yml": 'database:\n  url: "postgres://u:secret@localhost:5432/billing"\ncache:\n  redis:\n    url: "redis://localhost:6379"\n',
  "modules/billing/src/orders.ts": "// MICROSERVICE_IGNORED_URL\nexport const get = () => fetch(`${Bun.env.ORDERS_ADDRESS}/orders`);\n",
  "modules/billing/src/orders.spec.ts": "process.env.MICROSERVICE_TESTED_URL;\n",
  "modules/orders/orders.yml": "type: microservice\nport: 3002\n",
  "modules/orders/src/index.ts": "export const database = process.env.DATABASE_URL;\n",
  "modules/tax/tax.yml": "type: microservice\n",
  "modules/shared/src/tax.ts": 'export const url = env["MICROSERVICE_TAX_URL"];\n',
};

const edgesOf = (files: Record<string, string> = FILES) => readFacts(createWorkspace(files)).calls.map(({ from, to, variable, file }) => `${from} > ${to} (${variable}, ${file})`);

describe("what runs where", () => {
  it("knows who calls whom, by app.yml and by source", () => {
    expect(edgesOf()).toEqual([
      "app > billing (MICROSERVICE_BILLING_URL, modules/app/app.yml)",
      "app > orders (ORDERS_ADDRESS, modules/app/app.yml)",
      "app > ghost (MICROSERVICE_GHOST_URL, modules/app/app.yml)",
      "billing > orders (ORDERS_ADDRESS, modules/billing/src/orders.ts)",
      "app > tax (MICROSERVICE_TAX_URL, modules/shared/src/tax.ts)",
    ]);
  });

  it("knows by a service's env example", () => {
    expect(edgesOf({ ...FILES, "modules/tax/.env.example.yml": 'microservice:\n  billing:\n    url: "http://localhost:3001"\n' })).toContain(
      "tax > billing (MICROSERVICE_BILLING_URL, modules/tax/.env.example.yml)",
    );
  });

  it("knows what is called and is no module", () => {
    expect(readFacts(createWorkspace(FILES)).processes.find(({ name }) => name === "ghost")).toMatchObject({ kind: "missing", isDeclared: true });
  });

  it("knows a datastore whose address only source reads", () => {
    expect(readFacts(createWorkspace(FILES)).processes.find(({ name }) => name === "orders")?.environment).toEqual(new Map([["DATABASE_URL", ""]]));
  });
});

describe("the topology generator", () => {
  it("writes the README's section and the page, and nothing else", async () => {
    const tree = createWorkspace(FILES);
    const before = readFiles(tree);
    await topologyGenerator(tree, {});
    const changes = readChanges(before, readFiles(tree));
    expect(Object.keys(changes)).toEqual(["README.md", "topology.html"]);
    expect(changes["README.md"]).toMatch(/^# Acme\n\n## Topology\n/);
    expect(changes["README.md"]).toContain("billing<br/>:3001");
    expect(changes["topology.html"]).toContain("<title>Topology of acme</title>");
    expect(Object.values(changes).join("")).not.toContain("secret");
  });

  it("changes nothing the second time", async () => {
    await expectIdempotent(createWorkspace(FILES), (tree) => topologyGenerator(tree, {}));
  });

  it("gives the same bytes on a machine with other local settings", async () => {
    const draw = async (files: object): Promise<unknown> => {
      const tree = createWorkspace({ ...FILES, ...files });
      await topologyGenerator(tree, {});
      return [tree.read("README.md", "utf8"), tree.read("topology.html", "utf8")];
    };
    expect(await draw({ "modules/app/.env.yml": undefined, "modules/billing/.env.yml": 'app:\n  port: 4000\ndatabase:\n  url: "postgres://other/other"\n' })).toEqual(await draw({}));
  });

  it("keeps what the user wrote around the section, and takes its place where it is", async () => {
    const tree = createWorkspace(FILES);
    await topologyGenerator(tree, {});
    const drawn = tree.read("README.md", "utf8") ?? "";
    tree.write("README.md", `${drawn.replace("## Topology", "## What runs where")}\n## After\n`);
    tree.write("modules/tax/tax.yml", "type: microservice\nport: 3009\n");
    await topologyGenerator(tree, {});
    const text = tree.read("README.md", "utf8") ?? "";
    expect(text).toContain("# Acme\n\n## What runs where\n\n<!-- topology -->");
    expect(text.endsWith("<!-- /topology -->\n\n## After\n")).toBe(true);
    expect(text).toContain("tax<br/>:3009");
  });

  it("writes where it is told, and only what is wanted", async () => {
    const tree = createWorkspace(FILES);
    const before = readFiles(tree);
    await topologyGenerator(tree, { page: "docs/map.html", skipReadme: true });
    await topologyGenerator(tree, { readme: "docs/map.md", skipPage: true });
    expect(Object.keys(readChanges(before, readFiles(tree)))).toEqual(["docs/map.html", "docs/map.md"]);
  });

  it("shows the digest of a file that docker-push wrote of a repository with a name of its own", async () => {
    const tree = createWorkspace({ ...FILES, ".nx/images/billing.json": JSON.stringify({ references: ["ghcr.io/acme/invoices:sha-0123456789ab"], digest: DIGEST }) });
    await topologyGenerator(tree, { digestFiles: [".nx/images/billing.json"] });
    expect(tree.read("topology.html", "utf8")).toContain(DIGEST);
  });

  it("shows the digests of the files that docker-build wrote", async () => {
    const tree = createWorkspace({ ...FILES, "dist/billing.json": JSON.stringify({ references: ["localhost:5000/acme/billing:1"], digest: DIGEST }) });
    await topologyGenerator(tree, { digestFiles: ["dist/billing.json"] });
    expect(tree.read("README.md", "utf8")).toContain("billing:latest sha256:0f0f0f0f0f0f");
    expect(tree.read("topology.html", "utf8")).toContain(DIGEST);
  });

  it.each([
    ["a page of somebody else's", { "topology.html": "<p>ours</p>\n" }, {}, { code: "PAGE_NOT_OURS", where: "topology.html" }],
    ["markers that are no pair", { "README.md": "<!-- topology -->\n" }, {}, { code: "TOPOLOGY_MARKERS", where: "README.md:1" }],
    ["a path out of the workspace", {}, { page: "../topology.html" }, { code: "PATH_ILLEGAL", where: "page" }],
    ["a README that is no Markdown", {}, { readme: "package.json" }, { code: "PATH_ILLEGAL", where: "readme" }],
    ["a digest file that is not there", {}, { digestFiles: ["dist/none.json"] }, { code: "DIGEST_FILE_INVALID", where: "dist/none.json" }],
    ["a digest file of another image", { "d.json": JSON.stringify({ references: ["postgres:17"], digest: DIGEST }) }, { digestFiles: ["d.json"] }, { code: "DIGEST_FILE_INVALID" }],
    ["a manifest that is no YAML", { "modules/billing/billing.yml": "type: [\n" }, {}, { code: "MANIFEST_INVALID", where: "modules/billing/billing.yml" }],
  ])("refuses %s", async (_, files, options, error) => {
    await expectRefusal(createWorkspace({ ...FILES, ...files }), (tree) => topologyGenerator(tree, options), error);
  });
});

describe("health", () => {
  let server: Server | undefined;
  const listen = async (answer: (path: string) => number | undefined): Promise<number> => {
    server = createServer((request, response) => {
      const status = answer(request.url ?? "");
      if (status !== undefined) response.writeHead(status).end();
    });
    await new Promise<void>((resolve) => server?.listen(0, "127.0.0.1", resolve));
    return (server.address() as AddressInfo).port;
  };
  const close = (): void => {
    server?.closeAllConnections();
    server?.close();
  };
  afterEach(close);

  it.each([
    ["healthy", () => 200],
    ["healthy", () => 401],
    ["healthy", (path: string) => (path === "/b" ? 204 : 404)],
    ["unhealthy", () => 503],
    ["no answer", () => 404],
    ["no answer", () => undefined],
  ])("is %s", async (health, answer) => {
    expect(await askHealth(await listen(answer), ["/a", "/b"], 500)).toBe(health);
  });

  it("is «not running» where nobody listens", async () => {
    const port = await listen(() => 200);
    close();
    expect(await askHealth(port, ["/a"], 500)).toBe("not running");
  });

  it("is drawn with --live", async () => {
    const port = await listen((path) => (path === "/api/v1/health" ? 200 : 404));
    const tree = createWorkspace({ ...FILES, "modules/billing/billing.yml": `type: microservice\nport: ${port}\n`, "modules/billing/Dockerfile": undefined as never });
    await topologyGenerator(tree, { live: true });
    expect(tree.read("README.md", "utf8")).toContain(`billing<br/>:${port}<br/>healthy`);
  });
});
