import type { Tree } from "@nx/devkit";
import { getNodeValue } from "jsonc-parser";
import { parseJsonc } from "../../../workspace/jsonc-document.js";

/** Lockfiles and settings of package managers other than Bun. */
export const OTHER_MANAGERS = ["package-lock.json", "yarn.lock", ".yarnrc.yml", "pnpm-lock.yaml", "pnpm-workspace.yaml"];

/**
 * What create-nx-workspace and the install after it leave in a folder, before the preset runs: the files of Nx's generator
 * `new`, those of package managers, of git, and of the assistants that it asks about (Nx 22.7 and 23.2).
 */
const ENTRIES = new Set([
  ...["package.json", "nx.json", "README.md", ".gitignore", ".editorconfig", ".vscode", ".prettierrc", ".prettierignore"],
  ...[...OTHER_MANAGERS, "bun.lock", "bun.lockb", ".npmrc", ".yarn", ".pnp.cjs", ".pnp.loader.mjs", "node_modules", ".nx", ".git"],
  ...["AGENTS.md", "CLAUDE.md", "GEMINI.md", ".mcp.json", "opencode.json", ".agents", ".claude", ".codex", ".cursor", ".gemini"],
  ...[".github", ".opencode"],
]);

/** Fields of the manifest that Nx writes; Yarn and pnpm add the last one. */
const FIELDS = new Set(["name", "version", "license", "scripts", "private", "dependencies", "devDependencies", "packageManager"]);

/** What Nx enters into that manifest besides the preset's own package. */
const PACKAGE = /^(?:nx|nx-cloud|@nx\/[\w-]+|@ooneex\/nx|typescript|prettier|oxfmt)$/;

/** Keys of the settings that Nx and the package manager itself write. */
const SETTINGS: Readonly<Record<string, RegExp>> = {
  ".yarnrc.yml": /^(?:nodeLinker|enableScripts|yarnPath)$/,
  "pnpm-workspace.yaml": /^(?:autoInstallPeers|strictPeerDependencies|allowBuilds|onlyBuiltDependencies|ignoredBuiltDependencies)$/,
};

/** The headings of Nx's README below its title, in each of the ways that it asks about its cloud. */
const HEADING = /^(?:Finish your (?:CI|remote caching) setup|Run tasks|Add new projects|Set up CI!|Step [12]|Install Nx Console|Useful links)$/;

/**
 * Tells whether everything that a preset writes anew or deletes was made by create-nx-workspace: nothing is committed, no file
 * is there that it does not write, and those that go have its content. The option `preset` does not tell, since anybody can pass it.
 *
 * @throws OoneexNxError `JSON_INVALID` where package.json cannot be parsed
 */
export function isFreshFolder(tree: Tree): boolean {
  return (
    !hasCommits(tree) &&
    tree.children("").every((name) => ENTRIES.has(name)) &&
    isManifestOfNx(tree.read("package.json", "utf8") ?? "{}") &&
    isReadmeOfNx(tree.read("README.md", "utf8") ?? undefined) &&
    Object.entries(SETTINGS).every(([path, key]) => listKeys(tree.read(path, "utf8") ?? "").every((name) => key.test(name)))
  );
}

/** create-nx-workspace makes its commit after the preset. A linked work tree, or refs that are no files, count as committed. */
function hasCommits(tree: Tree): boolean {
  if (!tree.exists(".git")) return false;
  const heads = ".git/refs/heads";
  return tree.isFile(".git") || tree.isFile(heads) || tree.exists(".git/packed-refs") || tree.children(heads).length > 0;
}

function isManifestOfNx(text: string): boolean {
  const manifest: unknown = getNodeValue(parseJsonc(text, "package.json"));
  if (!isObject(manifest)) return false;
  const { name, version, license, scripts, dependencies = {}, devDependencies = {} } = manifest;
  return (
    Object.keys(manifest).every((field) => FIELDS.has(field)) &&
    /^@[^/]+\/source$/.test(String(name)) &&
    version === "0.0.0" &&
    license === "MIT" &&
    manifest["private"] === true &&
    isObject(scripts) &&
    Object.keys(scripts).length === 0 &&
    [dependencies, devDependencies].every((packages) => isObject(packages) && Object.keys(packages).every((name) => PACKAGE.test(name)))
  );
}

/** The beginning, the end and every heading are Nx's; a README that was never written or is gone already has nothing to lose. */
function isReadmeOfNx(text: string | undefined): boolean {
  if (text === undefined) return true;
  const prose = text.replaceAll(/^```[^]*?^```/gm, "");
  const [title = "", logo = "", greeting = "", ...rest] = prose.split(/\r?\n/).filter((line) => line.trim() !== "");
  const headings = rest.flatMap((line) => /^#+\s+(.*?)\s*$/.exec(line)?.[1] ?? []);
  return (
    title.startsWith("# ") &&
    logo.startsWith('<a alt="Nx logo"') &&
    greeting.includes("[Nx workspace](https://nx.dev) is") &&
    (rest.at(-1) ?? "").includes("](https://nx.dev/blog") &&
    headings.every((heading) => HEADING.test(heading))
  );
}

/** Keys of the first level of a YAML file; anything else that stands there counts as one, and is none that is known. */
function listKeys(text: string): string[] {
  const lines = text.split(/\r?\n/).filter((line) => /^[^\s#]/.test(line) && !line.startsWith("- "));
  return lines.map((line) => line.split(":")[0] ?? "");
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
