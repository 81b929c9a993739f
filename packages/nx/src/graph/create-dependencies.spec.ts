import type { CreateDependenciesContext, NxJsonConfiguration, ProjectConfiguration } from "@nx/devkit";
import { describe, expect, it } from "vitest";
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

/** Returns `source -> target (type) file` for each edge. */
async function draw(
  sources: Record<string, string>,
  { nxJson = {}, changed = Object.keys(sources) }: { nxJson?: NxJsonConfiguration; changed?: string[] } = {},
): Promise<string[]> {
  const projects = Object.fromEntries(
    Object.entries(ROOTS).map(([name, root]) => [name, { root, metadata: { js: { packageName: name } } } as ProjectConfiguration]),
  );
  const npm = (name: string, version: string) => ({ type: "npm" as const, name, data: { packageName: name, version } });
  const projectFileMap: Record<string, { file: string; hash: string }[]> = {};
  for (const file of changed) {
    const owner = Object.entries(ROOTS).find(([, root]) => file.startsWith(`${root}/`))?.[0];
    if (owner !== undefined) (projectFileMap[owner] ??= []).push({ file, hash: "" });
  }
  const context = {
    workspaceRoot: writeWorkspace({ "package.json": "{}", "tsconfig.json": TSCONFIG, ...sources }),
    nxJsonConfiguration: nxJson,
    projects,
    externalNodes: {
      "npm:zod": npm("npm:zod", "4.0.0"),
      "npm:zod@3.0.0": npm("npm:zod@3.0.0", "3.0.0"),
      "npm:@scope/pkg": npm("npm:@scope/pkg", "1.0.0"),
    },
    fileMap: { projectFileMap, nonProjectFiles: [] },
    filesToProcess: { projectFileMap, nonProjectFiles: [] },
  } as unknown as CreateDependenciesContext;
  const edges = await createDependencies(undefined, context);
  return edges.map((edge) => `${edge.source} -> ${edge.target} (${edge.type})`);
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
