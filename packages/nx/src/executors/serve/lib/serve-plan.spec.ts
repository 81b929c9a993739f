import { describe, expect, it } from "vitest";
import type { WorkspaceReader } from "../../../workspace/service-model.js";
import { resolveServePlan } from "./serve-plan.js";

type Files = Readonly<Record<string, string>>;

const FILES: Files = {
  "modules/app/app.yml": 'type: "api"\nmicroservices:\n  - name: "billing"\n    url: MICROSERVICE_BILLING_URL\n  - name: "orders"\n    url: ORDERS\n  - name: "elsewhere"\n    url: MICROSERVICE_ELSEWHERE_URL\n',
  "modules/app/.env.yml": "app:\n  host: 127.0.0.1\n  port: 3000\n",
  "modules/billing/billing.yml": 'type: "microservice"\nport: 3001\n',
  "modules/billing/.env.yml": "app:\n  host: 0.0.0.0\n  port: 4001\n",
  "modules/orders/orders.yml": 'type: "microservice"\nport: 3002\n',
  "modules/orders/.env.example.yml": 'app:\n  env: local\n  port: 3002\ndatabase:\n  url: ""\n',
};

function open(files: Files): WorkspaceReader {
  const paths = Object.keys(files);
  return { read: (path) => files[path], list: (folder) => [...new Set(paths.flatMap((path) => (path.startsWith(`${folder}/`) ? [path.slice(folder.length + 1).split("/", 1)[0] ?? ""] : [])))] };
}

describe("what is served", () => {
  it("is the API alone unless its services are wanted", () => {
    const { services, app, absent } = resolveServePlan({ args: ["--inspect"] }, "modules/app", open(FILES));
    expect({ services, absent }).toEqual({ services: [], absent: [] });
    expect(app).toEqual({ name: "app", root: "modules/app", argv: ["bun", "--watch", "--inspect", "src/index.ts"], env: { PORT: "3000" }, host: "127.0.0.1", port: 3000 });
  });

  it("is every declared service that is here, each on the port of its own environment, and the app knows where", () => {
    const { services, app, absent } = resolveServePlan({ withServices: true }, "modules/app", open(FILES));
    expect(services.map(({ name, host, port }) => `${name} ${host}:${port}`)).toEqual(["billing localhost:4001", "orders localhost:3002"]);
    expect(absent).toEqual(["elsewhere"]);
    expect(app.env).toEqual({ MICROSERVICE_BILLING_URL: "http://localhost:4001", ORDERS: "http://localhost:3002", PORT: "3000" });
  });

  it("takes the example's environment on a fresh clone, where there is no other", () => {
    const { services } = resolveServePlan({ withServices: true }, "modules/app", open(FILES));
    expect(services.map(({ env }) => env)).toEqual([{ PORT: "4001" }, { APP_ENV: "local", PORT: "3002" }]);
  });

  it.each([
    ["PORT_DUPLICATE", { "modules/orders/orders.yml": "type: microservice\nport: 4001\n", "modules/orders/.env.example.yml": "" }, "modules/orders/orders.yml"],
    ["PORT_MISSING", { "modules/orders/orders.yml": "type: microservice\n", "modules/orders/.env.example.yml": "" }, "modules/orders/orders.yml"],
  ])("refuses %s", (code, files: Files, where) => {
    expect(() => resolveServePlan({ withServices: true }, "modules/app", open({ ...FILES, ...files }))).toThrow(expect.objectContaining({ code, where }) as Error);
  });
});
