import { describe, expect, it } from "vitest";
import { type BunVersionFacts, PROVEN_BUN_VERSION, resolveBunVersion } from "./bun-version.js";

const lockfile = (version: number): string => `{\n  "lockfileVersion": ${version},\n  "workspaces": {},\n}\n`;
const manifest = (fields: object): string => JSON.stringify({ name: "root", ...fields });

const resolve = (facts: Partial<BunVersionFacts>) =>
  resolveBunVersion({
    packageJson: undefined,
    bunVersionFile: undefined,
    toolVersionsFile: undefined,
    lockfile: undefined,
    installed: undefined,
    ...facts,
  });

/** From the strongest to the weakest. */
const SOURCES: [source: string, facts: Partial<BunVersionFacts>, version: string][] = [
  ["package.json packageManager", { packageJson: manifest({ packageManager: "bun@1.4.1+sha256.abc" }) }, "1.4.1"],
  [".bun-version", { bunVersionFile: "1.4.2\n" }, "1.4.2"],
  [".tool-versions", { toolVersionsFile: "# tools\nnodejs 20.0.0\nbun 1.4.3 # pinned\n" }, "1.4.3"],
  ["package.json engines.bun", { packageJson: manifest({ engines: { bun: "1.4.4" } }) }, "1.4.4"],
  ["package.json devDependencies.bun", { packageJson: manifest({ devDependencies: { bun: "1.4.6" } }) }, "1.4.6"],
  ["bun --version", { installed: "1.4.7\n" }, "1.4.7"],
];

describe("resolveBunVersion", () => {
  it.each(SOURCES)("takes %s", (source, facts, version) => {
    expect(resolve(facts)).toEqual({ version, source });
  });

  it.each(SOURCES.slice(1))("takes a stronger source before %s", (_, facts) => {
    const packageJson = manifest({ ...(JSON.parse(facts.packageJson ?? "{}") as object), packageManager: "bun@1.4.9" });
    expect(resolve({ ...facts, packageJson }).version).toBe("1.4.9");
  });

  it("falls back to the version that the plugin is proven with", () => {
    expect(resolve({}).version).toBe(PROVEN_BUN_VERSION);
  });

  it.each<[string, Partial<BunVersionFacts>]>([
    ["another package manager", { packageJson: manifest({ packageManager: "pnpm@10.0.0" }) }],
    ["a range in engines", { packageJson: manifest({ engines: { bun: ">=1.4.0" } }) }],
    ["a range in devDependencies", { packageJson: manifest({ devDependencies: { bun: "^1.4.0" } }) }],
    ["a tag", { bunVersionFile: "latest", toolVersionsFile: "bun latest" }],
    ["part of a version", { bunVersionFile: "1.4" }],
    ["a field of another type", { packageJson: manifest({ packageManager: 1, engines: [] }) }],
  ])("passes over %s", (_, facts) => {
    expect(resolve({ ...facts, installed: "1.4.7" }).version).toBe("1.4.7");
  });

  it.each(["v1.4.2", "bun-v1.4.2", "=1.4.2", " 1.4.2\r\n", "\uFEFF1.4.2"])(
    "reads the spelling %j",
    (bunVersionFile) => {
      expect(resolve({ bunVersionFile }).version).toBe("1.4.2");
    },
  );

  it.each([
    ["1.2.0", 1],
    ["1.3.9", 0],
    ["1.4.0", 2],
    ["1.4.0-canary.1", 2],
    ["1.5.0", 1],
  ])("lets Bun %s read lockfileVersion %i", (bunVersionFile, version) => {
    expect(resolve({ bunVersionFile, lockfile: lockfile(version) }).version).toBe(bunVersionFile);
  });

  it.each([
    ["1.3.14", 2, "1.4.0"],
    ["1.1.45", 1, "1.2.0"],
  ])("refuses Bun %s for lockfileVersion %i", (bunVersionFile, version, oldest) => {
    expect(() => resolve({ bunVersionFile, lockfile: lockfile(version) })).toThrowError(
      expect.objectContaining({
        code: "BUN_TOO_OLD",
        what: `Bun ${bunVersionFile} cannot read bun.lock: lockfileVersion ${version} needs ${oldest} or newer`,
        where: ".bun-version",
      }),
    );
  });

  it("passes over an installed Bun that cannot read the lockfile", () => {
    expect(resolve({ installed: "1.3.14", lockfile: lockfile(2) }).version).toBe(PROVEN_BUN_VERSION);
  });

  it.each([lockfile(3), "{}", '{ "lockfileVersion": "2" }', '{ "lockfileVersion": 1.5 }'])(
    "refuses the lockfile %j",
    (text) => {
      expect(() => resolve({ lockfile: text })).toThrowError(
        expect.objectContaining({ code: "LOCKFILE_UNKNOWN", where: "bun.lock" }),
      );
    },
  );

  it.each<Partial<BunVersionFacts>>([{ lockfile: "<<<<<<< HEAD" }, { packageJson: "{" }])("refuses %j", (facts) => {
    expect(() => resolve(facts)).toThrowError(expect.objectContaining({ code: "JSON_INVALID" }));
  });
});
