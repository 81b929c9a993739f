import { describe, expect, it } from "vitest";
import { type LockedRepository, lockRepository, npm, want } from "../../testing/locked-repository.js";
import { type ManifestTexts, readManifests } from "./manifests.js";
import { pruneManifests } from "./prune.js";

const fails = (code: string, message: string): unknown => expect.objectContaining({ code, message: expect.stringContaining(message) });

const ROOT = { name: "acme", dependencies: { ms: "^2.0.0" } };

function lock(root: object = ROOT, lockfile: object = {}): ManifestTexts {
  const repository: LockedRepository = {
    manifests: { "": { ...root }, "libs/a": { name: "@acme/a", dependencies: { ms: "^2.0.0" } } },
    packages: { ms: npm("ms@2.1.3") },
    lockfile: { ...lockfile },
  };
  return lockRepository(repository);
}

describe("readManifests", () => {
  it.each([1, 2])("reads lockfileVersion %d and keeps it, with the version of the configuration", (lockfileVersion) => {
    const manifests = readManifests(lock(ROOT, { lockfileVersion, configVersion: 0 }));
    const { files } = pruneManifests(manifests, want("ms"));
    expect(files["bun.lock"]).toContain(`"lockfileVersion": ${lockfileVersion},\n  "configVersion": 0,`);
  });

  it("makes no version of the configuration up", () => {
    const texts = lock(ROOT, { configVersion: undefined });
    expect(pruneManifests(readManifests(texts), want("ms")).files["bun.lock"]).not.toContain("configVersion");
  });

  it("refuses a repository without a package.json in its root, and says what to do", () => {
    const { lockfile, manifests } = lock();
    const others = Object.fromEntries(Object.entries(manifests).filter(([folder]) => folder !== ""));
    expect(() => readManifests({ lockfile, manifests: others })).toThrowError(
      expect.objectContaining({ code: "MANIFEST_MISSING", where: "package.json", remedy: expect.stringContaining("bun install") as string }) as Error,
    );
  });

  it.each([0, 3, 4, "1"])("refuses lockfileVersion %j by name", (lockfileVersion) => {
    const message = `lockfileVersion ${JSON.stringify(lockfileVersion)}`;
    expect(() => readManifests(lock(ROOT, { lockfileVersion }))).toThrowError(fails("LOCKFILE_UNSUPPORTED", message));
  });

  it("reads a lockfile that a formatter or an editor has been at, to the same bytes", () => {
    const texts = lock();
    const pretty = JSON.stringify(JSON.parse(texts.lockfile.replace(/,(?=\s*[}\]])/g, "")), undefined, 4);
    const wanted = want("libs/a:ms");
    const expected = pruneManifests(readManifests(texts), wanted);
    for (const lockfile of [pretty, `\uFEFF${pretty}`, `// by hand\n${pretty}`, pretty.replaceAll("\n", "\r\n")]) {
      expect(pruneManifests(readManifests({ ...texts, lockfile }), wanted)).toEqual(expected);
    }
  });

  it("leaves commas in texts alone", () => {
    const about = { bin: { "a,]": "b\\\",}" } };
    const texts = lockRepository({ manifests: { "": ROOT }, packages: { ms: npm("ms@2.1.3", about) } });
    const { files } = pruneManifests(readManifests(texts), want("ms"));
    expect(files["bun.lock"]).toContain(JSON.stringify(about.bin).slice(1, -1).replace('":"', '": "'));
  });

  it.each([
    ["a merge conflict", (text: string) => text.replace('  "packages"', '<<<<<<< HEAD\n  "packages"'), "bun.lock:"],
    ["a half of it", (text: string) => text.slice(0, text.length / 2), "bun.lock:"],
    ["nothing", () => "", "bun.lock"],
    ["a list", () => "[]", "lockfileVersion"],
    ["no root", (text: string) => text.replace('"": {', '"elsewhere": {'), "root"],
    ["an entry that is none", (text: string) => text.replace('"ms@2.1.3"', '"ms"'), '"ms"'],
  ])("refuses %s", (_, damage, message) => {
    const texts = lock();
    expect(() => readManifests({ ...texts, lockfile: damage(texts.lockfile) })).toThrowError(fails("LOCKFILE_INVALID", message));
  });

  it("names a package.json that is no JSON", () => {
    const texts = lock();
    const manifests = { ...texts.manifests, "libs/a": "{ name: }" };
    expect(() => readManifests({ ...texts, manifests })).toThrowError(fails("JSON_INVALID", "libs/a/package.json"));
  });

  it.each<[string, object, string]>([
    ["a new dependency", { dependencies: { ms: "^2.0.0", pg: "8.0.0" } }, "dependencies has pg 8.0.0, bun.lock has none"],
    ["a new range", { dependencies: { ms: "^2.1.0" } }, "dependencies has ms ^2.1.0, bun.lock has ^2.0.0"],
    ["a dependency gone", { dependencies: {} }, "dependencies does not have ms"],
    ["another field", { dependencies: {}, devDependencies: { ms: "^2.0.0" } }, "dependencies does not have ms"],
    ["an override", { overrides: { ms: "2.0.0" } }, "overrides has ms 2.0.0"],
    ["a catalog", { catalog: { ms: "2.0.0" } }, "catalog has ms 2.0.0"],
    ["a named catalog", { catalogs: { time: { ms: "2.0.0" } } }, "catalogs.time has ms 2.0.0"],
    ["another name", { name: "renamed" }, "its name is renamed, and acme in bun.lock"],
    ["a peer that turned optional", { peerDependencies: { ms: "*" }, peerDependenciesMeta: { ms: { optional: true } } }, "peer"],
  ])("finds that bun.lock is older than %s", (_, change, message) => {
    const { lockfile, manifests } = lock();
    const changed = { ...manifests, "": JSON.stringify({ ...ROOT, ...change }) };
    const read = () => readManifests({ lockfile, manifests: changed });
    expect(read).toThrowError(fails("LOCKFILE_OUTDATED", message));
    expect(read).toThrowError(fails("LOCKFILE_OUTDATED", "bun install"));
  });

  it("finds it of a workspace once that is in a build", () => {
    const { lockfile, manifests } = lock();
    const changed = { ...manifests, "libs/a": '{ "name": "@acme/a", "dependencies": { "pg": "8.0.0" } }' };
    const read = readManifests({ lockfile, manifests: { ...changed, "libs/b": '{ "name": "@acme/b" }' } });
    expect(pruneManifests(read, want("ms")).packages).toEqual(["ms@2.1.3"]);
    expect(() => pruneManifests(read, want("libs/a:ms"))).toThrowError(fails("LOCKFILE_OUTDATED", "libs/a/package.json"));
    expect(() => pruneManifests(read, want("libs/b:ms"))).toThrowError(fails("LOCKFILE_OUTDATED", "libs/b is not in bun.lock"));
  });

  it("finds that a patch or an entry is missing once it is needed", () => {
    const patched = { ...ROOT, patchedDependencies: { "ms@2.1.3": "patches/ms.patch", "pg@8.0.0": "patches/pg.patch" } };
    const unpatched = readManifests(lock(patched, { patchedDependencies: {} }));
    expect(() => pruneManifests(unpatched, want("ms"))).toThrowError(fails("LOCKFILE_OUTDATED", "ms@2.1.3"));
    const incomplete = readManifests(lock(ROOT, { packages: {} }));
    expect(() => pruneManifests(incomplete, want("ms"))).toThrowError(fails("LOCKFILE_OUTDATED", "no entry for ms"));
    const broken = readManifests(lock(ROOT, { packages: { ms: npm("ms@2.1.3", { dependencies: { gone: "1" } }) } }));
    expect(() => pruneManifests(broken, want("ms"))).toThrowError(fails("LOCKFILE_OUTDATED", "gone, which ms needs"));
  });

  it("takes as up to date what Bun writes otherwise than package.json has it", () => {
    const root = {
      dependencies: { ms: "^1.0.0" },
      optionalDependencies: { ms: "^2.0.0" },
      peerDependenciesMeta: { vue: { optional: true } },
    };
    const locked = { optionalDependencies: { ms: "^2.0.0" }, peerDependencies: { vue: "*" }, optionalPeers: ["vue"] };
    const texts = lock(root, { workspaces: { "": locked } });
    expect(pruneManifests(readManifests(texts), want("ms")).packages).toEqual(["ms@2.1.3"]);
  });

  it("passes over nested overrides where Bun did, and asks for a new bun.lock where it would not", () => {
    const root = { ...ROOT, overrides: { pg: { ms: "1.0.0" } } };
    const old = readManifests(lock(root, { lockfileVersion: 1, overrides: {} }));
    expect(pruneManifests(old, want("ms")).files["package.json"]).not.toContain("overrides");
    expect(() => readManifests(lock(root, { lockfileVersion: 2, overrides: {} }))).toThrowError(fails("LOCKFILE_OUTDATED", "pg"));
  });
});
