import { logger } from "@nx/devkit";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import {
  createWorkspace,
  expectIdempotent,
  expectRefusal,
  flush,
  OONEEX_WORKSPACE,
  readChanges,
  readFiles,
} from "../../testing/fake-workspace.js";
import { PROVEN_BUN_VERSION } from "../../workspace/bun-version.js";
import { microserviceGenerator } from "./generator.js";
import type { MicroserviceOptions } from "./schema.js";

const SERVICE_FILES = [
  ".env.example.yml",
  ".env.yml",
  "Dockerfile",
  "billing.yml",
  "package.json",
  "roles.yml",
  "src/BillingModule.ts",
  "src/OnAppStart.ts",
  "src/controllers/HealthController.ts",
  "src/index.ts",
  "src/middlewares/DrainMiddleware.ts",
  "tests/BillingModule.spec.ts",
  "tsconfig.json",
].map((path) => `modules/billing/${path}`);

type FilesWithGaps = Parameters<typeof createWorkspace>[0];

/** Generates billing, and returns what has changed. */
async function generate(
  options: Partial<MicroserviceOptions> = {},
  files: FilesWithGaps = {},
): Promise<Record<string, string>> {
  const tree = createWorkspace(files);
  const before = readFiles(tree);
  await microserviceGenerator(tree, { name: "billing", ...options });
  return readChanges(before, readFiles(tree)) as Record<string, string>;
}

const generateBilling = (options: Partial<MicroserviceOptions> = {}) => {
  return (tree: ReturnType<typeof createWorkspace>) => microserviceGenerator(tree, { name: "billing", ...options });
};

beforeEach(() => {
  vi.spyOn(logger, "info").mockReturnValue();
});

afterEach(() => {
  vi.restoreAllMocks();
});

describe("microservice", () => {
  it("writes the service, and enters it into the shared files that are there", async () => {
    expect(Object.keys(await generate())).toEqual(
      [...SERVICE_FILES, ".commitlintrc.ts", "modules/app/.env.yml", "modules/app/app.yml", "tsconfig.json"].sort(),
    );
  });

  it("declares it to the app by a variable, which the app's env file sets", async () => {
    const changes = await generate();
    const { "modules/app/app.yml": manifest, "modules/app/.env.yml": environment } = OONEEX_WORKSPACE;
    expect(changes["modules/app/app.yml"]).toBe(
      `${manifest}microservices:\n  - name: "billing"\n    url: MICROSERVICE_BILLING_URL\n`,
    );
    expect(changes["modules/app/.env.yml"]).toBe(
      `${environment}microservice:\n  billing:\n    url: "http://localhost:3001"\n`,
    );
    expect(changes["tsconfig.json"]).toContain('"@module/billing/*": [\n        "./modules/billing/src/*"\n      ]');
    expect(changes[".commitlintrc.ts"]).toContain('["common", "app", "shared", "billing"]');
  });

  it("does the same from any spelling of the name", async () => {
    const changes = await generate({ name: " orderHistory Module" });
    expect(Object.keys(changes)).toContain("modules/order-history/src/OrderHistoryModule.ts");
    expect(changes["modules/app/app.yml"]).toContain("MICROSERVICE_ORDER_HISTORY_URL");
    expect(changes["modules/order-history/Dockerfile"]).toContain("-t order_history:latest .");
  });

  it("writes a local environment, and an example of it that survives a clone", async () => {
    const changes = await generate();
    const [, ...environment] = changes["modules/billing/.env.yml"]?.split("\n") ?? [];
    const [, ...example] = changes["modules/billing/.env.example.yml"]?.split("\n") ?? [];
    expect(environment).toContain("  port: 3001");
    expect(example).toEqual(environment);
    expect(changes["modules/billing/billing.yml"]).toMatch(/^type: "microservice"\nport: 3001 /);
  });

  it.each(["billing", "on-app-start", "zebra"])(
    "sorts the imports of the entrypoint of %s as Biome does",
    async (name) => {
      const index = (await generate({ name }))[`modules/${name}/src/index.ts`] ?? "";
      const paths = [...index.matchAll(/from "\.\/(.+)"/g)].map(([, path]) => path?.toLowerCase());
      expect(paths).toEqual([...paths].sort());
    },
  );

  it("makes a Dockerfile for the module, its health path and the workspace's Bun", async () => {
    const { "modules/billing/Dockerfile": dockerfile = "" } = await generate(
      { healthPath: "/live" },
      { ".bun-version": "1.4.2\n" },
    );
    expect(
      [...dockerfile.matchAll(/^FROM (\S+) AS (\S+)$/gm)].map(([, from, stage]) => `${stage} from ${from}`),
    ).toEqual([
      "base from oven/bun:1.4.2",
      "context from base",
      "manifests from scratch",
      "sources from scratch",
      "runtime from manifests",
      "deps from base",
      "prod-deps from base",
      "build from deps",
      "production from base",
    ]);
    expect(dockerfile).toContain("of ['/api/v1/live', '/live'])");
    expect(dockerfile).toContain("bun build modules/billing/src/index.ts");
    expect(dockerfile).not.toMatch(/^# *syntax=|\.env\.yml/m);
  });

  it("takes the Bun that this version is proven with where the workspace names none", async () => {
    const { "modules/billing/Dockerfile": dockerfile } = await generate();
    expect(dockerfile).toContain(`FROM oven/bun:${PROVEN_BUN_VERSION} AS base`);
  });

  it.each([
    ["/healthcheck", "/healthcheck", "['/api/v1/healthcheck', '/healthcheck']"],
    ["/api/v1/live", "/live", "['/api/v1/live']"],
    ["/status/live-1.0", "/status/live-1.0", "['/api/v1/status/live-1.0', '/status/live-1.0']"],
  ])("with the health path %s serves the route %s and probes %s", async (healthPath, route, probes) => {
    const changes = await generate({ healthPath });
    expect(changes["modules/billing/src/controllers/HealthController.ts"]).toContain(`@Route.get("${route}", {`);
    expect(changes["modules/billing/Dockerfile"]).toContain(`for (const path of ${probes})`);
  });

  it("lists the tags for Nx, and writes no key for none", async () => {
    const manifest = (await generate({ tags: ["scope:money", 'a"b'] }))["modules/billing/package.json"] ?? "";
    expect(JSON.parse(manifest)).toMatchObject({ name: "@module/billing", nx: { tags: ["scope:money", 'a"b'] } });
    expect((await generate())["modules/billing/package.json"]).not.toContain('"nx"');
  });

  it.each([
    [{ "@talosjs/app": "^1.0.0" }, undefined, "@talosjs"],
    [{ "@ooneex/app": "^1.0.0" }, undefined, "@ooneex"],
    [{}, undefined, "@ooneex"],
    [{ "@ooneex/app": "^1.0.0" }, "@talosjs" as const, "@talosjs"],
  ])("with the dependencies %j and --framework %j imports %s", async (dependencies, framework, scope) => {
    const packageJson = JSON.stringify({ dependencies });
    const changes = await generate(framework === undefined ? {} : { framework }, { "package.json": packageJson });
    const sources = SERVICE_FILES.filter((path) => path.includes("/src/")).map((path) => changes[path] ?? "");
    const scopes = sources.flatMap((text) => [...text.matchAll(/from "(@\w+)\//g)].map(([, name]) => name));
    expect(new Set(scopes)).toEqual(new Set([scope]));
  });

  it("touches neither nx.json nor the modules that regular modules are registered in", async () => {
    const changes = Object.keys(await generate());
    for (const path of ["nx.json", "modules/app/src/AppModule.ts", "modules/shared/src/SharedModule.ts"]) {
      expect(changes).not.toContain(path);
    }
  });

  describe("where shared files are missing", () => {
    it("makes app.yml, and no other", async () => {
      const missing = { "modules/app/app.yml": undefined, "modules/app/.env.yml": undefined };
      const changes = await generate({}, { ...missing, "tsconfig.json": undefined, ".commitlintrc.ts": undefined });
      expect(Object.keys(changes)).toEqual([...SERVICE_FILES, "modules/app/app.yml"].sort());
    });

    it("declares it nowhere without an app", async () => {
      const withoutApp = Object.keys(OONEEX_WORKSPACE).filter((path) => path.startsWith("modules/app/"));
      const changes = await generate({}, Object.fromEntries(withoutApp.map((path) => [path, undefined])));
      expect(Object.keys(changes).filter((path) => path.startsWith("modules/app"))).toEqual([]);
    });

    it.each([
      [["modules/app/.env.yml", ".env.yml", "modules/shared/.env.yml"], "modules/app/.env.yml"],
      [[".env.yml", "modules/shared/.env.yml"], ".env.yml"],
      [["modules/shared/.env.yml"], "modules/shared/.env.yml"],
    ])("of the env files %j sets the variable in %s", async (present, file) => {
      const files = Object.fromEntries(present.map((path) => [path, "app:\n  port: 3000\n"]));
      const changes = await generate({}, { "modules/app/.env.yml": undefined, ...files });
      expect(Object.keys(changes).filter((path) => present.includes(path))).toEqual([file]);
    });

    it("sets the variable in the app's committed example too", async () => {
      const changes = await generate({}, { "modules/app/.env.example.yml": "app:\n  port: 3000\n" });
      expect(changes["modules/app/.env.example.yml"]).toContain('url: "http://localhost:3001"');
    });
  });

  describe("the port", () => {
    it("is the next one that no committed file claims", async () => {
      const files = {
        "modules/a/a.yml": "type: microservice\nport: '3001'\n",
        "compose.yml": 'services: { db: { ports: ["3002:5432"] } }\n',
      };
      expect((await generate({}, files))["modules/billing/billing.yml"]).toContain("port: 3003 ");
    });

    it("is the requested one", async () => {
      const changes = await generate({ port: 4010 });
      expect(changes["modules/billing/billing.yml"]).toContain("port: 4010 ");
      expect(changes["modules/app/.env.yml"]).toContain("http://localhost:4010");
    });

    it("is refused where another one has it, by its owner's name", async () => {
      const tree = createWorkspace({ "modules/notifications/notifications.yml": "type: microservice\nport: 4010\n" });
      await expectRefusal(tree, generateBilling({ port: 4010 }), {
        code: "PORT_TAKEN",
        what: "port 4010 already belongs to notifications",
        where: "modules/notifications/notifications.yml",
      });
    });

    it("is refused where it is none", async () => {
      await expectRefusal(createWorkspace(), generateBilling({ port: 65_536 }), { code: "PORT_ILLEGAL" });
    });
  });

  describe("run again", () => {
    it("changes nothing", async () => {
      await expectIdempotent(createWorkspace(), generateBilling());
      expect(logger.info).toHaveBeenCalledWith("billing exists already and is left as it is, whatever the options say");
    });

    it("leaves a service alone whose name is one that it would refuse today", async () => {
      const tree = createWorkspace();
      tree.write("modules/order-2/order-2.yml", "type: microservice\nname: order-2\n");
      await microserviceGenerator(tree, { name: "order-2" });
      expect(tree.children("modules/order-2")).toEqual(["order-2.yml"]);
    });

    it("keeps what a user wrote since, whatever the options", async () => {
      const tree = createWorkspace();
      await microserviceGenerator(tree, { name: "billing" });
      tree.write("modules/billing/src/index.ts", "// mine\n");
      tree.write("modules/app/app.yml", "type: api # mine\n");
      const before = readFiles(tree);
      const again = flush(tree);
      await microserviceGenerator(again, { name: "BillingModule", port: 4000, healthPath: "/x", tags: ["t"] });
      expect(readFiles(again)).toEqual(before);
    });

    it("leaves a service alone that the framework's command made", async () => {
      const tree = createWorkspace({ "modules/billing/billing.yml": 'type: "microservice"\n' });
      const before = readFiles(tree);
      await microserviceGenerator(tree, { name: "billing" });
      expect(readFiles(tree)).toEqual(before);
    });
  });

  it.each(["node_modules/x/index.js", "dist/index.js", "coverage/lcov.info"])(
    "takes a folder with nothing but %s for free",
    async (path) => {
      expect(Object.keys(await generate({}, { [`modules/billing/${path}`]: "" }))).toEqual(
        expect.arrayContaining(SERVICE_FILES),
      );
    },
  );

  it("keeps a declaration and a variable that its user wrote by hand", async () => {
    const changes = await generate(
      {},
      {
        "modules/app/app.yml": "microservices:\n  - { name: billing, url: BILLING_ADDRESS }\n",
        "modules/app/.env.yml": "app:\n  port: 3000\n",
      },
    );
    expect(changes["modules/app/app.yml"]).toBeUndefined();
    expect(changes["modules/app/.env.yml"]).toContain('billing_address: "http://localhost:3001"');
  });

  describe("refuses, and leaves the workspace as it was,", () => {
    it.each([
      ["", "NAME_EMPTY"],
      ["module", "NAME_EMPTY"],
      ["app", "NAME_RESERVED"],
      ["Shared Module", "NAME_RESERVED"],
      ["../billing", "NAME_ILLEGAL"],
      ["billing/../../x", "NAME_ILLEGAL"],
      ["billing;rm -rf", "NAME_ILLEGAL"],
      ["<%= 1 %>", "NAME_ILLEGAL"],
    ])("the name %j", async (name, code) => {
      await expectRefusal(createWorkspace(), generateBilling({ name }), { code });
    });

    it("the name of another one's datastore, and one whose datastore would have the name of another", async () => {
      await expectRefusal(createWorkspace(), generateBilling({ name: "app-postgres" }), { code: "NAME_CLASH", where: "name" });
      const tree = createWorkspace({ "modules/billing-redis/billing-redis.yml": "type: microservice\nport: 4010\n" });
      await expectRefusal(tree, generateBilling(), { code: "NAME_CLASH", where: "name" });
    });

    it.each([
      "",
      "healthcheck",
      "/",
      "/a/",
      "/a//b",
      "/a/../b",
      "/.",
      "/a b",
      "/a'b",
      '/a"b',
      "/a`b",
      "/${HOME}",
      "/a\\b",
      "/a?b",
      "/a\n/b",
    ])("the health path %j", async (healthPath) => {
      await expectRefusal(createWorkspace(), generateBilling({ healthPath }), { code: "HEALTH_PATH_ILLEGAL" });
    });

    it.each([
      ["a module of another kind", { "modules/billing/billing.yml": "type: module\n" }, "a module of type module"],
      ["a folder with other files", { "modules/billing/notes.md": "" }, "no module, but not empty either"],
      [
        "a folder with leftovers and other files",
        { "modules/billing/dist/x": "", "modules/billing/.env.yml": "" },
        "no module, but not empty either",
      ],
      ["a file", { "modules/billing": "" }, "no module, but not empty either"],
    ])("%s of that name", async (_title, files, occupant) => {
      await expectRefusal(createWorkspace(files), generateBilling(), {
        code: "MODULE_EXISTS",
        what: `billing exists already and is ${occupant}`,
        where: "modules/billing",
      });
    });

    it.each([
      ["modules/app/app.yml", "a: [\n", "APP_YML_INVALID"],
      ["modules/app/.env.yml", "- a\n", "ENV_YML_INVALID"],
      ["tsconfig.json", "{", "JSON_INVALID"],
      [".commitlintrc.ts", 'export default { "scope-enum": [', "COMMITLINT_INVALID"],
      ["package.json", "{", "JSON_INVALID"],
      ["bun.lock", '{ "lockfileVersion": 99 }', "LOCKFILE_UNKNOWN"],
      [".bun-version", "1.1.0", "BUN_TOO_OLD"],
    ])("a workspace where %s has to be mended first", async (path, text, code) => {
      const tree = createWorkspace({ "bun.lock": '{ "lockfileVersion": 1 }', [path]: text });
      await expectRefusal(tree, generateBilling(), { code });
    });
  });
});
