import { existsSync, readdirSync, readFileSync } from "node:fs";
import { cp, mkdtemp, realpath, rm } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { type Manifests, readManifests, type Wanted, type WantedPackage } from "../packages/nx/src/image/manifests/manifests.js";
import { listNativePackages } from "../packages/nx/src/image/manifests/native.js";
import { pruneManifests, type PrunedManifests } from "../packages/nx/src/image/manifests/prune.js";
import { pruneRuntime } from "../packages/nx/src/image/manifests/prune-runtime.js";
import { createRandom } from "../packages/nx/src/testing/random.js";
import { findPackage, listInstalled } from "./prune/installed.js";
import { listImports, makeRepository, type Repository, writeFiles } from "./prune/repository.js";

const host = inject("host");
const CLOSURES = 15;
const FOLDERS = ["libs/money", "modules/billing", "modules/orders"];

type Import = readonly [folder: string, name: string];

function want(...imports: readonly Import[]): Wanted {
  const packages = imports.map(wantPackage);
  return { packages, workspaces: imports.map(([folder]) => folder).filter((folder) => folder !== "") };
}

function wantPackage([folder, name]: Import): WantedPackage {
  return { name, folder, where: "index.ts:1", optional: false };
}

function readRepository(root: string): Manifests {
  const read = (path: string) => readFileSync(join(root, path), "utf8");
  const manifests = Object.fromEntries(["", ...FOLDERS].map((folder) => [folder, read(join(folder, "package.json"))]));
  return readManifests({ lockfile: read("bun.lock"), manifests });
}

describe.each(["1.3", "1.4"] as const)("Bun %s, pruned manifests", (line) => {
  let repository: Repository;
  let manifests: Manifests;

  beforeAll(async () => {
    repository = await makeRepository(host, line);
    manifests = readRepository(repository.root);
  });

  afterAll(() => rm(repository.root, { recursive: true, force: true }));

  /** Writes pruned manifests to a folder of their own and installs them. */
  async function install({ files, localFiles }: PrunedManifests, ...options: string[]): Promise<string> {
    // A new folder, behind no link, for packages are told from workspaces by their real path.
    const folder = await realpath(await mkdtemp(join(host.root, `pruned-${line}-`)));
    await writeFiles(folder, { ...files, "bunfig.toml": readFileSync(join(repository.root, "bunfig.toml"), "utf8") });
    for (const file of localFiles) await cp(join(repository.root, file), join(folder, file), { recursive: true });
    await repository.run(["bun", "install", "--frozen-lockfile", "--ignore-scripts", ...options], folder);
    return folder;
  }

  const random = createRandom(line === "1.3" ? 13 : 14);
  const closures = Array.from({ length: CLOSURES }, (_, index) => {
    const imports = random.shuffle(listImports(line)).slice(0, 1 + random.below(8));
    const names = imports.map(([folder, name]) => (folder === "" ? name : `${folder}: ${name}`)).join(", ");
    return { imports, names, linker: index % 2 === 0 ? "hoisted" : "isolated" };
  });

  it.each(closures)("install, $linker, what imports of $names reach", async ({ imports, linker }) => {
    const pruned = pruneManifests(manifests, want(...imports));
    const folder = await install(pruned, `--linker=${linker}`);
    for (const [from, name] of imports) {
      const whole = listInstalled(repository.root, join(repository.root, from), name);
      expect(listInstalled(folder, join(folder, from), name)).toEqual(whole);
      expect(whole.join("\n")).not.toMatch(new RegExp(`> ${name} = .*@missing`));
    }
    const patched = imports.some(([from, name]) => from === "" && name === "is-odd");
    if (patched) expect(readdirSync(findPackage(folder, folder, "is-odd") ?? "")).toContain("patched.txt");
    await rm(folder, { recursive: true });
  });

  it("install optional peers that the root names, and leave out the others", async () => {
    const pruned = pruneManifests(manifests, want(["", "typeorm"]));
    expect(pruned.packages).toContain("pg@8.11.0");
    expect(pruned.packages.join()).not.toContain("mysql2");
    const folder = await install(pruned, "--linker=isolated");
    expect(findPackage(folder, findPackage(folder, folder, "typeorm") ?? "", "pg")).toBeDefined();
  });

  it("hold the packages that stay out of the bundle, whoever depends on them", async () => {
    const names = ["express", "sharp", "bcrypt", "@node-rs/argon2", "@tailwindcss/oxide", "chalk"];
    const wanted = want(...names.map((name): Import => ["", name]));
    const natives = ["@node-rs/argon2", "@tailwindcss/oxide", "bcrypt", "sharp"];
    expect(listNativePackages(manifests, wanted)).toEqual(natives);
    // No package.json declares body-parser: express depends on it.
    const externals = [...natives, "body-parser"].map((name) => wantPackage(["", name]));
    const runtime = pruneRuntime(manifests, wanted, externals);
    const folder = await install(runtime, "--production");
    for (const { name } of externals) {
      const whole = listInstalled(repository.root, repository.root, name);
      expect(listInstalled(folder, folder, name)).toEqual(whole);
    }
    expect(findPackage(folder, folder, "express")).toBeUndefined();
    expect(findPackage(folder, folder, "chalk")).toBeUndefined();
  });

  it("install nothing where nothing is needed", async () => {
    for (const pruned of [pruneRuntime(manifests, want(), []), pruneManifests(manifests, want())]) {
      const folder = await install(pruned, "--production");
      expect(existsSync(join(folder, "node_modules/bun"))).toBe(false);
    }
  });

  it("stay the same, byte for byte, whatever happens elsewhere in the repository", async () => {
    const wanted = closures.map(({ imports }) => want(...imports));
    const before = wanted.map((one) => pruneManifests(manifests, one));
    // Other versions of what packages depend on, which take the places that those have.
    const added = { "ansi-styles": "3.2.1", "body-parser": "1.18.0", "color-convert": "1.9.3", "escape-string-regexp": "1.0.5" };
    const { manifest } = repository;
    await writeFiles(repository.root, {
      "package.json": {
        ...manifest,
        version: "9.9.9",
        scripts: { build: "something else" },
        dependencies: { ...added, ...manifest.dependencies },
      },
    });
    await repository.run(["bun", "install", "--ignore-scripts", "--linker=hoisted"]);
    const changed = readRepository(repository.root);
    expect([...changed.lockfile.packages.keys()]).not.toEqual([...manifests.lockfile.packages.keys()]);
    expect(wanted.map((one) => pruneManifests(changed, { ...one, packages: [...one.packages].reverse() }))).toEqual(before);
  });
});
