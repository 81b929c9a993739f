import { getNodeValue, type Node } from "jsonc-parser";
import { findValue, parseJsonc } from "../../../workspace/jsonc-document.js";
import { appendItem, setValue } from "../../init/lib/json-edits.js";
import type { Preset } from "./preset.js";

const FILE = "package.json";

const WORKSPACES = "modules/*";

const SCRIPTS: Readonly<Record<string, string>> = {
  serve: "nx serve app",
  build: "nx run-many -t build",
  test: "nx run-many -t test",
  lint: "nx run-many -t lint",
  format: "biome format --write .",
};

/**
 * What a workspace is developed with, as proven with each other. commitlint 21 needs a newer Node than Nx does, and
 * TypeScript 7 lacks the API by which Nx itself analyses imports.
 */
const TOOLS: Readonly<Record<string, string>> = {
  "@biomejs/biome": "^2.6.8",
  "@commitlint/cli": "^20.0.0",
  "@commitlint/config-conventional": "^20.0.0",
  "@commitlint/types": "^20.0.0",
  "@types/bun": "^1.3.14",
  typescript: "~5.9.3",
};

/** An npm manifest, as far as it is written here. */
interface PackageJson {
  readonly [field: string]: unknown;
  readonly scripts?: Readonly<Record<string, string>>;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
}

/**
 * Makes the root manifest one of a Bun workspace with every dependency of the framework's entrypoint.
 *
 * @param text - package.json; `undefined` where there is none
 * @returns the original text with what it lacks, everything else as it was; a new one where nobody wrote the file yet
 * @throws OoneexNxError `JSON_INVALID` or `JSON_UNEXPECTED`
 */
export function editPackageJson(text: string | undefined, preset: Preset): string {
  return text === undefined || preset.isFresh ? buildPackageJson(text ?? "{}", preset) : completePackageJson(text, preset);
}

/**
 * Reads everything that a manifest depends on.
 *
 * @returns name to range
 */
export function readDependencies(packageJson: string): ReadonlyMap<string, string> {
  const manifest = parseJsonc(packageJson, FILE);
  const fields = ["dependencies", "devDependencies", "optionalDependencies", "peerDependencies"];
  return new Map(fields.flatMap((field) => listEntries(findValue(manifest, field))));
}

function buildPackageJson(text: string, { name, frameworkPackages }: Preset): string {
  const { scripts, dependencies = {}, devDependencies, ...fields } = getNodeValue(parseJsonc(text, FILE)) as PackageJson;
  // create-nx-workspace enters the preset's package among what the workspace runs on.
  const { "@ooneex/nx": plugin, ...others } = dependencies;
  const manifest = {
    ...fields,
    name,
    version: "0.0.0",
    private: true,
    type: "module",
    scripts: { ...scripts, ...SCRIPTS },
    workspaces: [WORKSPACES],
    dependencies: sortKeys({ ...others, ...frameworkPackages }),
    devDependencies: sortKeys({ ...(plugin === undefined ? {} : { "@ooneex/nx": plugin }), ...TOOLS, ...devDependencies }),
  };
  return `${JSON.stringify(manifest, null, 2)}\n`;
}

function completePackageJson(text: string, { frameworkPackages }: Preset): string {
  const present = readDependencies(text);
  const tools = Object.entries(TOOLS).filter(([name]) => !present.has(name));
  const entries: [path: string[], value: unknown][] = [
    ...Object.entries(SCRIPTS).map(([name, command]): [string[], unknown] => [["scripts", name], command]),
    ...Object.entries(frameworkPackages).map(([name, range]): [string[], unknown] => [["dependencies", name], range]),
    ...tools.map(([name, range]): [string[], unknown] => [["devDependencies", name], range]),
    [["private"], true],
  ];
  const edited = entries.reduce(
    (edited, [path, value]) => (find(edited, path) === undefined ? setValue(edited, path, value, FILE) : edited),
    text,
  );
  return addWorkspaces(edited);
}

/** Bun and npm take the globs as a list, or as the list `packages` of an object. */
function addWorkspaces(text: string): string {
  const path = find(text, ["workspaces"])?.type === "object" ? ["workspaces", "packages"] : ["workspaces"];
  const globs = (find(text, path)?.children ?? []).map(({ value }) => String(value).replace(/^\.\//, ""));
  return globs.includes(WORKSPACES) ? text : appendItem(text, path, WORKSPACES, FILE);
}

function find(text: string, path: readonly string[]): Node | undefined {
  return path.reduce<Node | undefined>(findValue, parseJsonc(text, FILE));
}

function listEntries(object: Node | undefined): [key: string, value: string][] {
  const properties = object?.type === "object" ? (object.children ?? []) : [];
  return properties.map(({ children = [] }) => [String(children[0]?.value), String(children[1]?.value)]);
}

function sortKeys(object: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(object).sort(([a], [b]) => (a < b ? -1 : 1)));
}
