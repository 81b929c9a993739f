import { describe, expect, it } from "vitest";
import { isIgnored, isIgnoredByBuildKit, readIgnorePatterns } from "./docker-ignore-patterns.js";
import { ensureDockerIgnore } from "./docker-ignore.js";

/** What the engines agree on; an error where they differ. */
const ignores = (text: string, path: string): boolean => {
  const [first, second] = [isIgnored, isIgnoredByBuildKit].map((engine) => engine(readIgnorePatterns(text), path));
  if (first !== second) throw new Error(`${path} is in the build context of one engine only`);
  return first === true;
};

/** The lines that were added to a text, comments left out. */
const added = (text: string): string[] =>
  ensureDockerIgnore(text)
    .slice(text.length)
    .split(/\r?\n/)
    .filter((line) => line !== "" && !line.startsWith("#"));

const SECRETS = [
  ".env",
  "modules/billing/.env",
  ".env.yml",
  "modules/billing/.env.yml",
  "modules/billing/.env.production.yml",
  "services/a/b/.env.local",
  ".npmrc",
  "modules/billing/.npmrc",
  "certs/server.key",
  "modules/billing/certs/server.pem",
  "id_rsa",
  "home/.ssh/config",
  "home/.aws/credentials",
  "home/.config/gcloud/credentials.db",
  "home/.docker/config.json",
];

const CLUTTER = [
  ".git/HEAD",
  ".nx/cache/run.json",
  "node_modules/x/index.js",
  "modules/billing/node_modules/x/index.js",
  "modules/billing/dist/index.js",
  "coverage/index.html",
  "modules/billing/coverage/index.html",
  ".github/workflows/ci.yml",
  "modules/billing/.vscode/settings.json",
];

const NEEDED = [
  "package.json",
  "bun.lock",
  "bunfig.toml",
  "tsconfig.json",
  "modules/billing/package.json",
  "modules/billing/billing.yml",
  "modules/billing/roles.yml",
  "modules/billing/src/index.ts",
  "modules/billing/src/coverage/CoverageController.ts",
  "modules/billing/src/environment.ts",
  "patches/a.patch",
];

/** Files that users have, by what is peculiar to them. */
const FILES: [peculiarity: string, text: string][] = [
  ["empty", ""],
  ["a comment", "# nothing yet\n"],
  ["the framework's own", "node_modules\ndist\n.git\n.env\n*.log\n"],
  ["CRLF, no line break at the end", "node_modules\r\n.git\r\n*.md\r\n!README.md"],
  ["an allow-list", "*\n!modules\n!package.json\n!bun.lock\n!tsconfig.json\n!bunfig.toml\n!patches\n"],
  ["an allow-list by stars", "**\n!modules/**\n!*.json\n!bun.lock\n!bunfig.toml\n!patches/**\n"],
  ["secrets taken back in by a broad line", "**/.env*\n!**/*.yml\n!modules\n"],
];

describe("ensureDockerIgnore", () => {
  it.each(FILES)("keeps secrets and clutter out, and what builds need in: %s", (_, text) => {
    const result = ensureDockerIgnore(text);
    for (const path of [...SECRETS, ...CLUTTER]) expect(ignores(result, path), path).toBe(true);
    for (const path of NEEDED) expect(ignores(result, path), path).toBe(false);
  });

  it.each(FILES)("keeps the user's bytes, and changes nothing the second time: %s", (_, text) => {
    const result = ensureDockerIgnore(text);
    expect(result.startsWith(text)).toBe(true);
    expect(ensureDockerIgnore(result)).toBe(result);
  });

  it("says who added what, in the file's own line endings", () => {
    const result = ensureDockerIgnore("node_modules\r\n.git");
    expect(result).toMatch(/^node_modules\r\n\.git\r\n\r\n# Added by @ooneex\/nx\..*\r\n#.*\r\n\.nx\r\n/);
    expect(result.replaceAll("\r\n", "")).not.toContain("\n");
    expect(ensureDockerIgnore(undefined)).toMatch(/^# Added by @ooneex\/nx\./);
  });

  it.each([
    ["**/node_modules", "**/node_modules"],
    ["**/node_modules/", "**/node_modules"],
    ["/.git/", ".git"],
    ["**/.git", ".git"],
    ["**/.env*", "**/.env"],
    ["**/.env*", "**/.env.*"],
    ["**/*.key", "**/*.key"],
    ["**/id_*", "**/id_rsa*"],
    ["**/.*", "**/.ssh"],
  ])("counts %s as %s", (line, covered) => {
    expect(added(line)).not.toContain(covered);
  });

  it.each([
    ["node_modules", "**/node_modules"],
    ["**/.env.yml", "**/.env.*"],
    ["*.pem", "**/*.pem"],
    ["# **/.npmrc", "**/.npmrc"],
    ["!.npmrc\n", "**/.npmrc"],
    ["**/.npmrc\n!modules", "**/.npmrc"],
    ["**/.npmrc\n!vendor/**", "**/.npmrc"],
    ["**/.env*\n!**/*.yml", "**/.env.*"],
  ])("does not count %j as %s", (text, missing) => {
    expect(added(text)).toContain(missing);
  });

  it("does not count a file that is taken back in as a gap", () => {
    const complete = ensureDockerIgnore("");
    for (const line of ["!README.md", "!docs/**/*.md"])
      expect(ensureDockerIgnore(`${complete}${line}\n`)).toBe(`${complete}${line}\n`);
  });

  it("closes the gap that a broad line below the block opens", () => {
    const result = ensureDockerIgnore(`${ensureDockerIgnore("")}!modules\n`);
    expect(ignores(result, "modules/billing/.env.yml")).toBe(true);
    expect(ensureDockerIgnore(result)).toBe(result);
  });

  it.each([
    ["!modules/billing/.npmrc", "modules/billing/.npmrc", "modules/mail/.npmrc"],
    ["!**/.env.example.yml", "modules/billing/.env.example.yml", "modules/billing/.env.yml"],
    ["!modules/web/dist", "modules/web/dist/index.html", "modules/billing/dist/index.html"],
    ["!certs/ca.pem", "certs/ca.pem", "certs/server.pem"],
  ])("leaves the user's decision %s in force, above the block and below", (line, kept, ignored) => {
    for (const text of [`${line}\n`, `**/node_modules\n${line}\n*.md\n`, `${ensureDockerIgnore("")}${line}\n`]) {
      const result = ensureDockerIgnore(text);
      expect(ignores(result, kept)).toBe(false);
      expect(ignores(result, ignored)).toBe(true);
      expect(ensureDockerIgnore(result)).toBe(result);
    }
  });

  it("does not revive a decision that the user took back", () => {
    expect(ignores(ensureDockerIgnore("!certs/ca.pem\ncerts\n"), "certs/ca.pem")).toBe(true);
  });

  it("keeps secrets out of a folder that the user takes back in", () => {
    const result = ensureDockerIgnore("!modules/web/dist\n");
    expect(ignores(result, "modules/web/dist/.env")).toBe(true);
  });
});
