import { describe, expect, it } from "vitest";
import { isPortSource, type PortClaim, readPorts, resolvePort } from "./ports.js";

/** Ports and owners of one file, `3001 billing`, in the order of the file. */
const read = (path: string, text: string): string[] =>
  readPorts([{ path, text }]).map(({ port, owner }) => `${port} ${owner}`);

describe("isPortSource", () => {
  it.each([
    "modules/billing/billing.yml",
    "modules/app/.env.yml",
    ".env.yml",
    ".env.example.yaml",
    "deploy/env.staging.yml",
    ".env",
    "modules/app/.env.local",
    "docker-compose.yml",
    "docker-compose.override.yaml",
    "ops/compose.dev.yml",
    "package.json",
    "modules/billing/project.json",
  ])("takes %s", (path) => {
    expect(isPortSource(path)).toBe(true);
  });

  it.each([
    "modules/billing/roles.yml",
    "modules/billing/src/index.ts",
    "node_modules/redis/package.json",
    "modules/billing/node_modules/redis/.env",
    ".github/workflows/ci.yml",
    "tsconfig.json",
  ])("passes over %s", (path) => {
    expect(isPortSource(path)).toBe(false);
  });
});

describe("readPorts", () => {
  it.each([
    ["a number", "type: microservice\nport: 3001\n"],
    ["double quotes", 'port: "3001" # dev\n'],
    ["single quotes and CRLF", "type: 'microservice'\r\nport: '3001'\r\n"],
    ["an unreadable file", 'type: "microservice\nport: 3001\n\tx: [\n'],
  ])("reads a manifest: %s", (_, text) => {
    expect(read("modules/billing/billing.yml", text)).toEqual(["3001 billing"]);
  });

  it("gives a service's URL to the service, and the rest to the module or the file", () => {
    const text = `
app:
  port: 3000
  admin:
    port: "3010"
microservice:
  billing:
    url: "http://localhost:3001"
microservices:
  order_history:
    url: 'http://127.0.0.1:3002/api'
  remote:
    url: https://remote.example.com:8443
cache:
  redis:
    url: redis://user:secret@0.0.0.0:6379
cors:
  origins: "http://[::1]:5173,http://localhost:4200"
`;
    const own = (owner: string): string[] => [
      `3000 ${owner}`,
      `3010 ${owner}`,
      "3001 billing",
      "3002 order-history",
      `6379 ${owner}`,
      `5173 ${owner}`,
      `4200 ${owner}`,
    ];
    expect(read("modules/app/.env.yml", text)).toEqual(own("app"));
    expect(read(".env.yml", text)).toEqual(own(".env.yml"));
  });

  it("reads env files line by line where they are no YAML", () => {
    expect(read(".env.yml", "app:\n\tport: 3001\n  x: [\n  url: http://localhost:3002\n")).toEqual([
      "3001 .env.yml",
      "3002 .env.yml",
    ]);
  });

  it("reads dotenv files", () => {
    const text = `
# PORT=3009
PORT=3001
export ADMIN_PORT="3002" # quoted
MICROSERVICE_BILLING_URL=http://localhost:3003
MICROSERVICES_ORDER_HISTORY_URL='http://localhost:3004'
DATABASE_URL=postgres://u:p@localhost:5432/db?x=1
FALLBACK_PORT=\${PORT:-3005}
REMOTE_URL=http://db.example.com:3006
REPORT=3007x
`;
    expect(read(".env", text)).toEqual([
      "3001 .env",
      "3002 .env",
      "3003 billing",
      "3004 order-history",
      "5432 .env",
      "3005 .env",
    ]);
  });

  it("reads compose files", () => {
    const text = `
services:
  web:
    ports:
      - "3001:3000"
      - 127.0.0.1:3002:3000/tcp
      - "[::1]:3003:3000"
      - "3004-3006:3004-3006"
      - "\${WEB_PORT:-3007}:3000"
      - "3008:\${INNER}"
      - "3999"
      - 3999
      - "\${UNKNOWN}:3998"
      - "127.0.0.1::3997"
  order_history:
    ports:
      - target: 3000
        published: "3010"
      - { target: 3000, published: 3011-3012 }
  mail:
    environment:
      PORT: 3020
      MICROSERVICE_BILLING_URL: http://localhost:3021
  queue:
    environment:
      - PORT=3022
      - NAME=x
  redis:
    image: redis:7
    ports: ["6379:6379"]
`;
    expect(read("docker-compose.yml", text)).toEqual([
      ...[3001, 3002, 3003, 3004, 3005, 3006, 3007, 3008].map((port) => `${port} web`),
      ...[3010, 3011, 3012].map((port) => `${port} order-history`),
      "3020 mail",
      "3021 billing",
      "3022 queue",
      "6379 redis",
    ]);
  });

  it("reads compose files with anchors, merges, tags and several documents", () => {
    const text = `
x-base: &base
  ports: ["3001:3000"]
services:
  web:
    <<: *base
  mail:
    ports: !override
      - "3002:3000"
---
services:
  web:
    ports: !reset []
`;
    expect(read("compose.yml", text)).toEqual(["3001 compose.yml", "3001 web", "3002 mail"]);
  });

  it("reads compose files line by line where they are no YAML", () => {
    const text =
      'services:\n\tweb:\n  ports:\n    - "3001:3000" # web\n    - 3999\n    environment:\n      - PORT=3002\n    x: [\n';
    expect(read("compose.yml", text)).toEqual(["3001 compose.yml", "3002 compose.yml"]);
  });

  it("reads projects", () => {
    const text = JSON.stringify({
      name: "web",
      scripts: {
        dev: "vite --port 3001",
        start: "PORT=3002 bun run src/index.ts",
        next: "next dev -p 3003",
        build: "mkdir -p dist",
      },
      targets: {
        serve: { options: { port: 3004, env: { PORT: "3005" } }, configurations: { ci: { command: "x --port=3006" } } },
        run: { options: { args: ["--port", "3007"], commands: ["PORT='3008' bun x"] } },
      },
    });
    const ports = [3001, 3002, 3003, 3004, 3005, 3006, 3007, 3008];
    expect(read("apps/web/project.json", text)).toEqual(ports.map((port) => `${port} apps/web`));
    expect(read("modules/web/package.json", text)).toEqual(ports.map((port) => `${port} web`));
    expect(read("package.json", text)).toEqual(ports.map((port) => `${port} package.json`));
  });

  it("takes what it can from broken JSON", () => {
    expect(read("apps/web/project.json", '\uFEFF{ // c\n "targets": { "serve": { "port": 3001, } }, oops')).toEqual([
      "3001 apps/web",
    ]);
  });

  it.each(["port: 0", "port: 70000", "port: auto", "port: -1", "port: 3.5", "port:", "", "- 1", "a: *nowhere"])(
    "finds nothing in %j",
    (text) => {
      expect(read("modules/billing/billing.yml", text)).toEqual([]);
    },
  );

  it("counts a port of one owner once, and of two owners twice", () => {
    const claims = readPorts([
      { path: "modules/billing/billing.yml", text: "port: 3001" },
      { path: "modules/app/.env.yml", text: "microservice: { billing: { url: http://localhost:3001 } }" },
      { path: "compose.yml", text: 'services: { mail: { ports: ["3001:3000"] } }' },
    ]);
    expect(claims).toEqual([
      { port: 3001, owner: "billing", file: "modules/billing/billing.yml" },
      { port: 3001, owner: "mail", file: "compose.yml" },
    ]);
  });
});

describe("resolvePort", () => {
  const claims: PortClaim[] = [
    { port: 3000, owner: "app", file: "modules/app/.env.yml" },
    { port: 3001, owner: "billing", file: "modules/billing/billing.yml" },
    { port: 3002, owner: "notifications", file: "docker-compose.yml" },
    { port: 6379, owner: "redis", file: "docker-compose.yml" },
  ];

  it.each([
    ["the first port", [], undefined, 3001],
    ["the first that nobody has", claims, undefined, 3003],
    ["the requested one", claims, 4000, 4000],
    ["the lowest", claims, 1, 1],
    ["the highest", claims, 65_535, 65_535],
  ])("gives %s", (_, taken, requested, port) => {
    expect(resolvePort(taken, requested, "orders")).toBe(port);
  });

  it("gives a service what it has itself", () => {
    expect(resolvePort(claims, 3001, "billing")).toBe(3001);
    expect(resolvePort(claims, undefined, "billing")).toBe(3001);
  });

  it.each([
    [3002, "notifications"],
    [6379, "redis"],
    [3000, "app"],
  ])("refuses %i, which %s has", (requested, owner) => {
    expect(() => resolvePort(claims, requested, "orders")).toThrowError(
      expect.objectContaining({
        code: "PORT_TAKEN",
        what: `port ${requested} already belongs to ${owner}`,
        where: claims.find(({ port }) => port === requested)?.file,
        remedy: "leave out --port to get the next free one, 3003",
      }),
    );
  });

  it.each([0, -1, 65_536, 3001.5, Number.NaN, Number.POSITIVE_INFINITY])("refuses %d", (requested) => {
    expect(() => resolvePort(claims, requested, "orders")).toThrowError(
      expect.objectContaining({ code: "PORT_ILLEGAL" }),
    );
  });

  it("refuses where no port is left", () => {
    const all = readPorts([{ path: "compose.yml", text: 'services: { greedy: { ports: ["3001-99999:3001"] } }' }]);
    expect(() => resolvePort(all, undefined, "orders")).toThrowError(expect.objectContaining({ code: "PORT_ILLEGAL" }));
  });
});
