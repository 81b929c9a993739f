import { describe, expect, it } from "vitest";
import { readDeployables, readModules, type WorkspaceReader } from "./service-model.js";

const FILES: Readonly<Record<string, string>> = {
  "modules/app/app.yml": 'type: "api"\nmicroservices:\n  - name: "billing"\n    url: MICROSERVICE_BILLING_URL\n',
  "modules/app/Dockerfile": "FROM scratch\n",
  "modules/billing/billing.yml": 'type: "microservice"\nport: 3001\n',
  "modules/billing/.env.example.yml": 'app:\n  port: 3001\ndatabase:\n  url: "postgres://localhost/billing"\n',
  "modules/billing/.env.yml": "app:\n  port: 4001\n",
  "modules/orders/orders.yml": 'type: "microservice"\n',
  "modules/orders/.env.yml": "app:\n  port: 4002\n",
  "modules/shared/shared.yml": 'type: "module"\n',
  "modules/shared/other.yml": "type: api\n",
  "modules/Odd_Name/Odd_Name.yml": "type: api\n",
  "modules/README.md": "",
};

const reader: WorkspaceReader = {
  read: (path) => FILES[path],
  list: (folder) => [
    ...new Set(Object.keys(FILES).flatMap((path) => (path.startsWith(`${folder}/`) ? [path.slice(folder.length + 1).split("/", 1)[0] ?? ""] : []))),
  ],
};

describe("readModules", () => {
  it("reads each folder with a manifest of its name, by name", () => {
    expect(readModules(reader).map(({ names, type, port }) => [names.kebab, type, port])).toEqual([
      ["app", "api", 3000],
      ["billing", "microservice", 3001],
      ["orders", "microservice", 4002],
      ["shared", "module", undefined],
    ]);
  });

  it("names a manifest that is not YAML", () => {
    const broken: WorkspaceReader = { ...reader, read: (path) => (path === "modules/billing/billing.yml" ? "a: [" : reader.read(path)) };
    expect(() => readModules(broken)).toThrow(expect.objectContaining({ code: "MANIFEST_INVALID", where: "modules/billing/billing.yml" }) as Error);
  });
});

describe("readDeployables", () => {
  it("reads what runs as a process, with its declaration and its environment", () => {
    const [app, billing, orders, ...others] = readDeployables(reader);
    expect(others).toEqual([]);
    expect(app).toMatchObject({ type: "api", hasDockerfile: true, urlVariable: undefined });
    expect(billing).toMatchObject({ hasDockerfile: false, urlVariable: "MICROSERVICE_BILLING_URL" });
    expect([...(billing?.environment ?? [])]).toEqual([
      ["PORT", "3001"],
      ["DATABASE_URL", "postgres://localhost/billing"],
    ]);
    expect(orders).toMatchObject({ urlVariable: undefined, environment: new Map() });
  });
});
