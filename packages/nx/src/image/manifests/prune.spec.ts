import { describe, expect, it } from "vitest";
import { type LockedRepository, lockRepository, npm, want, wantPackage } from "../../testing/locked-repository.js";
import { readManifests, type Wanted } from "./manifests.js";
import { pruneManifests } from "./prune.js";

const REPOSITORY: LockedRepository = {
  manifests: {
    "": {
      name: "acme",
      version: "1.0.0",
      type: "module",
      workspaces: ["modules/*", "libs/*"],
      scripts: { test: "vitest" },
      dependencies: { express: "^4.0.0", typeorm: "^0.3.0", pg: "8.11.0", ms: "^2.0.0", "@acme/money": "workspace:*" },
      devDependencies: { debug: "^4.0.0" },
    },
    "libs/money": {
      name: "@acme/money",
      version: "0.3.0",
      description: "Money",
      exports: { ".": "./src/index.ts" },
      sideEffects: false,
      scripts: { build: "tsc" },
      bin: "./cli.ts",
      dependencies: { big: "6.0.0" },
      devDependencies: { vitest: "1.0.0" },
    },
    "modules/billing": { name: "@module/billing", version: "1.0.0", dependencies: { "@acme/money": "workspace:*", ms: "1.0.0" } },
    "modules/orders": { name: "@module/orders", dependencies: { "@module/billing": "^1.0.0" } },
  },
  packages: {
    big: npm("big@6.0.0"),
    debug: npm("debug@4.3.4", { dependencies: { ms: "2.1.2" } }),
    express: npm("express@4.18.0", { dependencies: { debug: "2.6.9" }, bin: "./cli.js" }),
    ms: npm("ms@2.1.3"),
    pg: npm("pg@8.11.0"),
    typeorm: npm("typeorm@0.3.20", {
      dependencies: { debug: "^4.0.0" },
      peerDependencies: { pg: "*", mysql2: "*", "reflect-metadata": "*" },
      optionalPeers: ["pg", "mysql2"],
    }),
    "reflect-metadata": npm("reflect-metadata@0.2.0"),
    mysql2: npm("mysql2@3.0.0"),
    vitest: npm("vitest@1.0.0"),
    "@module/billing/ms": npm("ms@1.0.0"),
    "debug/ms": npm("ms@2.1.2"),
    "express/debug": npm("debug@2.6.9", { dependencies: { ms: "2.0.0" } }),
    "express/debug/ms": npm("ms@2.0.0"),
  },
};

interface PrunedLockfile {
  readonly workspaces: Record<string, object>;
  readonly packages: Record<string, unknown[]>;
  readonly [field: string]: unknown;
}

function prune(repository: LockedRepository, wanted: Wanted) {
  const pruned = pruneManifests(readManifests(lockRepository(repository)), wanted);
  const { "bun.lock": lock = "", ...texts } = pruned.files;
  const manifests = Object.fromEntries(Object.entries(texts).map(([path, text]) => [path, JSON.parse(text) as Record<string, unknown>]));
  // The text that is written needs no lenient parser, but for the comma behind the last package.
  return { ...pruned, manifests, lock: JSON.parse(lock.replace(/,\n {2}\}\n\}\n$/, "}}")) as PrunedLockfile };
}

/** The repository with other fields in its root, or other packages. */
function withRoot(fields: object, packages: LockedRepository["packages"] = {}, lockfile: object = {}): LockedRepository {
  const root = { ...REPOSITORY.manifests[""], ...fields };
  return { manifests: { ...REPOSITORY.manifests, "": root }, packages: { ...REPOSITORY.packages, ...packages }, lockfile: { ...lockfile } };
}

const fails = (code: string, message: string): unknown =>
  expect.objectContaining({ code, message: expect.stringContaining(message) });

describe("pruneManifests", () => {
  it("keeps what an import reaches, in both files, and the entries as they are", () => {
    const { manifests, lock, packages } = prune(REPOSITORY, want("express"));
    expect(manifests).toEqual({
      "package.json": { name: "acme", private: true, workspaces: [], type: "module", dependencies: { express: "^4.0.0" } },
    });
    expect(lock).toEqual({
      lockfileVersion: 1,
      configVersion: 1,
      workspaces: { "": { name: "acme", dependencies: { express: "^4.0.0" } } },
      packages: {
        debug: REPOSITORY.packages?.["express/debug"],
        express: REPOSITORY.packages?.["express"],
        ms: REPOSITORY.packages?.["express/debug/ms"],
      },
    });
    expect(packages).toEqual(["debug@2.6.9", "express@4.18.0", "ms@2.0.0"]);
  });

  it("keeps a dependency in its field, and one of the workspace before one of the root", () => {
    const { manifests, lock } = prune(REPOSITORY, want("modules/billing:debug", "modules/billing:ms"));
    expect(manifests["package.json"]).toMatchObject({ devDependencies: { debug: "^4.0.0" }, workspaces: ["modules/billing"] });
    expect(manifests["modules/billing/package.json"]).toEqual({ name: "@module/billing", dependencies: { ms: "1.0.0" } });
    const places = Object.entries(lock.packages).map(([key, [what]]) => `${key}: ${what as string}`);
    expect(places).toEqual([
      "@module/billing: @module/billing@workspace:modules/billing",
      "debug: debug@4.3.4",
      "debug/ms: ms@2.1.2",
      "ms: ms@1.0.0",
    ]);
  });

  it("keeps of a workspace what bundlers read and what is imported", () => {
    const { manifests, lock } = prune(REPOSITORY, want("libs/money:big"));
    expect(manifests["libs/money/package.json"]).toEqual({
      name: "@acme/money",
      exports: { ".": "./src/index.ts" },
      sideEffects: false,
      dependencies: { big: "6.0.0" },
    });
    expect(lock.workspaces["libs/money"]).toEqual({ name: "@acme/money", dependencies: { big: "6.0.0" } });
  });

  it("adds the workspace that an import means, with what its own files import", () => {
    const { manifests } = prune(REPOSITORY, want("modules/billing:@acme/money"));
    expect(manifests["libs/money/package.json"]).not.toHaveProperty("dependencies");
    expect(manifests["modules/billing/package.json"]).toMatchObject({ dependencies: { "@acme/money": "workspace:*" } });
    expect(manifests["package.json"]).not.toHaveProperty("dependencies");
  });

  it("keeps a workspace's version for a range alone", () => {
    const { manifests, lock } = prune(REPOSITORY, want("modules/orders:@module/billing", "modules/billing:@acme/money"));
    expect(manifests["modules/billing/package.json"]).toHaveProperty("version", "1.0.0");
    expect(lock.workspaces["modules/billing"]).toHaveProperty("version", "1.0.0");
    expect(manifests["libs/money/package.json"]).not.toHaveProperty("version");
    expect(lock.workspaces["libs/money"]).not.toHaveProperty("version");
  });

  it("adds peers, and optional ones that the root names, to what the root keeps", () => {
    const { manifests, packages } = prune(REPOSITORY, want("modules/billing:typeorm"));
    expect(manifests["package.json"]).toMatchObject({ dependencies: { typeorm: "^0.3.0", pg: "8.11.0" } });
    expect(packages).toEqual(["debug@4.3.4", "ms@2.1.2", "pg@8.11.0", "reflect-metadata@0.2.0", "typeorm@0.3.20"]);
  });

  it("installs a workspace that imports itself by its name, which is found by a link alone", () => {
    const { manifests, lock, packages } = prune(REPOSITORY, want("modules/orders:@module/orders"));
    expect(manifests["package.json"]).toEqual({ name: "acme", private: true, type: "module", workspaces: ["modules/orders"] });
    expect(lock.packages).toEqual({ "@module/orders": ["@module/orders@workspace:modules/orders"] });
    expect(packages).toEqual([]);
    // Where packages are isolated, it is the root's declaration that makes the link.
    const declared = prune(REPOSITORY, want("libs/money:@acme/money"));
    expect(declared.manifests["package.json"]).toMatchObject({ workspaces: ["libs/money"], dependencies: { "@acme/money": "workspace:*" } });
  });

  it("reaches a workspace that nobody declares, as an alias of tsconfig.json does", () => {
    const { manifests } = prune(REPOSITORY, want("modules/billing:@module/orders"));
    expect(Object.keys(manifests)).toEqual(["package.json", "modules/orders/package.json"]);
  });

  it("leaves out a workspace that is only a place for files, and says what a bundler reads of it", () => {
    const files: Wanted = { packages: [wantPackage("modules/orders:pg")], workspaces: ["modules/orders", "libs/money"] };
    const pruned = pruneManifests(readManifests(lockRepository(REPOSITORY)), files);
    expect(Object.keys(pruned.files)).toEqual(["package.json", "bun.lock"]);
    expect(Object.keys(pruned.beside)).toEqual(["libs/money/package.json", "modules/orders/package.json"]);
    expect(JSON.parse(pruned.beside["libs/money/package.json"] ?? "")).toEqual({ name: "@acme/money", exports: { ".": "./src/index.ts" }, sideEffects: false });
    expect(pruned.losesIsolation).toBe(true);
    const billing = pruneManifests(readManifests(lockRepository(REPOSITORY)), { packages: [wantPackage("pg")], workspaces: [] });
    expect(billing.files).toEqual(pruned.files);
  });

  it("keeps a workspace whose package.json names an optional peer of what is needed", () => {
    const repository = structuredClone(REPOSITORY) as { manifests: Record<string, { dependencies?: Record<string, string> }> };
    Object.assign(repository.manifests["modules/orders"]?.dependencies ?? {}, { mysql2: "3.0.0" });
    const wanted: Wanted = { packages: [wantPackage("modules/orders:typeorm")], workspaces: ["modules/orders"] };
    const { files } = pruneManifests(readManifests(lockRepository(repository)), wanted);
    expect(JSON.parse(files["modules/orders/package.json"] ?? "{}")).toMatchObject({ dependencies: { mysql2: "3.0.0" } });
  });

  it("names an import that no package.json declares, and where it is", () => {
    const error = { code: "PACKAGE_UNDECLARED", where: "modules/billing/src/index.ts:3", remedy: "bun add lodash" };
    expect(() => prune(REPOSITORY, want("modules/billing:lodash"))).toThrowError(expect.objectContaining(error));
    const optional: Wanted = { packages: [{ ...wantPackage("lodash"), optional: true }], workspaces: [] };
    expect(prune(REPOSITORY, optional).packages).toEqual([]);
    // What another workspace declares is not there for this one.
    expect(() => prune(REPOSITORY, want("modules/billing:big"))).toThrowError(fails("PACKAGE_UNDECLARED", "big"));
  });

  it("does not take a name that every object has for a dependency", () => {
    expect(() => prune(REPOSITORY, want("constructor"))).toThrowError(fails("PACKAGE_UNDECLARED", "constructor"));
  });

  it("refuses a folder that is no workspace", () => {
    const wanted: Wanted = { packages: [], workspaces: ["modules/gone"] };
    expect(() => prune(REPOSITORY, wanted)).toThrowError(fails("WORKSPACE_UNKNOWN", "modules/gone"));
  });

  it("gives the same bytes for the same needs, in any order and whatever else changes", () => {
    const wanted = want("modules/billing:typeorm", "express", "modules/orders:@module/billing");
    const before = pruneManifests(readManifests(lockRepository(REPOSITORY)), wanted);
    const elsewhere = withRoot(
      // A dependency that takes the places of debug and ms.
      { version: "2.0.0", scripts: {}, dependencies: { left: "1.0.0", ...(REPOSITORY.manifests[""]?.["dependencies"] as object) } },
      { left: npm("left@1.0.0", { dependencies: { ms: "3.0.0" } }), "left/ms": npm("ms@3.0.0") },
    );
    const { packages = {} } = elsewhere;
    const moved = Object.entries({ "typeorm/debug": packages["debug"], "typeorm/debug/ms": packages["debug/ms"] });
    const after: LockedRepository = {
      ...elsewhere,
      packages: Object.fromEntries([...Object.entries(packages), ...moved].reverse()) as Record<string, readonly unknown[]>,
    };
    const reversed = { packages: [...wanted.packages].reverse(), workspaces: [...wanted.workspaces].reverse() };
    expect(pruneManifests(readManifests(lockRepository(after)), reversed)).toEqual(before);
  });

  it("keeps of settings what concerns the packages included", () => {
    const settings = {
      overrides: { ms: "2.0.0", lodash: "4.0.0" },
      patchedDependencies: { "express@4.18.0": "patches/express.patch", "pg@8.11.0": "patches/pg.patch" },
      trustedDependencies: ["pg", "express"],
    };
    const { manifests, lock, localFiles } = prune(withRoot(settings), want("express"));
    const kept = {
      overrides: { ms: "2.0.0" },
      patchedDependencies: { "express@4.18.0": "patches/express.patch" },
      trustedDependencies: ["express"],
    };
    expect(manifests["package.json"]).toMatchObject(kept);
    expect(lock).toMatchObject(kept);
    expect(localFiles).toEqual(["patches/express.patch"]);
    // Without a list Bun trusts packages of a list of its own.
    expect(prune(withRoot(settings), want("ms")).manifests["package.json"]).toMatchObject({ trustedDependencies: [] });
  });

  it("writes overrides as Bun understands them: references resolved, resolutions without their pattern", () => {
    const references = withRoot({ overrides: { ms: "$ms" } }, {}, { overrides: { ms: "^2.0.0" } });
    expect(prune(references, want("ms")).manifests["package.json"]).toMatchObject({ overrides: { ms: "^2.0.0" } });
    const resolutions = withRoot({ resolutions: { "**/ms": "2.1.3" } }, {}, { overrides: { ms: "2.1.3" } });
    expect(prune(resolutions, want("ms")).lock).toMatchObject({ overrides: { ms: "2.1.3" } });
  });

  it("keeps the catalogs that are used, wherever they stand", () => {
    const dependencies = { pg: "catalog:", ms: "catalog:time", express: "catalog:web" };
    const catalogs = { catalog: { pg: "8.11.0", lodash: "1" }, catalogs: { time: { ms: "^2", debug: "4" }, web: { express: "4" } } };
    const kept = { catalog: { pg: "8.11.0" }, catalogs: { time: { ms: "^2" } } };
    for (const place of [catalogs, { workspaces: { packages: [], ...catalogs } }]) {
      const { manifests, lock } = prune(withRoot({ dependencies, ...place }, {}, catalogs), want("pg", "ms"));
      expect(manifests["package.json"]).toMatchObject(kept);
      expect(manifests["package.json"]?.["catalogs"]).not.toHaveProperty("web");
      expect(lock).toMatchObject(kept);
    }
  });

  it("keeps aliases, git and archives, and ships those of the repository", () => {
    const dependencies = {
      colors: "npm:colorette@2.0.20",
      forked: "github:acme/forked",
      far: "https://example.com/far-1.0.0.tgz",
      near: "file:./vendor/near.tgz",
    };
    const packages = {
      colors: npm("colorette@2.0.20"),
      forked: ["forked@github:acme/forked#1234567", { dependencies: { ms: "^2.0.0" } }, "acme-forked-1234567"],
      far: ["far@https://example.com/far-1.0.0.tgz", {}],
      near: ["near@./vendor/near.tgz", {}, "sha512-near=="],
    };
    const { lock, localFiles, packages: names } = prune(withRoot({ dependencies }, packages), want(...Object.keys(dependencies)));
    expect(lock.packages).toMatchObject(packages);
    expect(lock.packages).toHaveProperty("ms");
    expect(localFiles).toEqual(["vendor/near.tgz"]);
    expect(names).toContain("colorette@2.0.20");
  });

  it.each([
    ["a link", ["odd@link:odd", {}]],
    ["a folder outside of the workspaces", ["odd@file:vendor/odd", {}]],
    ["the root itself", ["odd@root:", {}]],
    ["what it does not know", ["odd@svn://example.com/odd", {}]],
  ])("refuses %s, and names its entry", (_, entry) => {
    const repository = withRoot({ dependencies: { odd: "1", ms: "^2.0.0" } }, { odd: entry });
    expect(() => prune(repository, want("odd"))).toThrowError(fails("DEPENDENCY_UNSUPPORTED", "odd"));
    // Where it is not needed it is in nobody's way.
    expect(prune(repository, want("ms")).packages).toEqual(["ms@2.1.3"]);
  });

  it("leaves an optional peer out where it was nothing, whatever else is included", () => {
    const dependencies = { helper: "1.0.0", user: "1.0.0" };
    const helper = npm("helper@1.0.0", { dependencies: { ms: "2.1.3" }, peerDependencies: { color: "*" }, optionalPeers: ["color"] });
    const user = npm("user@1.0.0", { dependencies: { color: "8.0.0", ms: "2.1.3" } });
    const packages = { helper, user, color: npm("color@7.0.0"), "user/color": npm("color@8.0.0") };
    const { lock } = prune(withRoot({ dependencies }, packages), want("helper", "user"));
    expect(Object.keys(lock.packages)).toEqual(["helper", "ms", "user", "user/color"]);
    // The same where another package has taken the place of ms.
    const elsewhere = { ...packages, ms: npm("ms@1.0.0"), "helper/ms": npm("ms@2.1.3"), "user/ms": npm("ms@2.1.3") };
    expect(prune(withRoot({ dependencies }, elsewhere), want("helper", "user")).lock).toEqual(lock);
  });

  it("gives an optional peer no other version than it had", () => {
    const billing = { name: "@module/billing", dependencies: { helper: "2.0.0", tool: "1.0.0" } };
    const repository: LockedRepository = {
      manifests: { "": { name: "acme", dependencies: { user: "1.0.0" } }, "modules/billing": billing },
      packages: {
        user: npm("user@1.0.0", { dependencies: { color: "7.0.0" } }),
        color: npm("color@7.0.0"),
        "@module/billing/helper": npm("helper@2.0.0", { peerDependencies: { color: "*" }, optionalPeers: ["color"] }),
        "@module/billing/tool": npm("tool@1.0.0", { dependencies: { color: "8.0.0" } }),
        "@module/billing/color": npm("color@8.0.0"),
      },
    };
    expect(prune(repository, want("modules/billing:helper")).packages).toEqual(["helper@2.0.0"]);
    const both = prune(repository, want("modules/billing:helper", "user"));
    expect(both.packages).toEqual(["color@7.0.0", "color@8.0.0", "helper@2.0.0", "user@1.0.0"]);
  });

  it("keeps what a package brings in its archive under it", () => {
    const dependencies = { bundler: "1.0.0" };
    const packages = {
      bundler: npm("bundler@1.0.0", { dependencies: { ms: "2.1.3", inner: "1.0.0" } }),
      "bundler/ms": npm("ms@2.1.3", { bundled: true }),
      "bundler/inner": npm("inner@1.0.0", { dependencies: { ms: "2.1.3" }, bundled: true }),
    };
    const { lock } = prune(withRoot({ dependencies }, packages), want("bundler"));
    expect(lock.packages).toEqual(packages);
  });

  it("keeps the places of bun.lock where the same package needs different ones at two of them", () => {
    const dependencies = { a: "1.0.0" };
    const packages = {
      a: npm("a@1.0.0", { dependencies: { b: "1.0.0" } }),
      b: npm("b@1.0.0", { dependencies: { a: "2.0.0" } }),
      "b/a": npm("a@2.0.0", { dependencies: { b: "2.0.0" } }),
      "b/a/b": npm("b@2.0.0", { dependencies: { a: "1.0.0" } }),
      "b/a/b/a": npm("a@1.0.0", { dependencies: { b: "1.0.0" } }),
    };
    const { lock } = prune(withRoot({ dependencies }, packages), want("a"));
    expect(lock.packages).toEqual(packages);
  });
});
