import { mkdir, mkdtemp, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { runProcess } from "../process.js";
import type { BunLine } from "../workspace/bun.js";
import { buildEnvironment } from "../workspace/environment.js";
import type { WorkspaceHost } from "../workspace/template.js";

/** A repository that depends in every way that Bun knows and a pruned install can have. */
export interface Repository {
  readonly root: string;
  /** Runs a command in a folder, with the repository's Bun first on the PATH. */
  readonly run: (argv: readonly string[], folder?: string) => Promise<string>;
  /** The root's package.json. */
  readonly manifest: Manifest;
}

interface Manifest {
  readonly dependencies: Readonly<Record<string, string>>;
  readonly [field: string]: unknown;
}

/** Files of a workspace by their path; what is no text is written as JSON. */
export type Files = Readonly<Record<string, unknown>>;

const ROOT_MANIFEST = {
  name: "acme",
  version: "3.1.4",
  private: true,
  type: "module",
  workspaces: { packages: ["modules/*", "libs/*"], catalog: { zod: "^3.22.0" }, catalogs: { time: { ms: "2.1.3" } } },
  scripts: { build: "nx run-many -t build" },
  dependencies: {
    "@acme/money": "workspace:*",
    "@node-rs/argon2": "2.0.2",
    // Brings packages in the archive of one for WebAssembly.
    "@tailwindcss/oxide": "4.1.3",
    "@tanstack/react-query": "5.17.0",
    bcrypt: "5.1.0",
    chalk: "4.1.2",
    colors: "npm:colorette@2.0.20",
    express: "^4.18.0",
    "is-odd": "3.0.1",
    "left-pad": "file:./vendor/stub.tgz",
    ms: "catalog:time",
    pg: "8.11.0",
    react: "18.2.0",
    "reflect-metadata": "0.2.1",
    semver: "7.5.0",
    sharp: "0.33.0",
    typeorm: "0.3.20",
    yargs: "16.2.0",
    zod: "catalog:",
  },
  devDependencies: { debug: "4.3.4", typescript: "5.4.5" },
  peerDependencies: { rxjs: "^7.8.0", mysql2: "*" },
  peerDependenciesMeta: { mysql2: { optional: true } },
  optionalDependencies: { fsevents: "2.3.3" },
  overrides: { qs: "6.11.0", lodash: "4.17.20", "is-number": "6.0.0" },
  patchedDependencies: { "is-odd@3.0.1": "patches/is-odd@3.0.1.patch" },
  trustedDependencies: ["bcrypt"],
};

const PATCH = `diff --git a/patched.txt b/patched.txt
new file mode 100644
--- /dev/null
+++ b/patched.txt
@@ -0,0 +1,1 @@
+patched
`;

const FILES: Files = {
  "package.json": ROOT_MANIFEST,
  "patches/is-odd@3.0.1.patch": PATCH,
  "libs/money/package.json": {
    name: "@acme/money",
    version: "0.0.1",
    exports: { ".": "./src/index.ts" },
    bin: "./src/cli.ts",
    dependencies: { "big.js": "6.2.1", semver: "6.3.1" },
    peerDependencies: { ms: "*", vue: "*" },
    peerDependenciesMeta: { vue: { optional: true } },
  },
  "modules/billing/package.json": {
    name: "@module/billing",
    version: "1.2.3",
    scripts: { postinstall: "exit 1" },
    dependencies: { "@acme/money": "workspace:*", express: "4.17.1", ms: "2.0.0" },
    devDependencies: { mri: "1.2.0" },
  },
  "modules/orders/package.json": {
    name: "@module/orders",
    version: "2.0.0",
    // A range rather than workspace:*, which only its version can satisfy.
    dependencies: { "@module/billing": "^1.0.0", debug: "2.6.9", stub: "file:./vendor/stub.tgz" },
  },
};

/** What imports may name: the folder that imports and the package. */
export function listImports(line: BunLine): (readonly [folder: string, name: string])[] {
  return [
    ...Object.keys({ ...ROOT_MANIFEST.dependencies, ...ROOT_MANIFEST.devDependencies }).map((name) => ["", name] as const),
    ...["rxjs", "is-obj", ...(line === "1.3" ? [] : ["forked"])].map((name) => ["", name] as const),
    ...["big.js", "semver", "ms"].map((name) => ["libs/money", name] as const),
    ...["@acme/money", "express", "ms", "mri", "typeorm"].map((name) => ["modules/billing", name] as const),
    ...["@module/billing", "debug", "stub", "zod"].map((name) => ["modules/orders", name] as const),
  ];
}

/** Makes the repository and its bun.lock. */
export async function makeRepository(host: WorkspaceHost, line: BunLine): Promise<Repository> {
  const root = await mkdtemp(join(host.root, `prune-${line}-`));
  const env = await buildEnvironment(root, host.root, line);
  const run = async (argv: readonly string[], folder = root) => (await runProcess(argv, { cwd: folder, env })).stdout;
  await writeFiles(root, { ...FILES, "bunfig.toml": `[install]\nregistry = "${host.upstream}"\n` });
  const manifest = {
    ...ROOT_MANIFEST,
    dependencies: {
      ...ROOT_MANIFEST.dependencies,
      "is-obj": new URL("is-obj/-/is-obj-3.0.0.tgz", withSlash(host.upstream)).href,
      // Bun 1.3 finds no commit in a repository on the disk.
      ...(line === "1.3" ? {} : { forked: await makeGitPackage(join(root, "forked"), run) }),
    },
  };
  await writeFiles(root, { "package.json": manifest });
  await writeFiles(root, { "stub/package/package.json": { name: "stub", version: "4.5.6", dependencies: { ms: "2.1.1" } } });
  for (const folder of ["vendor", "modules/orders/vendor"]) {
    await mkdir(join(root, folder), { recursive: true });
    await run(["tar", "-czf", join(root, folder, "stub.tgz"), "package"], join(root, "stub"));
  }
  await run(["bun", "install", "--ignore-scripts", "--linker=hoisted"]);
  return { root, run, manifest };
}

/** @returns what depends on the package */
async function makeGitPackage(root: string, run: Repository["run"]): Promise<string> {
  await writeFiles(root, { "package.json": { name: "forked", version: "0.1.0", dependencies: { ms: "2.0.0" } } });
  for (const argv of [["init", "--quiet"], ["add", "."], ["commit", "--quiet", "--message", "feat: fork"]]) {
    await run(["git", ...argv], root);
  }
  return `git+${pathToFileURL(root).href}`;
}

function withSlash(address: string): string {
  return address.endsWith("/") ? address : `${address}/`;
}

/** Writes files, and the folders they are in. */
export async function writeFiles(root: string, files: Files): Promise<void> {
  for (const [path, content] of Object.entries(files)) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), typeof content === "string" ? content : `${JSON.stringify(content, undefined, 2)}\n`);
  }
}
