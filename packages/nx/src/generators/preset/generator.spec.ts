import { logger, type Tree } from "@nx/devkit";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import {
  createWorkspace,
  expectIdempotent,
  expectRefusal,
  type Files,
  flush,
  OONEEX_WORKSPACE,
  readChanges,
  readFiles,
} from "../../testing/fake-workspace.js";
import { readDeployables, readModules } from "../../workspace/service-model.js";
import { microserviceGenerator } from "../microservice/generator.js";
import { readTree } from "../tree-reader.js";
import { presetGenerator } from "./generator.js";
import type { PresetOptions } from "./schema.js";

/** A folder with nothing in it but what is given. */
function createFolder(files: Files = {}): Tree {
  const without = Object.fromEntries(Object.keys(OONEEX_WORKSPACE).map((path) => [path, undefined]));
  return createWorkspace({ ...without, ...files });
}

/** What create-nx-workspace has written before it runs the preset, and what it passes. */
const NEW: Files = {
  "package.json": json({
    name: "@acme/source",
    version: "0.0.0",
    license: "MIT",
    scripts: {},
    private: true,
    dependencies: { "@ooneex/nx": "0.1.0" },
    devDependencies: { nx: "23.2.1", "@nx/workspace": "23.2.1" },
  }),
  "nx.json": json({ $schema: "./node_modules/nx/schemas/nx-schema.json", namedInputs: { default: ["{projectRoot}/**/*"] } }),
  "README.md": [
    "# Acme",
    '<a alt="Nx logo" href="https://nx.dev" target="_blank" rel="noreferrer"><img src="logo.png" width="45"></a>',
    "✨ Your new, shiny [Nx workspace](https://nx.dev) is ready ✨.",
    "## Run tasks",
    "```sh\n# Any of them\nnpx nx <target> <project-name>\n```",
    "## Set up CI!",
    "### Step 1",
    "## Useful links",
    "- [Our blog](https://nx.dev/blog?utm_source=nx_project)\n",
  ].join("\n\n"),
  ".gitignore": "dist\ntmp\nnode_modules\n/coverage\n.nx/cache\n",
  "package-lock.json": "{}\n",
};

const PASSED = { name: "acme", preset: "@ooneex/nx", packageManager: "npm", nxCloud: "skip", interactive: false };

const run =
  (options: PresetOptions = {}) =>
  (tree: Tree): Promise<unknown> =>
    presetGenerator(tree, { frameworkVersion: "^1.2.0", ...options });

async function generate(tree: Tree, options: PresetOptions = {}): Promise<Files> {
  await run(options)(tree);
  return readFiles(tree);
}

const info = vi.spyOn(logger, "info");

beforeEach(() => {
  info.mockReturnValue();
});

afterEach(() => {
  info.mockClear();
});

describe("preset in a folder of create-nx-workspace", () => {
  it("makes a workspace with the modules app and shared", async () => {
    const files = await generate(createFolder(NEW), PASSED);
    expect(Object.keys(files).sort()).toEqual([
      ".commitlintrc.ts",
      ".dockerignore",
      ".gitignore",
      "README.md",
      "biome.json",
      "modules/app/.env.example.yml",
      "modules/app/.env.yml",
      "modules/app/Dockerfile",
      "modules/app/app.yml",
      "modules/app/package.json",
      "modules/app/roles.yml",
      "modules/app/src/AppModule.ts",
      "modules/app/src/OnAppStart.ts",
      "modules/app/src/controllers/HealthController.ts",
      "modules/app/src/index.ts",
      "modules/app/src/middlewares/DrainMiddleware.ts",
      "modules/app/tests/AppModule.spec.ts",
      "modules/app/tsconfig.json",
      "modules/shared/package.json",
      "modules/shared/shared.yml",
      "modules/shared/src/SharedModule.ts",
      "modules/shared/tests/SharedModule.spec.ts",
      "modules/shared/tsconfig.json",
      "nx.json",
      "package.json",
      "tsconfig.json",
    ]);
    expect(files["README.md"]).toMatch(/^# acme\n/);
    // A workspace that was just made has no remote.
    expect(files["README.md"]).toMatch(/^bunx nx affected -t lint test build docker-build$/m);
    expect(info).not.toHaveBeenCalled();
  });

  it("writes a manifest of a Bun workspace with everything that the entrypoint imports", async () => {
    const manifest: unknown = JSON.parse((await generate(createFolder(NEW), PASSED))["package.json"] ?? "");
    expect(manifest).toMatchObject({
      name: "acme",
      private: true,
      type: "module",
      license: "MIT",
      workspaces: ["modules/*"],
      devDependencies: { nx: "23.2.1", "@ooneex/nx": "0.1.0", typescript: "~5.9.3" },
    });
    const { dependencies } = manifest as { dependencies: Record<string, string> };
    expect(Object.keys(dependencies)).toEqual(
      ["app", "cache", "controller", "logger", "middleware", "module", "rate-limit", "routing", "validation"].map((name) => `@ooneex/${name}`),
    );
    expect(new Set(Object.values(dependencies))).toEqual(new Set(["^1.2.0"]));
  });

  it("tells Nx of Bun, of the plugin, and of exact affected sets", async () => {
    const nxJson: unknown = JSON.parse((await generate(createFolder(NEW), PASSED))["nx.json"] ?? "");
    expect(nxJson).toMatchObject({
      namedInputs: { default: ["{projectRoot}/**/*"] },
      cli: { packageManager: "bun" },
      plugins: ["@ooneex/nx"],
      pluginsConfig: { "@nx/js": { projectsAffectedByDependencyUpdates: "auto" } },
      targetDefaults: { build: { cache: true }, test: { cache: true }, lint: { cache: true } },
    });
    // TypeScript 5.9 is going to be installed, whatever is there now: Nx analyses with it by itself.
    expect(JSON.stringify(nxJson)).not.toContain("analyzeSourceFiles");
  });

  it("has an API that the other generators know, and a microservice comes in without a warning", async () => {
    const tree = createFolder(NEW);
    await generate(tree, PASSED);
    const reader = readTree(tree);
    expect(readModules(reader).map(({ names, type }) => [names.kebab, type])).toEqual([["app", "api"], ["shared", "module"]]);
    expect(readDeployables(reader)).toMatchObject([{ type: "api", port: 3000, hasDockerfile: true }]);
    const workspace = flush(tree);
    const before = readFiles(workspace);
    await microserviceGenerator(workspace, { name: "billing" });
    const changed = readChanges(before, readFiles(workspace));
    const shared = Object.keys(changed).filter((path) => !path.startsWith("modules/billing/"));
    expect(shared.sort()).toEqual([".commitlintrc.ts", "modules/app/.env.example.yml", "modules/app/.env.yml", "modules/app/app.yml", "tsconfig.json"]);
    await expectIdempotent(workspace, run());
    expect(readChanges({ ...before, ...changed } as Files, readFiles(workspace))).toEqual({});
  });

  it("spreads what is shared into the app's module", async () => {
    const text = (await generate(createFolder(NEW), PASSED))["modules/app/src/AppModule.ts"] ?? "";
    expect(text).toContain('import { SharedModule } from "@module/shared/SharedModule";');
    for (const part of ["controllers", "cronJobs", "events"]) expect(text).toContain(`${part}: [...SharedModule.${part}`);
    expect(text).toContain("middlewares: [DrainMiddleware, ...SharedModule.middlewares]");
  });

  it("writes the framework's other name everywhere", async () => {
    const files = await generate(createFolder(NEW), { ...PASSED, framework: "@talosjs" });
    const sources = Object.entries(files).filter(([path]) => path.endsWith(".ts"));
    expect(sources.map(([, text]) => text).join("")).not.toContain('"@ooneex/');
    expect(files["package.json"]).toContain('"@talosjs/app": "^1.2.0"');
    await expectIdempotent(flush(createFolder(files)), run());
  });

  it("takes a folder with modules for somebody's, whatever is passed", async () => {
    const files = await generate(createFolder({ ...NEW, "modules/shared/shared.yml": "type: module\n" }), PASSED);
    expect(files["README.md"]).toBe(NEW["README.md"]);
    expect(files["package-lock.json"]).toBe(NEW["package-lock.json"]);
  });

  it.each<[string, Files]>([
    ["nothing but what Nx and Yarn write", { ".yarnrc.yml": "nodeLinker: node-modules\n\nyarnPath: .yarn/releases/yarn.cjs\n", ".vscode/extensions.json": "{}\n" }],
    ["nothing but what Nx and pnpm write", { "pnpm-workspace.yaml": "autoInstallPeers: true\nonlyBuiltDependencies:\n  - nx\n", "AGENTS.md": "# Nx\n" }],
    ["git, with no commit yet", { ".git/HEAD": "ref: refs/heads/main\n", ".git/config": "[core]\n" }],
    ["no README.md", { "README.md": "" }],
  ])("writes anew what Nx wrote, with %s", async (_, files) => {
    const tree = createFolder({ ...NEW, ...files });
    if (files["README.md"] === "") tree.delete("README.md");
    const after = await generate(tree, PASSED);
    expect(after["README.md"]).toMatch(/^# acme\n/);
    for (const path of ["package-lock.json", ".yarnrc.yml", "pnpm-workspace.yaml"]) expect(after[path]).toBeUndefined();
  });

  it("changes nothing the second time", async () => {
    const tree = createFolder(NEW);
    await generate(tree, PASSED);
    await expectIdempotent(flush(tree), run());
  });
});

describe("preset in a folder that is not empty", () => {
  it("makes a workspace of an empty one too, named after its folder", async () => {
    const files = await generate(createFolder());
    expect(JSON.parse(files["package.json"] ?? "")).toMatchObject({ name: "virtual", workspaces: ["modules/*"] });
    await expectIdempotent(createFolder(files), run());
  });

  it.each<[string, Files]>([
    ["a README.md of its owner", { "README.md": "# Ours\n\nBuilt with an [Nx workspace](https://nx.dev).\n" }],
    ["something added to Nx's README.md", { "README.md": `${NEW["README.md"]}\nAsk Ada.\n` }],
    ["a section of its owner in Nx's README.md", { "README.md": (NEW["README.md"] ?? "").replace("## Set up", "## Who to ask\n\nAda.\n\n## Set up") }],
    ["another name", { "package.json": manifest({ name: "ours" }) }],
    ["another version", { "package.json": manifest({ version: "1.4.0" }) }],
    ["workspaces", { "package.json": manifest({ workspaces: ["libs/*"] }) }],
    ["a script", { "package.json": manifest({ scripts: { test: "ours" } }) }],
    ["a dependency", { "package.json": manifest({ dependencies: { ms: "2.1.2" } }) }],
    ["sources", { "src/legacy.ts": "export const legacy = true;\n" }],
    ["a commit", { ".git/HEAD": "ref: refs/heads/main\n", ".git/refs/heads/main": "0\n" }],
    ["packed commits", { ".git/packed-refs": "0 refs/heads/main\n" }],
    ["a linked work tree", { ".git": "gitdir: elsewhere\n" }],
    ["packages of pnpm", { "pnpm-workspace.yaml": "packages:\n  - libs/*\n" }],
    ["settings of Yarn", { ".yarnrc.yml": "npmRegistryServer: https://npm.example.com\n" }],
  ])("takes one with %s for somebody's, whatever is passed", async (_, files) => {
    const before: Files = { ...NEW, ...files };
    const after = await generate(createFolder(before), PASSED);
    for (const path of Object.keys(before).filter((path) => !["package.json", "nx.json", ".gitignore"].includes(path))) expect(after[path]).toBe(before[path]);
    const kept = JSON.parse(before["package.json"] ?? "") as Record<string, unknown>;
    const { name, version, workspaces = [], scripts, dependencies } = kept;
    expect(JSON.parse(after["package.json"] ?? "")).toMatchObject({ name, version, scripts, dependencies, workspaces: [...(workspaces as string[]), "modules/*"] });
    expect(info).toHaveBeenCalledWith(expect.stringContaining("package-lock.json"));
    expect(info).toHaveBeenCalledWith("README.md is there already and stays as it is");
  });

  it("leaves a workspace alone that has it all, but for what it lacks", async () => {
    const tree = createWorkspace({ "README.md": "# Ours\n" });
    const before = readFiles(tree);
    const after = await generate(tree);
    for (const [path, text] of Object.entries(before)) {
      if (path.startsWith("modules/") || path === "README.md") expect(after[path]).toBe(text);
    }
    expect(Object.keys(after).filter((path) => path.startsWith("modules/"))).toEqual(Object.keys(before).filter((path) => path.startsWith("modules/")));
    for (const path of ["README.md", "modules/app", "modules/shared"]) {
      expect(info).toHaveBeenCalledWith(`${path} is there already and stays as it is`);
    }
    await expectIdempotent(flush(tree), run());
  });

  it("keeps a file of a module that has no manifest yet, and names it", async () => {
    const tree = createFolder({ "modules/app/src/index.ts": "// ours\n" });
    const files = await generate(tree);
    expect(files["modules/app/src/index.ts"]).toBe("// ours\n");
    expect(files["modules/app/app.yml"]).toContain('type: "api"');
    expect(info).toHaveBeenCalledWith("modules/app/src/index.ts is there already and stays as it is");
  });

  it("enters into package.json what it lacks, and nothing over what it has", async () => {
    const text = '{\n\t"name": "ours",\n\t"workspaces": ["libs/*"],\n\t"scripts": { "test": "ours" },\n\t"dependencies": {\n\t\t"@ooneex/app": "0.9.0"\n\t}\n}\n';
    const { "package.json": after = "" } = await generate(createFolder({ "package.json": text }));
    expect(after.startsWith('{\n\t"name": "ours",\n\t"workspaces": ["libs/*", "modules/*"],\n\t"scripts": { "test": "ours", ')).toBe(true);
    expect(JSON.parse(after)).toMatchObject({ private: true, dependencies: { "@ooneex/app": "0.9.0", "@ooneex/cache": "^1.2.0" }, scripts: { test: "ours", build: "nx run-many -t build" } });
  });

  it("takes workspaces that are written as an object", async () => {
    const { "package.json": after = "" } = await generate(createFolder({ "package.json": '{ "workspaces": { "packages": ["./modules/*"] } }\n' }));
    expect(JSON.parse(after)).toMatchObject({ workspaces: { packages: ["./modules/*"] } });
    const { "package.json": more = "" } = await generate(createFolder({ "package.json": '{ "workspaces": { "packages": ["libs/*"] } }\n' }));
    expect(JSON.parse(more)).toMatchObject({ workspaces: { packages: ["libs/*", "modules/*"] } });
  });

  it("adds to tsconfig.json, where comments stay and what is set stays", async () => {
    const text = '{\n  // Ours.\n  "compilerOptions": {\n    "module": "CommonJS", // for now\n    "experimentalDecorators": false\n  }\n}\n';
    const { "tsconfig.json": after = "" } = await generate(createFolder({ "tsconfig.json": text }));
    for (const line of text.split("\n").slice(0, 4)) expect(after).toContain(line);
    expect(after).toContain('"experimentalDecorators": false,');
    expect(after).toContain('"emitDecoratorMetadata": true');
    expect(after).toContain('"@module/shared/*": ["./modules/shared/src/*"]');
    expect(after).not.toContain("moduleResolution");
    expect(info).toHaveBeenCalledWith("tsconfig.json: experimentalDecorators is false and stays; the framework's decorators need true");
  });

  it("takes module and moduleResolution to be settled where another file is extended", async () => {
    const { "tsconfig.json": after = "" } = await generate(createFolder({ "tsconfig.json": '{ "extends": "./base.json" }\n' }));
    expect(JSON.parse(after)).toMatchObject({ extends: "./base.json", compilerOptions: { experimentalDecorators: true } });
    expect(after).not.toContain("moduleResolution");
  });

  it.each(["biome.jsonc", ".biome.json"])("writes no biome.json beside %s", async (path) => {
    const files = await generate(createFolder({ [path]: "{}\n" }));
    expect(files["biome.json"]).toBeUndefined();
    expect(files[path]).toBe("{}\n");
  });

  it("enters the modules into the commit scopes that are there, and writes no second configuration", async () => {
    const text = 'export default { rules: { "scope-enum": [2, "always", ["deps"]] } };\n';
    const files = await generate(createFolder({ "commitlint.config.js": text }));
    expect(files["commitlint.config.js"]).toBe(text.replace('["deps"]', '["deps", "app", "shared"]'));
    expect(files[".commitlintrc.ts"]).toBeUndefined();
    const inManifest = await generate(createFolder({ "package.json": '{ "commitlint": {} }\n' }));
    expect(inManifest[".commitlintrc.ts"]).toBeUndefined();
  });

  it("adds to .gitignore what it lacks, in its own line endings", async () => {
    const { ".gitignore": after = "" } = await generate(createFolder({ ".gitignore": "node_modules/\r\n**/dist\r\n!.env\r\n" }));
    const [, ...added] = after.split("# Added by @ooneex/nx");
    expect(after.startsWith("node_modules/\r\n**/dist\r\n!.env\r\n\r\n#")).toBe(true);
    expect(added.join("").split("\r\n").slice(1)).toEqual(["coverage", ".nx", "*.tsbuildinfo", "?*.env", ".env.yml", ".env.*.yml", "!.env.example.yml", ""]);
  });

  it("leaves a lockfile of another package manager, and says so", async () => {
    const files = await generate(createFolder({ "pnpm-lock.yaml": "lockfileVersion: 9\n" }));
    expect(files["pnpm-lock.yaml"]).toBe("lockfileVersion: 9\n");
    expect(info).toHaveBeenCalledWith(expect.stringContaining("pnpm-lock.yaml is of another package manager than Bun and stays"));
  });

  it("leaves another package manager in nx.json, and says so", async () => {
    const files = await generate(createFolder({ "nx.json": '{ "cli": { "packageManager": "pnpm" } }\n' }));
    expect(JSON.parse(files["nx.json"] ?? "")).toMatchObject({ cli: { packageManager: "pnpm" } });
    expect(info).toHaveBeenCalledWith(expect.stringContaining("cli.packageManager is pnpm and stays"));
  });
});

describe("preset refuses, before it writes anything,", () => {
  it.each<[string, Files, object]>([
    ["a file in the place of modules", { modules: "" }, { code: "MODULES_OCCUPIED" }],
    ["a package.json that is not JSON", { "package.json": "{,}" }, { code: "JSON_INVALID" }],
    ["an nx.json that is not JSON", { "nx.json": "{" }, { code: "JSON_INVALID", where: "nx.json:1" }],
    ["a tsconfig.json that holds no object", { "tsconfig.json": '{ "compilerOptions": [] }' }, { code: "JSON_UNEXPECTED" }],
    ["dependencies that are a list", { "package.json": '{ "dependencies": [] }' }, { code: "JSON_UNEXPECTED" }],
  ])("%s", async (_, files, error) => {
    await expectRefusal(createFolder(files), run(), error);
  });

  it("an option that it does not have, unless create-nx-workspace passes it", async () => {
    const options = { framwork: "@talosjs" } as PresetOptions;
    await expectRefusal(createFolder(), run(options), { code: "OPTION_UNKNOWN", where: "framwork" });
    await generate(createFolder(NEW), { ...PASSED, ...options });
  });
});

/** The manifest of create-nx-workspace with a field that its owner has changed. */
function manifest(field: Readonly<Record<string, unknown>>): string {
  return json({ ...(JSON.parse(NEW["package.json"] ?? "") as object), ...field });
}

function json(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
