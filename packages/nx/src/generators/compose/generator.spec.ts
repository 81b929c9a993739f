import { logger, type Tree } from "@nx/devkit";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { parse } from "yaml";
import { createWorkspace, editFile, expectIdempotent, expectRefusal, flush, readChanges, readFiles } from "../../testing/fake-workspace.js";
import { createServiceWorkspace } from "../../testing/service-workspace.js";
import { microserviceGenerator } from "../microservice/generator.js";
import { microserviceRemoveGenerator } from "../microservice-remove/generator.js";
import { composeGenerator } from "./generator.js";

const FILE = "docker-compose.production.yml";

interface Parsed {
  readonly services: Record<string, { image?: string; environment?: Record<string, string>; ports?: string[]; profiles?: string[]; healthcheck?: unknown; [key: string]: unknown }>;
  readonly volumes?: Record<string, unknown>;
}

let warnings: string[];

beforeEach(() => {
  warnings = [];
  vi.spyOn(logger, "info").mockReturnValue();
  vi.spyOn(logger, "warn").mockImplementation((line: string) => void warnings.push(line));
});

afterEach(() => {
  vi.restoreAllMocks();
});

const read = (tree: Tree): string => tree.read(FILE, "utf8") ?? "";
const parsed = (tree: Tree): Parsed => parse(read(tree)) as Parsed;

describe("compose", () => {
  it.each(["a/../../evil.yml", "../evil.yml", "/etc/evil.yml", ".git/evil.yml", "a\nb.yml", "compose.txt"])("refuses to write %j", async (file) => {
    await expectRefusal(await createServiceWorkspace(), (tree) => composeGenerator(tree, { file }), { code: "PATH_ILLEGAL" });
  });

  it.each(["x-base: 1", "services:\n  db: {}", "services:\n  db: {}\n"])("gives %j back once the service is gone", async (text) => {
    const tree = await createServiceWorkspace({ [FILE]: text, "modules/app/app.yml": "type: module\n" });
    composeGenerator(tree, {});
    for (const name of ["billing", "order-history"]) await microserviceRemoveGenerator(tree, { name, force: true });
    composeGenerator(tree, {});
    expect(read(tree)).toBe(text);
  });

  it("writes one block per service, wired to each other and with no port published", async () => {
    const tree = await createServiceWorkspace();
    composeGenerator(tree, {});
    const { services } = parsed(tree);
    expect(services["order-history"]).toEqual({
      image: "${ORDER_HISTORY_IMAGE:-order_history:latest}",
      restart: "unless-stopped",
      init: true,
      env_file: [{ path: "./order-history.env", required: false }],
      environment: { NODE_ENV: "production", APP_ENV: "${APP_ENV:-production}", HOST_NAME: "0.0.0.0", PORT: "3002" },
      read_only: true,
      tmpfs: ["/tmp"],
      cap_drop: ["ALL"],
      security_opt: ["no-new-privileges:true"],
    });
    expect(services["app"]?.environment).toMatchObject({
      PORT: "3000",
      MICROSERVICE_BILLING_URL: "http://billing:3001",
      MICROSERVICE_ORDER_HISTORY_URL: "http://order-history:3002",
    });
    expect(Object.values(services).flatMap(({ ports }) => ports ?? [])).toEqual([]);
  });

  it("leads a service to those it calls, which its source or its example tells, and no other", async () => {
    const tree = await createServiceWorkspace();
    composeGenerator(tree, {});
    const before = read(tree);
    tree.write("modules/billing/src/orders.ts", "export const orders = (): Promise<Response> => fetch(`${process.env.MICROSERVICE_ORDER_HISTORY_URL}/api/v1/orders`);\n");
    composeGenerator(tree, {});
    const urlsOf = (name: string): string[] => Object.entries(parsed(tree).services[name]?.environment ?? {}).flatMap(([key, value]) => (key.startsWith("MICROSERVICE_") ? `${key}=${value}` : []));
    expect(urlsOf("billing")).toEqual(["MICROSERVICE_ORDER_HISTORY_URL=http://order-history:3002"]);
    expect(urlsOf("order-history")).toEqual([]);
    expect(read(tree).split("\n").length).toBe(before.split("\n").length + 1);

    const example = "modules/order-history/.env.example.yml";
    tree.write(example, `${tree.read(example, "utf8") ?? ""}microservice:\n  billing:\n    url: "http://localhost:3001"\n`);
    composeGenerator(tree, {});
    expect(urlsOf("order-history")).toEqual(["MICROSERVICE_BILLING_URL=http://billing:3001"]);
    await expectIdempotent(flush(tree), (again) => composeGenerator(again, {}));
  });

  it("takes out the block of a service that called another, once it is gone, as nobody has changed it", async () => {
    const tree = await createServiceWorkspace();
    tree.write("modules/billing/src/orders.ts", "export const address = process.env.MICROSERVICE_ORDER_HISTORY_URL;\n");
    composeGenerator(tree, {});
    const removed = flush(tree);
    await microserviceRemoveGenerator(removed, { name: "billing", force: true });
    composeGenerator(removed, {});
    expect(Object.keys(parsed(removed).services)).toEqual(["app", "order-history"].flatMap((name) => [name, `${name}-postgres`, `${name}-redis`]).sort());
  });

  it("names the project after the workspace, whatever folder it is checked out in, and no file that is there", () => {
    const nameOf = (name: string | undefined, compose?: string): unknown => {
      const tree = createWorkspace({ "package.json": JSON.stringify({ name, workspaces: ["modules/*"] }), [FILE]: compose });
      composeGenerator(tree, {});
      return (parsed(tree) as { name?: unknown }).name;
    };
    expect(nameOf("acme")).toBe("acme");
    expect(nameOf("@acme/Shop.API")).toBe("shop-api");
    expect(nameOf("123")).toBe("123");
    expect(nameOf(undefined)).toBeUndefined();
    expect(nameOf("acme", "services:\n  app:\n    image: x\n")).toBeUndefined();
  });

  it("gives each service datastores of its own, with a volume each, in the profile development alone", async () => {
    const tree = await createServiceWorkspace();
    composeGenerator(tree, {});
    const { services, volumes } = parsed(tree);
    const development = Object.entries(services).filter(([, { profiles }]) => profiles?.join() === "development");
    expect(development.map(([name]) => name)).toEqual(["app", "billing", "order-history"].flatMap((name) => [`${name}-postgres`, `${name}-redis`]));
    expect(Object.keys(volumes ?? {})).toEqual(development.map(([name]) => name));
    const without = await createServiceWorkspace();
    composeGenerator(without, { datastores: false });
    expect(Object.keys(parsed(without).services)).toEqual(["app", "billing", "order-history"]);
    composeGenerator(without, { datastores: true });
    expect(Object.keys(parsed(without).services)).toContain("billing-redis");
  });

  it("publishes what is asked for, on this machine alone unless a variable says otherwise", async () => {
    const tree = await createServiceWorkspace();
    composeGenerator(tree, { publish: ["app"] });
    expect(parsed(tree).services["app"]?.ports).toEqual(["${APP_PUBLISH:-127.0.0.1:3000}:3000"]);
    composeGenerator(tree, { publish: ["billing"] });
    expect(parsed(tree).services["billing"]?.ports).toEqual(["${BILLING_PUBLISH:-127.0.0.1:3001}:3001"]);
  });

  it("changes nothing when it runs again", async () => {
    await expectIdempotent(await createServiceWorkspace(), (tree) => composeGenerator(tree, { publish: ["app"] }));
  });

  it("keeps every byte that a person wrote, and adds a new service to it", async () => {
    const tree = await createServiceWorkspace();
    composeGenerator(tree, {});
    editFile(tree, FILE, "services:\n", "services:\n  # In front of everything.\n  proxy:\n    image: caddy:2\n    ports: ['443:443']\n\n");
    editFile(tree, FILE, "    read_only: true\n", "    mem_limit: 512m # measured\n");
    editFile(tree, FILE, '"http://billing:3001"', "https://billing.internal.example.com");
    const before = read(tree);
    composeGenerator(tree, {});
    expect(read(tree)).toBe(before);
    await microserviceGenerator(tree, { name: "payments" });
    composeGenerator(tree, {});
    expect(parsed(tree).services["app"]?.environment).toMatchObject({
      MICROSERVICE_BILLING_URL: "https://billing.internal.example.com",
      MICROSERVICE_PAYMENTS_URL: "http://payments:3003",
    });
    const kept = read(tree).split("\n");
    expect(before.split("\n").filter((line) => !kept.includes(line))).toEqual([]);
    expect(read(tree)).toContain("  # In front of everything.\n  proxy:\n    image: caddy:2\n    ports: ['443:443']\n\n  app:");
  });

  it("keeps ports and addresses in step with the manifests", async () => {
    const tree = await createServiceWorkspace();
    composeGenerator(tree, {});
    editFile(tree, "modules/billing/billing.yml", "port: 3001", "port: 3009");
    composeGenerator(tree, {});
    const { services } = parsed(tree);
    expect(services["billing"]?.environment).toMatchObject({ PORT: "3009" });
    expect(services["app"]?.environment).toMatchObject({ MICROSERVICE_BILLING_URL: "http://billing:3009" });
  });

  it("takes over a file in the style of the framework's documentation, as it is", async () => {
    const text = [
      "services:",
      "  billing:",
      "    image: ${BILLING_IMAGE:-ghcr.io/owner/billing:latest}",
      "    restart: unless-stopped",
      "    ports:",
      '      - "3007:3007"',
      "    env_file: ./billing.env",
      "    environment:",
      "      - HOST_NAME=0.0.0.0",
      "      - PORT=3007",
      "  app:",
      "    image: acme/app",
      "    environment:",
      "      - PORT=3000",
      "",
    ].join("\r\n");
    const tree = await createServiceWorkspace({ [FILE]: text });
    const callback = composeGenerator(tree, { datastores: false });
    expect(read(tree).startsWith(text.trimEnd())).toBe(true);
    expect(read(tree)).not.toMatch(/[^\r]\n/);
    expect((parsed(tree).services["app"]?.environment as unknown as string[]).slice(1)).toEqual([
      "MICROSERVICE_BILLING_URL=http://billing:3007",
      "MICROSERVICE_ORDER_HISTORY_URL=http://order-history:3002",
    ]);
    await callback();
    expect(warnings.join("\n")).toContain("billing listens on 3007");
    await expectIdempotent(flush(tree), (again) => composeGenerator(again, { datastores: false }));
  });

  it.each([
    ["no service yet", "# mine\nservices: # none\n", ["# mine", "services: # none"]],
    ["others alone, four spaces a level, and no line break at its end", "services:\n    proxy:\n        image: caddy:2", ["services:", "    proxy:", "        image: caddy:2"]],
    ["no key services", "x-log: &log\n  driver: local\ninclude: [other.yml]\n", ["x-log: &log", "  driver: local", "include: [other.yml]"]],
  ])("adds to a file that a person wrote, with %s", async (_, text, lines) => {
    const tree = await createServiceWorkspace({ [FILE]: text });
    composeGenerator(tree, { datastores: false });
    expect(read(tree).split("\n").slice(0, lines.length)).toEqual(lines);
    expect(Object.keys(parsed(tree).services)).toEqual(expect.arrayContaining(["app", "billing", "order-history"]));
    await expectIdempotent(flush(tree), (again) => composeGenerator(again, { datastores: false }));
  });

  it("is undone by the service's removal and a second run", async () => {
    const tree = await createServiceWorkspace();
    composeGenerator(tree, {});
    const before = read(tree);
    await microserviceGenerator(tree, { name: "payments" });
    composeGenerator(tree, {});
    const payments = flush(tree);
    await microserviceRemoveGenerator(payments, { name: "payments", force: true });
    composeGenerator(payments, {});
    expect(read(payments)).toBe(before);
  });

  it("leaves the changed block of a removed service, and says so", async () => {
    const tree = await createServiceWorkspace();
    composeGenerator(tree, {});
    editFile(tree, FILE, 'PORT: "3001"', 'PORT: "3001"\n      LOG_LEVEL: debug');
    const before = read(tree);
    const removed = flush(tree);
    await microserviceRemoveGenerator(removed, { name: "billing", force: true });
    const callback = composeGenerator(removed, {});
    await callback();
    expect(read(removed)).toBe(before);
    expect(warnings.join("\n")).toContain("billing is no service of the workspace any more");
  });

  describe("an environment that services share", () => {
    const block = (name: string, environment: string): string => `  ${name}:\n    image: acme/${name}\n    environment: ${environment}\n`;

    it("is edited for none of them, and the place is told", async () => {
      const [app, billing] = [block("app", '{ PORT: "3000" }'), block("billing", '&env\n      PORT: "3999"')];
      const tree = await createServiceWorkspace({ [FILE]: `services:\n${app}${billing}${block("order-history", "*env")}` });
      await expectRefusal(tree, (shared) => composeGenerator(shared, { datastores: false }), { code: "COMPOSE_UNSUPPORTED", where: `${FILE}:7`, remedy: expect.stringContaining("PORT") as string });
    });

    it("is shared still where a block has all but one variable of it", async () => {
      const tree = await createServiceWorkspace({
        [FILE]: `x-env: &env\n  PORT: "3999"\n  TZ: UTC\nservices:\n${block("app", '\n      PORT: "3000"')}${block("billing", "\n      <<: *env")}${block("order-history", "\n      <<: *env\n      PORT: 3002")}`,
      });
      composeGenerator(tree, { datastores: false });
      const { services } = parse(read(tree), { merge: true }) as Parsed;
      expect(services["billing"]?.environment).toEqual({ TZ: "UTC", PORT: "3001" });
      expect(services["order-history"]?.environment).toEqual({ TZ: "UTC", PORT: 3002 });
      expect(read(tree)).toContain('x-env: &env\n  PORT: "3999"\n');
    });

    it("loses no variable to the removal of a service", async () => {
      const tree = await createServiceWorkspace();
      composeGenerator(tree, { datastores: false });
      editFile(tree, FILE, "    environment:\n", "    environment: &env\n");
      tree.write(FILE, `${read(tree).trimEnd()}\n\n  worker:\n    image: acme/worker\n    environment: *env\n`);
      const removed = flush(tree);
      await microserviceRemoveGenerator(removed, { name: "billing", force: true });
      await composeGenerator(removed, { datastores: false })();
      expect(parsed(removed).services["worker"]?.environment).toHaveProperty("MICROSERVICE_BILLING_URL");
      expect(warnings.join("\n")).toContain("MICROSERVICE_BILLING_URL of app");
    });
  });

  it("says which image nothing here builds", async () => {
    const callback = composeGenerator(await createServiceWorkspace(), {});
    await callback();
    expect(warnings.join("\n")).toContain("modules/app has no Dockerfile, so nothing here builds its image. Say which one it runs with APP_IMAGE.");
  });

  it.each([
    ["a name that is no service", { publish: ["nothing"] }, {}, { code: "SERVICE_MISSING", where: "--publish" }],
    ["a file that is not YAML", {}, { [FILE]: "services: [\n" }, { code: "COMPOSE_INVALID" }],
    ["a file of compose's first generation", {}, { [FILE]: "# mine\nbilling:\n  image: x\n" }, { code: "COMPOSE_UNSUPPORTED", where: `${FILE}:2`, remedy: expect.stringContaining("--file") as string }],
    ["services in brackets", {}, { [FILE]: "services: { proxy: { image: caddy } }\n" }, { code: "COMPOSE_UNSUPPORTED", where: `${FILE}:1` }],
  ])("refuses %s, and writes nothing", async (_, options, files, error) => {
    await expectRefusal(await createServiceWorkspace(files), (tree) => composeGenerator(tree, options), error);
  });

  it("refuses a workspace with nothing to deploy", async () => {
    const tree = createWorkspace({ "modules/app/app.yml": "type: module\n" });
    await expectRefusal(tree, (empty) => composeGenerator(empty, {}), { code: "COMPOSE_EMPTY" });
    expect(readChanges({}, readFiles(tree))).not.toHaveProperty(FILE);
  });
});
