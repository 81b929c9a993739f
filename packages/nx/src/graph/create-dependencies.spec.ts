import type { CreateDependenciesContext, NxJsonConfiguration } from "@nx/devkit";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { writeWorkspace } from "../testing/temporary-workspace.js";
import { createDependencies } from "./create-dependencies.js";

const ROOTS: Record<string, string> = {
  "@module/app": "modules/app",
  "@module/billing": "modules/billing",
  "@module/bill": "modules/bill",
  "@module/shared": "modules/shared",
  "@acme/money": "libs/money",
};

const TSCONFIG = `{
  // aliases
  "compilerOptions": { "paths": {
    "@module/billing/*": ["./modules/billing/src/*"],
    "@module/bill/*": ["./modules/bill/src/*"],
    "@module/shared/*": ["./modules/shared/src/*"],
    "~exact": ["./modules/shared/src/exact.ts"],
  } },
}`;

interface DrawOptions {
  readonly nxJson?: NxJsonConfiguration;
  /** Files that changed since the last run; by default all. */
  readonly changed?: readonly string[];
  /** Files that Nx knows; by default those that changed. */
  readonly known?: readonly string[];
  readonly packages?: readonly string[];
  /** Hash of a file's content, where it is not the first one. */
  readonly hashes?: Readonly<Record<string, string>>;
}

/** Returns `source -> target (type)` for each edge. */
function draw(sources: Record<string, string>, options: DrawOptions = {}): Promise<string[]> {
  const workspaceRoot = writeWorkspace({ "package.json": "{}", "tsconfig.json": TSCONFIG, ...sources });
  return drawIn(workspaceRoot, { changed: Object.keys(sources), ...options });
}

async function drawIn(workspaceRoot: string, options: DrawOptions): Promise<string[]> {
  const { nxJson = {}, changed = [], known = changed, packages = ["zod", "zod@3.0.0", "@scope/pkg"], hashes = {} } = options;
  const context = {
    workspaceRoot,
    nxJsonConfiguration: nxJson,
    projects: Object.fromEntries(
      Object.entries(ROOTS).map(([name, root]) => [name, { root, metadata: { js: { packageName: name } } }]),
    ),
    externalNodes: Object.fromEntries(packages.map((name) => [`npm:${name}`, { type: "npm", name: `npm:${name}` }])),
    fileMap: { projectFileMap: groupByProject(known, hashes), nonProjectFiles: [] },
    filesToProcess: { projectFileMap: groupByProject(changed, hashes), nonProjectFiles: [] },
  } as unknown as CreateDependenciesContext;
  const edges = await createDependencies(undefined, context);
  return edges.map((edge) => `${edge.source} -> ${edge.target} (${edge.type})`);
}

/** Does what waits for the end of the process. */
function endProcess(): void {
  for (const listener of process.rawListeners("exit").filter((added) => !LISTENERS.includes(added))) listener.call(process, 0);
}
const LISTENERS = process.rawListeners("exit");

function groupByProject(
  files: readonly string[],
  hashes: Readonly<Record<string, string>>,
): Record<string, { file: string; hash: string }[]> {
  const groups: Record<string, { file: string; hash: string }[]> = {};
  for (const file of files) {
    const owner = Object.entries(ROOTS).find(([, root]) => file.startsWith(`${root}/`))?.[0];
    if (owner !== undefined) (groups[owner] ??= []).push({ file, hash: hashes[file] ?? "1" });
  }
  return groups;
}

const fromBilling = (text: string): Promise<string[]> => draw({ "modules/billing/src/index.ts": text });

describe("createDependencies", () => {
  it.each([
    ['import { x } from "@module/shared/x";', ["@module/shared (static)"]],
    ['import x from "~exact";', ["@module/shared (static)"]],
    ['import type { X } from "@module/bill/x";', ["@module/bill (static)"]],
    ['export * from "../../shared/src/x";', ["@module/shared (static)"]],
    ['import "@acme/money";', ["@acme/money (static)"]],
    ['import "@acme/money/deep";', ["@acme/money (static)"]],
    ['import { z } from "zod"; import "zod/mini";', ["npm:zod (static)"]],
    ['import "@scope/pkg/file.js";', ["npm:@scope/pkg (static)"]],
    ['await import("zod");', ["npm:zod (dynamic)"]],
    ['await import("zod"); import "zod";', ["npm:zod (static)"]],
    ['import "zod"; await import("zod");', ["npm:zod (static)"]],
    ['import "./own"; import "@module/billing/own";', []],
    ['import "node:fs"; import "fs"; import "bun"; import "bun:test"; import "bun:sqlite";', []],
    ['import "not-installed"; import "@/odd"; import "#internal";', []],
    ['fetch(process.env.MICROSERVICE_SHARED_URL + "/api/v1/healthcheck");', []],
  ])("resolves %s", async (text, expected) => {
    expect(await fromBilling(text)).toEqual(expected.map((edge) => `@module/billing -> ${edge}`));
  });

  it("takes the version that is installed nearest to the importing module", async () => {
    const edges = await draw({
      "modules/billing/src/index.ts": 'import "zod";',
      "modules/shared/src/index.ts": 'import "zod";',
      "node_modules/zod/package.json": '{ "version": "4.0.0" }',
      "modules/billing/node_modules/zod/package.json": '{ "version": "3.0.0" }',
    });
    expect(edges).toEqual(["@module/billing -> npm:zod@3.0.0 (static)", "@module/shared -> npm:zod (static)"]);
  });

  it("reads only the files that changed", async () => {
    const sources = {
      "modules/billing/src/a.ts": 'import "zod";',
      "modules/billing/src/b.ts": 'import "@module/shared/x";',
    };
    expect(await draw(sources, { changed: ["modules/billing/src/b.ts"] })).toEqual([
      "@module/billing -> @module/shared (static)",
    ]);
  });

  it("reads nothing but sources, and survives one that has just been deleted", async () => {
    const changed = ["modules/billing/README.md", "modules/billing/src/gone.ts"];
    expect(await draw({ "modules/billing/README.md": 'import "zod";' }, { changed })).toEqual([]);
  });

  it("looks again at an import that led nowhere, once what it imports is there", async () => {
    const file = "modules/billing/src/index.ts";
    const files = { [file]: 'import "late"; import "node:fs"; import "zod";' };
    const workspaceRoot = writeWorkspace({ "package.json": "{}", ...files });
    const run = (packages: string[], changed: string[]) => drawIn(workspaceRoot, { packages, changed, known: [file] });
    expect(await run(["zod"], [file])).toEqual(["@module/billing -> npm:zod (static)"]);
    expect(await run(["zod"], [])).toEqual([]);
    const late = ["@module/billing -> npm:late (implicit)"];
    expect(await run(["zod", "late"], [])).toEqual(late);
    expect(await run(["zod", "late"], [])).toEqual(late);
    expect(await run(["zod", "late"], [file])).toContain("@module/billing -> npm:late (static)");
    // From here on Nx keeps the edge.
    expect(await run(["zod", "late"], [])).toEqual([]);
  });

  describe("where what was read is kept", () => {
    const a = "modules/billing/src/a.ts";
    const b = "modules/shared/src/b.tsx";
    const sources = {
      [a]: 'import "zod"; export * from "@module/shared/x"; import "late"; require("@scope/pkg"); await import("@acme/money");',
      [b]: 'import "@module/bill/x";',
    };
    const all = { changed: [a, b], known: [a, b, "modules/billing/README.md"] };
    let workspaceRoot: string;
    let uncached: string[];
    const cacheFile = () => join(workspaceRoot, ".nx/workspace-data/ooneex-nx-imports.json");
    const change = (file: string, text: string) => writeFileSync(join(workspaceRoot, file), text);

    beforeEach(async () => {
      // A file must have been left alone for a while.
      vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + 60_000 });
      workspaceRoot = writeWorkspace({ "package.json": "{}", "tsconfig.json": TSCONFIG, ...sources });
      uncached = await drawIn(workspaceRoot, all);
      endProcess();
    });

    afterEach(() => vi.useRealTimers());

    it("draws the same ones from what it has read", async () => {
      expect(uncached).toHaveLength(5);
      for (const file of [a, b]) change(file, "");
      expect(await drawIn(workspaceRoot, all)).toEqual(uncached);
    });

    it.each([
      ["asks", "a tenth", "ts", 8],
      ["does not ask", "less than a tenth", "ts", 9],
      ["asks", "a tenth of those that are source", "md", 100],
    ])("%s the cache for %s of the files", async (asks, _part, extension, others) => {
      const known = [...all.known, ...Array.from({ length: others }, (_, index) => `modules/shared/src/${index}.${extension}`)];
      change(a, "");
      expect((await drawIn(workspaceRoot, { changed: [a], known })).length > 0).toBe(asks === "asks");
    });

    it("resolves each import anew", async () => {
      const packages = ["zod", "late"];
      const edges = await drawIn(workspaceRoot, { ...all, packages });
      expect(edges).toEqual(await draw(sources, { ...all, packages }));
      expect(edges).not.toEqual(uncached);
    });

    it("reads a file that has another content, and keeps that", async () => {
      change(b, 'import "zod";');
      const changed = { ...all, hashes: { [b]: "2" } };
      const edges = [...uncached.slice(0, 4), "@module/shared -> npm:zod (static)"];
      expect(await drawIn(workspaceRoot, changed)).toEqual(edges);
      endProcess();
      change(b, "");
      expect(await drawIn(workspaceRoot, changed)).toEqual(edges);
    });

    it("keeps nothing of a file that changed a moment ago, which may have had another content when Nx read it", async () => {
      vi.useRealTimers();
      change(b, 'import "zod";');
      const changed = { ...all, hashes: { [b]: "2" } };
      await drawIn(workspaceRoot, changed);
      endProcess();
      change(b, 'import "@module/app/x";');
      expect(await drawIn(workspaceRoot, changed)).toEqual(await draw({ ...sources, [b]: 'import "@module/app/x";' }, all));
    });

    it.each([
      ["cut off", (text: string) => text.slice(0, -10)],
      ["emptied", () => ""],
      ["changed", (text: string) => text.replace("zod", "sod")],
      ["from elsewhere", () => '{"version":"6.0"}'],
    ])("reads all of them where the cache is %s", async (_title, damage) => {
      writeFileSync(cacheFile(), damage(readFileSync(cacheFile(), "utf8")));
      expect(await drawIn(workspaceRoot, all)).toEqual(uncached);
    });
  });

  describe("leaves it to Nx", () => {
    const sources = { "modules/billing/src/index.ts": 'import "zod";' };
    const typescript = (version: string) => ({ "node_modules/typescript/package.json": `{ "version": "${version}" }` });
    const nxJs = (config: Record<string, unknown>): { nxJson: NxJsonConfiguration } => ({ nxJson: { pluginsConfig: { "@nx/js": config } } });

    it.each([
      ["TypeScript 6, asked to", { ...sources, ...typescript("6.0.2") }, nxJs({}), 0],
      ["TypeScript 5.9, asked to", { ...sources, ...typescript("5.9.3") }, nxJs({ analyzeSourceFiles: true }), 0],
      ["TypeScript 6, told not to", { ...sources, ...typescript("6.0.2") }, nxJs({ analyzeSourceFiles: false }), 1],
      ["TypeScript 7", { ...sources, ...typescript("7.0.2") }, nxJs({ analyzeSourceFiles: false }), 1],
      ["no TypeScript", sources, nxJs({}), 1],
      ["no word in nx.json", { ...sources, ...typescript("6.0.2") }, {}, 1],
      [
        "@nx/js in the root manifest",
        { ...sources, ...typescript("6.0.2"), "package.json": '{ "devDependencies": { "@nx/js": "23.2.1" } }' },
        {},
        0,
      ],
    ])("with %s", async (_title, files, options, edges) => {
      expect(await draw(files, options)).toHaveLength(edges);
    });
  });
});
