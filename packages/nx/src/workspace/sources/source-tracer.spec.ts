import { symlinkSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { OoneexNxError } from "../../errors.js";
import { writeWorkspace } from "../../testing/temporary-workspace.js";
import { createSourceTracer, type TracedSources } from "./source-tracer.js";

const MAIN = "modules/billing/src/index.ts";
const json = (value: unknown): string => JSON.stringify(value);
const ALIASES = json({ compilerOptions: { strict: true, paths: { "@module/*": ["./modules/*"], "@lib/*": ["./libs/*"] } } });

async function trace(files: Readonly<Record<string, string>>, workspaces: readonly string[] = []): Promise<TracedSources> {
  return createSourceTracer(writeWorkspace(files), workspaces).trace([MAIN]);
}

async function refuse(files: Readonly<Record<string, string>>, workspaces: readonly string[] = []): Promise<OoneexNxError> {
  const error: unknown = await trace(files, workspaces).catch((thrown: unknown) => thrown);
  if (error instanceof OoneexNxError) return error;
  throw new Error("nothing was refused", { cause: error });
}

describe("files", () => {
  it("are those that the entrypoint reaches, and no other", async () => {
    const { files, packages, workspaces } = await trace(
      {
        "tsconfig.json": ALIASES,
        [MAIN]: 'import "./BillingModule"; import "@module/shared/src/money";',
        "modules/billing/src/BillingModule.ts": 'import type { Unseen } from "./types";',
        "modules/billing/src/types.ts": "export interface Unseen {}",
        "modules/billing/src/unused.ts": 'import "./nowhere";',
        "modules/billing/package.json": json({ name: "@module/billing" }),
        "modules/shared/src/money.ts": "export {};",
        "modules/shared/src/unused.ts": "",
        "modules/shared/package.json": json({ name: "@module/shared" }),
      },
      ["modules/billing", "modules/shared", "modules/orders"],
    );
    expect(files).toEqual(["modules/billing/src/BillingModule.ts", MAIN, "modules/shared/src/money.ts"]);
    expect(packages).toEqual([]);
    expect(workspaces).toEqual(["modules/billing", "modules/shared"]);
  });

  it("hold what decides how others are read: a package.json that no install stages", async () => {
    const { files } = await trace(
      {
        "package.json": "{}",
        [MAIN]: 'import "./pure/x"; import "./elsewhere"; import "../../../package.json";',
        "modules/billing/package.json": "{}",
        "modules/billing/src/pure/package.json": json({ sideEffects: false }),
        "modules/billing/src/pure/x.ts": "",
        "modules/billing/src/elsewhere/package.json": json({ main: "../pure/x.ts" }),
      },
      ["modules/billing"],
    );
    expect(files).toEqual([
      "modules/billing/src/elsewhere/package.json",
      MAIN,
      "modules/billing/src/pure/package.json",
      "modules/billing/src/pure/x.ts",
      "package.json",
    ]);
  });

  it("are what could be read of a file with a mistake in it", async () => {
    const { files } = await trace({ [MAIN]: 'import "./a";\nconst = ;', "modules/billing/src/a.ts": "" });
    expect(files).toEqual(["modules/billing/src/a.ts", MAIN]);
  });

  it("are the same for each of several services that share them", async () => {
    const root = writeWorkspace({ "a.ts": 'import "./shared";', "b.ts": 'import "./shared"; import("dep");', "shared.ts": 'import "dep";' });
    const tracer = createSourceTracer(root, []);
    const [a, b, both] = await Promise.all([tracer.trace(["a.ts"]), tracer.trace(["./b.ts"]), tracer.trace(["b.ts", "a.ts"])]);
    expect(a.files).toEqual(["a.ts", "shared.ts"]);
    expect(b.files).toEqual(["b.ts", "shared.ts"]);
    expect(both.files).toEqual(["a.ts", "b.ts", "shared.ts"]);
    expect(both.packages).toEqual([{ name: "dep", folder: "", where: "b.ts:1", optional: false }]);
  });
});

describe("packages", () => {
  it("are told apart by whether Bun looks them up when the bundle runs", async () => {
    const { packages, externals } = await trace({
      [MAIN]: 'import "a"; import "b";\nimport.meta.resolve("b/sub");\ntry { import.meta.resolveSync("c"); } catch {}\ntry { Bun.resolveSync("d", "."); } finally {}',
    });
    expect(packages.map(({ name }) => name)).toEqual(["a", "b", "c", "d"]);
    expect(externals).toEqual([
      { name: "b", folder: "", where: `${MAIN}:2`, optional: false },
      { name: "c", folder: "", where: `${MAIN}:3`, optional: true },
      { name: "d", folder: "", where: `${MAIN}:4`, optional: false },
    ]);
  });

  it("are named once per importing package, at their first place", async () => {
    const { packages } = await trace(
      {
        "tsconfig.json": ALIASES,
        [MAIN]: 'import "fs";\nimport "./z";\nimport "zod/v4";\nawait import("lazy");\nimport "@scope/name/deep/file.js"; import "@lib/money";',
        "modules/billing/src/z.ts": '\nimport "zod"; require("both"); import "both";',
        "libs/money/index.ts": 'import "zod";',
      },
      ["modules/billing", "libs/money"],
    );
    expect(packages).toEqual([
      { name: "@scope/name", folder: "modules/billing", where: `${MAIN}:5`, optional: false },
      { name: "both", folder: "modules/billing", where: "modules/billing/src/z.ts:2", optional: false },
      { name: "lazy", folder: "modules/billing", where: `${MAIN}:4`, optional: true },
      { name: "zod", folder: "libs/money", where: "libs/money/index.ts:1", optional: false },
      { name: "zod", folder: "modules/billing", where: `${MAIN}:3`, optional: false },
    ]);
  });

  it("of the workspace are named and followed", async () => {
    const { files, packages, workspaces } = await trace(
      {
        [MAIN]: 'import { add } from "@acme/money"; console.log(add);',
        "libs/money/package.json": json({ name: "@acme/money", exports: "./src/index.ts" }),
        "libs/money/src/index.ts": 'export * from "big.js";',
      },
      ["libs/money", "libs/none"],
    );
    expect(files).toEqual(["libs/money/src/index.ts", MAIN]);
    expect(packages).toEqual([
      { name: "@acme/money", folder: "", where: `${MAIN}:1`, optional: false },
      { name: "big.js", folder: "libs/money", where: "libs/money/src/index.ts:1", optional: false },
    ]);
    expect(workspaces).toEqual(["libs/money"]);
  });

  it("hold the runtime of elements", async () => {
    const { packages } = await trace({ [MAIN]: 'import "./view";', "modules/billing/src/view.tsx": "export const view = <p />;" });
    expect(packages).toEqual([{ name: "react", folder: "", where: "modules/billing/src/view.tsx:1", optional: false }]);
  });

  it("are named by a stylesheet, where a manifest says that they are some", async () => {
    const { packages } = await trace({
      "package.json": json({ devDependencies: { tailwindcss: "4" } }),
      [MAIN]: 'import "./view.css";',
      "modules/billing/src/view.css": '@import "tailwindcss";\n@import "gone"; p { background: url(gone.png) }',
    });
    expect(packages).toEqual([{ name: "tailwindcss", folder: "", where: "modules/billing/src/view.css:1", optional: false }]);
  });

  it("can have a name that an alias claims, where a manifest says so", async () => {
    const files = { "tsconfig.json": ALIASES, [MAIN]: 'import "@lib/foreign";' };
    const { packages } = await trace({ ...files, "package.json": json({ dependencies: { "@lib/foreign": "1" } }) });
    expect(packages.map(({ name }) => name)).toEqual(["@lib/foreign"]);
    expect((await refuse(files)).code).toBe("IMPORT_UNRESOLVED");
  });
});

describe("tsconfigs", () => {
  const files = { [MAIN]: 'import "@module/shared";', "modules/shared/index.ts": "" };

  it("hold the aliases in use and what a bundle depends on, sorted", async () => {
    const { tsconfigs } = await trace({
      ...files,
      "tsconfig.json": `{ // the app's
        "compilerOptions": { "target": "ESNext", "strict": true, "noEmit": true, "skipLibCheck": true, "lib": ["ESNext"], "types": ["bun"],
          "paths": { "@module/*": ["./modules/*"], "@lib/*": ["./libs/*"] }, "experimentalDecorators": true, "unheardOf": { "b": 1, "a": 2 }, },
        "include": ["modules"] }`,
    });
    expect(tsconfigs).toEqual({
      "tsconfig.json":
        '{"compilerOptions":{"experimentalDecorators":true,"paths":{"@module/*":["./modules/*"]},"target":"ESNext","unheardOf":{"a":2,"b":1}}}\n',
    });
  });

  it("are the nearest ones of the reached files, and those that they extend", async () => {
    const { tsconfigs } = await trace({
      ...files,
      "tsconfig.json": ALIASES,
      "modules/billing/tsconfig.json": json({ extends: "../../tsconfig.json", include: ["src"] }),
      "modules/shared/tsconfig.json": json({ compilerOptions: { strict: true } }),
      "modules/orders/tsconfig.json": json({ compilerOptions: { jsx: "react" } }),
    });
    expect(tsconfigs).toEqual({
      "modules/billing/tsconfig.json": '{"extends":"../../tsconfig.json"}\n',
      "modules/shared/tsconfig.json": "{}\n",
      "tsconfig.json": '{"compilerOptions":{"paths":{"@module/*":["./modules/*"]}}}\n',
    });
  });

  it("do not change with an alias, an option or a comment that the service does not need", async () => {
    const plain = json({ compilerOptions: { paths: { "@module/*": ["./modules/*"] } } });
    const more = '{ "compilerOptions": { "noUnusedLocals": true, /* orders */ "paths": { "@orders/*": ["./modules/orders/*"], "@module/*": ["./modules/*"] } } }';
    expect((await trace({ ...files, "tsconfig.json": more })).tsconfigs).toEqual((await trace({ ...files, "tsconfig.json": plain })).tsconfigs);
  });

  it("are none where nobody wrote one", async () => {
    expect((await trace({ [MAIN]: "" })).tsconfigs).toEqual({});
  });
});

describe("links", () => {
  it("tell how to make them again", async () => {
    const root = writeWorkspace({ [MAIN]: 'import "./shared/a";', "modules/shared/src/a.ts": "" });
    symlinkSync(join(root, "modules/shared/src"), join(root, "modules/billing/src/shared"));
    const { files, links } = await createSourceTracer(root, []).trace([MAIN]);
    expect(files).toEqual([MAIN, "modules/shared/src/a.ts"]);
    expect(links).toEqual({ "modules/billing/src/shared": "../../shared/src" });
  });

  it("are above no file, the manifest of a linked folder included", async () => {
    const root = writeWorkspace({ [MAIN]: 'import "./link";', "libs/a/package.json": json({ main: "deep/x.ts" }), "libs/a/deep/package.json": "{}", "libs/a/deep/x.ts": "" });
    symlinkSync("../../../libs/a", join(root, "modules/billing/src/link"));
    const { files } = await createSourceTracer(root, []).trace([MAIN]);
    expect(files).toEqual(["libs/a/deep/package.json", "libs/a/deep/x.ts", "libs/a/package.json", MAIN]);
  });

  it("lead to no place outside of the workspace", async () => {
    const root = writeWorkspace({ [MAIN]: 'import "./shared/a";' });
    symlinkSync(writeWorkspace({ "a.ts": "" }), join(root, "modules/billing/src/shared"));
    await expect(createSourceTracer(root, []).trace([MAIN])).rejects.toMatchObject({ code: "SOURCE_OUTSIDE", where: `${MAIN}:1` });
  });

  it("lead to no secret under another name", async () => {
    const root = writeWorkspace({ [MAIN]: 'import "./settings.yml";', "modules/billing/.env.yml": "" });
    symlinkSync("../.env.yml", join(root, "modules/billing/src/settings.yml"));
    await expect(createSourceTracer(root, []).trace([MAIN])).rejects.toMatchObject({ code: "SOURCE_SECRET", where: `${MAIN}:1` });
  });
});

describe("refusals", () => {
  it.each([
    ['import.meta.require("./beside")', "./beside", "modules/billing/src/beside.ts"],
    ['import.meta.resolve("../src/beside.ts")', "../src/beside.ts", "modules/billing/src/beside.ts"],
    ['import.meta.resolve("./templates/")', "./templates/", "modules/billing/src/templates/"],
    ['Bun.resolveSync("./beside", import.meta.dir)', "./beside", "modules/billing/src/beside.ts"],
    ['require.resolve("./beside")', "./beside", "modules/billing/src/beside.ts"],
    ['createRequire(import.meta.url)("./beside")', "./beside", "modules/billing/src/beside.ts"],
    ['createRequire(import.meta.url)("../../../node_modules/pkg")', "../../../node_modules/pkg", "node_modules/pkg"],
    ['import.meta.resolve("./nowhere")', "./nowhere", "modules/billing/src/nowhere"],
  ])("of %s, which Bun leaves to the run, unless the file is included", async (call, name, path) => {
    const root = writeWorkspace({ "modules/billing/src/beside.ts": "", [MAIN]: `import "./beside";\nexport const load = () => ${call};` });
    const trace = (included: readonly string[]): Promise<TracedSources> => createSourceTracer(root, []).trace([MAIN], included);
    await expect(trace([])).rejects.toMatchObject({
      code: "IMPORT_UNBUNDLED",
      what: `Bun leaves the look-up of "${name}" to the run, when the container has no such file`,
      where: `${MAIN}:2`,
      remedy: `import "${name}", with { type: "file" } where its path is wanted, or name ${path} under image.include and copy it to where the run looks for it in the Dockerfile`,
    });
    await expect(trace(["modules/billing/src/other.ts"])).rejects.toThrow();
    expect((await trace([path.endsWith("/") ? `${path}a.html` : path])).externals).toEqual([]);
  });

  it.each([
    ["a package of the workspace", 'import.meta.resolve("@module/shared")', "@module/shared"],
    ["an alias", 'import.meta.resolveSync("@lib/money")', "@lib/money"],
    ["what package.json names", 'import.meta.require("#own")', "#own"],
    ["what lies outside", 'import.meta.resolve("../../../../up")', "../../../../up"],
  ])("of %s that Bun leaves to the run", async (_title, call, name) => {
    const files = { "tsconfig.json": ALIASES, "libs/money.ts": "", "modules/shared/package.json": json({ name: "@module/shared" }), "modules/shared/index.ts": "" };
    expect(await refuse({ ...files, [MAIN]: call }, ["modules/shared"])).toMatchObject({
      code: "IMPORT_UNBUNDLED",
      where: `${MAIN}:1`,
      remedy: `import "${name}", with { type: "file" } where its path is wanted`,
    });
  });

  it("pass over import.meta.require of what a container has", async () => {
    const text = 'import.meta.require("node:fs"); import.meta.require("bun:sqlite"); import.meta.require("/run/secrets/a.json"); import.meta.require(name);';
    expect((await trace({ [MAIN]: text })).packages).toEqual([]);
  });

  it("pass over a lookup from a place that only the run knows, and a path that may lead nowhere", async () => {
    const text = 'Bun.resolveSync("./a", process.cwd()); createRequire("/opt/plugins/")("dep"); try { import.meta.resolve("./gone"); } catch {}';
    expect(await trace({ [MAIN]: text })).toMatchObject({ packages: [], externals: [] });
  });

  it.each([
    ["a path", '\nimport "./nowhere";'],
    ["an export", '\nexport * from "./nowhere";'],
    ["an alias", '\nimport "@lib/nowhere/x";'],
    ["an internal name", '\nimport "#nowhere";'],
    ["a name that no package has", '\nimport "~/nowhere";'],
    ["a package of the workspace", '\nimport "@acme/money/nowhere";'],
    ["an offer of a package of the workspace", '\nimport "@acme/rates/nowhere";'],
    ["a name with a query", '\nimport "./index.ts?raw";'],
  ])("%s that leads to no file", async (_name, text) => {
    const error = await refuse(
      {
        "tsconfig.json": ALIASES,
        [MAIN]: text,
        "libs/money/package.json": json({ name: "@acme/money" }),
        "libs/rates/package.json": json({ name: "@acme/rates", exports: { ".": "./index.ts", "./nowhere": "./dist/nowhere.js" } }),
      },
      ["libs/money", "libs/rates"],
    );
    expect(error).toMatchObject({ code: "IMPORT_UNRESOLVED", where: `${MAIN}:2` });
    expect(error.remedy).toBeDefined();
  });

  it("leave to Bun what is optional, and what only types come from", async () => {
    const { files } = await trace(
      {
        [MAIN]: 'try { require("./nowhere"); } catch {} import("../../../../outside"); import { A } from "./types"; import { B } from "./more.js"; import { C } from "@acme/types"; import "https://example.org/x.js";',
        "modules/billing/src/types.d.ts": "",
        "modules/billing/src/more.d.ts": "",
        "libs/types/package.json": json({ name: "@acme/types", types: "index.d.ts" }),
        "libs/types/index.d.ts": "",
      },
      ["libs/types"],
    );
    expect(files).toEqual([MAIN]);
  });

  it.each(["../../../../secret", "/etc/hosts"])("%s, outside of the workspace", async (specifier) => {
    expect(await refuse({ [MAIN]: `import "${specifier}";` })).toMatchObject({ code: "SOURCE_OUTSIDE", where: `${MAIN}:1` });
  });

  it.each(["modules/billing/.env.yml", ".env", "modules/billing/src/server.key"])("%s, which looks like a secret", async (path) => {
    const files = { [MAIN]: `import text from "../../../${path}" with { type: "text" };`, [path]: "password: hunter2" };
    const error = await refuse(files);
    expect(error).toMatchObject({ code: "SOURCE_SECRET", where: `${MAIN}:1` });
    expect((await trace({ ...files, ".dockerignore": `**/*.key\n**/.env*\n!${path}\n` })).files).toContain(path);
    expect((await refuse({ ...files, ".dockerignore": "*\n!modules\n!.*\n" })).code).toBe("SOURCE_SECRET");
  });

  it("an entrypoint that is not there, or not to be had", async () => {
    const tracer = createSourceTracer(writeWorkspace({ ".env.ts": "" }), []);
    await expect(tracer.trace(["src/index.ts"])).rejects.toMatchObject({ code: "ENTRYPOINT_MISSING", where: "src/index.ts" });
    await expect(tracer.trace(["../index.ts"])).rejects.toMatchObject({ code: "SOURCE_OUTSIDE" });
    await expect(tracer.trace([".env.ts"])).rejects.toMatchObject({ code: "SOURCE_SECRET" });
  });

  it("a tsconfig.json that extends nothing, or is none", async () => {
    const config = '{\n  "extends": "./gone.json"\n}';
    expect(await refuse({ [MAIN]: "", "tsconfig.json": config })).toMatchObject({ code: "TSCONFIG_UNRESOLVED", where: "tsconfig.json:2" });
    expect(await refuse({ [MAIN]: "", "tsconfig.json": "{" })).toMatchObject({ code: "JSON_INVALID", where: "tsconfig.json:1" });
  });

  it("nothing because of a mistake in a file that another service reaches", async () => {
    const tracer = createSourceTracer(writeWorkspace({ "a.ts": 'import "./nowhere";', "b.ts": "" }), []);
    await expect(tracer.trace(["a.ts"])).rejects.toMatchObject({ code: "IMPORT_UNRESOLVED" });
    expect((await tracer.trace(["b.ts"])).files).toEqual(["b.ts"]);
  });
});
