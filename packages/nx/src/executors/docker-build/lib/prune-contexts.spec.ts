import { symlinkSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { createExecutorContext } from "../../../testing/executor-context.js";
import { lockRepository, npm } from "../../../testing/locked-repository.js";
import { writeWorkspace } from "../../../testing/temporary-workspace.js";
import { readProject } from "../../project.js";
import type { DockerBuildOptions } from "../schema.js";
import { openBuildWorkspace } from "./build-workspace.js";
import { type PrunedContexts, pruneContexts } from "./prune-contexts.js";

const MAIN = "modules/billing/src/index.ts";

const { lockfile, manifests } = lockRepository({
  manifests: { "": { name: "acme", dependencies: { ms: "2.1.2" }, devDependencies: { zod: "3.0.0" } }, "modules/billing": { name: "@module/billing" } },
  packages: { ms: npm("ms@2.1.2"), zod: npm("zod@3.0.0") },
});

const FILES: Record<string, string> = {
  "bun.lock": lockfile,
  "package.json": manifests[""] ?? "",
  "modules/billing/package.json": manifests["modules/billing"] ?? "",
  "modules/billing/billing.yml": "type: microservice\n",
};

interface Given {
  readonly files: Readonly<Record<string, string>>;
  /** Symbolic links: path to what they lead to, relative to the folder they stand in. */
  readonly links?: Readonly<Record<string, string>>;
  readonly options?: DockerBuildOptions;
}

async function prune({ files, links = {}, options = {} }: Given): Promise<PrunedContexts> {
  const root = writeWorkspace({ ...FILES, ...files });
  for (const [path, target] of Object.entries(links)) symlinkSync(target, join(root, path));
  const context = createExecutorContext(root);
  return pruneContexts(options, readProject(context), openBuildWorkspace(context));
}

const textOf = ({ sources }: PrunedContexts, path: string): string => Buffer.from(sources.get(path)?.content ?? "").toString("utf8");

describe("what the bundle looks up when it runs", () => {
  it.each([
    'import.meta.resolve("zod")',
    'Bun.resolveSync("zod/package.json", import.meta.dir)',
    'require.resolve("zod")',
    'createRequire(import.meta.url)("zod")',
    'try { import.meta.require("zod"); } catch {}',
  ])("is installed beside it: %s", async (call) => {
    const pruned = await prune({ files: { [MAIN]: `import "ms"; ${call};` } });
    expect(pruned.externals).toEqual(["zod"]);
    expect(JSON.parse(Buffer.from(pruned.runtime.get("package.json")?.content ?? "").toString("utf8"))).toMatchObject({ dependencies: { zod: "3.0.0" } });
  });

  it("is refused where no package.json names it", async () => {
    await expect(prune({ files: { [MAIN]: '\nimport.meta.resolve("undeclared");' } })).rejects.toMatchObject({
      code: "PACKAGE_UNDECLARED",
      what: "no package.json declares undeclared, which is imported",
      where: `${MAIN}:2`,
    });
  });

  it("may be in no package.json where the code provides for that", async () => {
    const pruned = await prune({ files: { [MAIN]: 'try { require.resolve("undeclared"); } catch {}' } });
    expect(pruned.externals).toEqual([]);
  });

  it("is refused where it is a file, unless that is included", async () => {
    const files = { [MAIN]: 'new Worker(import.meta.resolve("./worker.ts"));', "modules/billing/src/worker.ts": "" };
    await expect(prune({ files })).rejects.toMatchObject({ code: "IMPORT_UNBUNDLED", where: `${MAIN}:1` });
    const { sources } = await prune({ files, options: { include: ["{projectRoot}/src/worker.ts"] } });
    expect([...sources.keys()]).toContain("modules/billing/src/worker.ts");
  });
});

describe("what is staged of links", () => {
  it("is what they lead to, where they are staged themselves", async () => {
    const { sources } = await prune({
      files: { [MAIN]: 'import "./link/money";', "modules/shared/money.ts": "", "modules/shared/views/a.html": "a", "modules/shared/b.html": "b" },
      links: { "modules/billing/src/link": "../../shared" },
      options: { include: ["{projectRoot}/src/link/views", "{projectRoot}/src/**/b.html"] },
    });
    expect([...sources.keys()].sort()).toEqual([
      "modules/billing/billing.yml",
      "modules/billing/package.json",
      MAIN,
      "modules/billing/src/link",
      "modules/shared/b.html",
      "modules/shared/money.ts",
      "modules/shared/views/a.html",
    ]);
    expect(sources.get("modules/billing/src/link")?.kind).toBe("link");
  });

  it("is a file at the link's place, where nothing else leads through it", async () => {
    const { sources } = await prune({
      files: { [MAIN]: "", "modules/shared/views/a.html": "a" },
      links: { "modules/billing/views": "../shared/views" },
      options: { include: ["{projectRoot}/views"] },
    });
    expect([...sources.keys()].sort()).toEqual(["modules/billing/billing.yml", "modules/billing/package.json", MAIN, "modules/billing/views/a.html"]);
  });

  it("is nothing outside of the workspace", async () => {
    const outside = writeWorkspace({ "a.html": "" });
    const given = { files: { [MAIN]: "" }, links: { "modules/billing/views": outside }, options: { include: ["{projectRoot}/*"] } };
    await expect(prune(given)).rejects.toMatchObject({ code: "SOURCE_OUTSIDE", where: "include" });
  });

  it("is no workspace, whose packages are those of the link", async () => {
    const repository = lockRepository({
      manifests: { "": { name: "acme", dependencies: { ms: "2.1.2" } }, "modules/billing": { name: "@module/billing" }, "modules/lib": { name: "@module/lib", dependencies: { ms: "2.1.3" } } },
      packages: { ms: npm("ms@2.1.2"), "@module/lib/ms": npm("ms@2.1.3") },
    });
    const files = {
      [MAIN]: 'import "../../lib/index";',
      "bun.lock": repository.lockfile,
      "package.json": repository.manifests[""] ?? "",
      "real/lib/package.json": repository.manifests["modules/lib"] ?? "",
      "real/lib/index.ts": 'import "ms";',
    };
    await expect(prune({ files, links: { "modules/lib": "../real/lib" } })).rejects.toMatchObject({
      code: "WORKSPACE_LINKED",
      where: "modules/lib",
      what: expect.stringContaining("modules/lib is a symbolic link to real/lib") as string,
    });
  });

  it("is a tsconfig.json behind a linked folder, whole where it is read by two paths with different needs", async () => {
    const base = '{ "compilerOptions": { "paths": { "@a/*": ["./a/*"], "@b/*": ["./b/*"], "@c/*": ["./c/*"] } } }';
    const files = {
      [MAIN]: 'import "@a/x"; import "../link/y";',
      "modules/billing/tsconfig.json": '{ "extends": "./link/tsconfig.json" }',
      "conf/tsconfig.json": base,
      "conf/a/x.ts": "",
      "conf/y.ts": "",
    };
    const links = { "modules/billing/link": "../../conf" };
    const pruned = await prune({ files: { ...files, "conf/y.ts": 'import "@b/x";', "conf/b/x.ts": "" }, links });
    expect([...pruned.sources.keys()].filter((path) => path.includes("link/"))).toEqual([]);
    expect(textOf(pruned, "conf/tsconfig.json")).toBe(base);
    const same = await prune({ files: { ...files, "conf/y.ts": 'import "@a/x";' }, links });
    expect(textOf(same, "conf/tsconfig.json")).toBe('{"compilerOptions":{"paths":{"@a/*":["./a/*"]}}}\n');
  });
});

it("refuses an entrypoint that is not there", async () => {
  await expect(prune({ files: {} })).rejects.toMatchObject({
    code: "ENTRYPOINT_MISSING",
    where: MAIN,
    remedy: "say where it is with the option main, or build from everything with --prune=false",
  });
});

it("holds the scanner that bunfig.toml names where everything is installed, and not where a part of it is once more", async () => {
  const pruned = await prune({
    files: { [MAIN]: 'import "ms";', "bunfig.toml": '[install]\nexact = true\n\n[install.security]\nscanner = "zod"\n' },
    options: { external: ["ms"] },
  });
  const read = (context: "manifests" | "runtime", path: string): string => Buffer.from(pruned[context].get(path)?.content ?? "").toString("utf8");
  expect(JSON.parse(read("manifests", "package.json"))).toMatchObject({ dependencies: { ms: "2.1.2" }, devDependencies: { zod: "3.0.0" } });
  expect(read("manifests", "bunfig.toml")).toContain('scanner = "zod"');
  expect(read("runtime", "package.json")).not.toContain("zod");
  expect(read("runtime", "bunfig.toml")).toBe("[install]\nexact = true\n");
});

it.each<[secrets: string[], notices: number]>([
  [[], 1],
  [["id=sentry,src=.sentry"], 1],
  [["id=sentry,src=.sentry", "id=npmrc,src=.npmrc"], 0],
])("says that credentials of bunfig.toml stay out, unless .npmrc is handed in: %j", async (secrets, notices) => {
  const bunfig = '[install.registry]\nurl = "https://npm.example.com/"\ntoken = "secret"\n';
  const pruned = await prune({ files: { [MAIN]: 'import "ms";', "bunfig.toml": bunfig }, options: { secrets } });
  expect(pruned.notices).toHaveLength(notices);
  expect(Buffer.from(pruned.manifests.get("bunfig.toml")?.content ?? "").toString("utf8")).not.toContain("secret");
});
