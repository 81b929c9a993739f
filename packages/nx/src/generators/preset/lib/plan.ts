import type { Tree } from "@nx/devkit";
import { join } from "node:path";
import { coerce } from "semver";
import { addCommitScope, COMMITLINT_FILES } from "../../../workspace/commit-scopes.js";
import { ensureDockerIgnore } from "../../../workspace/docker-ignore.js";
import { findValue, parseJsonc } from "../../../workspace/jsonc-document.js";
import type { FileEdit } from "../../registrations.js";
import { renderFiles } from "../../render-files.js";
import { OTHER_MANAGERS } from "./fresh-folder.js";
import { ensureGitIgnore } from "./git-ignore-lines.js";
import { type PresetModule, renderAppModule, renderSharedModule } from "./module-files.js";
import { editPresetNxJson } from "./nx-json.js";
import { editPackageJson, readDependencies } from "./package-json.js";
import type { Preset } from "./preset.js";
import { completeTsconfig } from "./tsconfig.js";

/** What is to be done to a folder, and what its owner should know of it. */
export interface PresetPlan {
  readonly edits: readonly FileEdit[];
  /** One sentence each, on what is decided in a file that was there before. */
  readonly messages: readonly string[];
}

const BIOME_FILES = ["biome.json", "biome.jsonc", ".biome.json", ".biome.jsonc"];

const NOTHING: PresetPlan = { edits: [], messages: [] };

/**
 * Plans how a folder becomes an Ooneex workspace. A file that is there is its owner's: shared ones get the entries that they
 * lack, the others stay.
 *
 * @throws OoneexNxError where a file has to be mended first
 */
export function planPreset(tree: Tree, preset: Preset): PresetPlan {
  const root = renderFiles(join(import.meta.dirname, "..", "files", "root"), "", { ...preset });
  const plans = [
    planManifests(tree, preset),
    planTsconfig(tree, root),
    planIgnoreFiles(tree),
    planOwned(tree, "biome.json", root, BIOME_FILES),
    planCommitlint(tree, root),
    preset.isFresh ? planFile("README.md", root) : planOwned(tree, "README.md", root, ["README.md"]),
    planModule(tree, renderAppModule(tree, preset)),
    planModule(tree, renderSharedModule(preset)),
    planOtherManagers(tree, preset),
  ];
  return {
    edits: plans.flatMap(({ edits }) => edits).filter(({ path, text }) => text !== (tree.read(path, "utf8") ?? undefined)),
    messages: plans.flatMap(({ messages }) => messages),
  };
}

function planManifests(tree: Tree, preset: Preset): PresetPlan {
  const packageJson = editPackageJson(read(tree, "package.json"), preset);
  // What is installed is not what is going to be, where package.json named no TypeScript before.
  const typescript = coerce(readDependencies(packageJson).get("typescript"))?.version;
  const nxJson = editPresetNxJson(read(tree, "nx.json"), typescript);
  return {
    edits: [
      { path: "package.json", text: packageJson },
      { path: "nx.json", text: nxJson.text },
    ],
    messages: preset.isFresh ? [] : nxJson.messages,
  };
}

function planTsconfig(tree: Tree, root: ReadonlyMap<string, string>): PresetPlan {
  const text = read(tree, "tsconfig.json");
  if (text === undefined) return planFile("tsconfig.json", root);
  const completed = completeTsconfig(text);
  return { edits: [{ path: "tsconfig.json", text: completed.text }], messages: completed.messages };
}

function planIgnoreFiles(tree: Tree): PresetPlan {
  return {
    edits: [
      { path: ".gitignore", text: ensureGitIgnore(read(tree, ".gitignore")) },
      { path: ".dockerignore", text: ensureDockerIgnore(read(tree, ".dockerignore")) },
    ],
    messages: [],
  };
}

/** A configuration that is there learns of the modules; it may be in package.json too, which is left alone. */
function planCommitlint(tree: Tree, root: ReadonlyMap<string, string>): PresetPlan {
  const files = COMMITLINT_FILES.filter((path) => tree.exists(path));
  const manifest = parseJsonc(read(tree, "package.json") ?? "{}", "package.json");
  if (findValue(manifest, "commitlint") !== undefined) {
    return { edits: [], messages: ["package.json configures commitlint and stays: allow the scopes app and shared there"] };
  }
  if (files.length === 0) return planFile(".commitlintrc.ts", root);
  const edits = files.map((path) => ({
    path,
    text: ["app", "shared"].reduce((text, scope) => addCommitScope(text, scope, path).text, read(tree, path) ?? ""),
  }));
  return { edits, messages: [] };
}

/** A module that has a manifest is its owner's as a whole: what it lacks may have been deleted on purpose. */
function planModule(tree: Tree, { names, files }: PresetModule): PresetPlan {
  if (tree.exists(`${names.root}/${names.kebab}.yml`)) {
    return { edits: [], messages: [`${names.root} is there already and stays as it is`] };
  }
  const [kept, missing] = [true, false].map((exists) => [...files].filter(([path]) => tree.exists(path) === exists));
  return {
    edits: (missing ?? []).map(([path, text]) => ({ path, text })),
    messages: (kept ?? []).map(([path]) => `${path} is there already and stays as it is`),
  };
}

function planOtherManagers(tree: Tree, { isFresh }: Preset): PresetPlan {
  const present = OTHER_MANAGERS.filter((path) => tree.exists(path));
  if (isFresh) return { edits: present.map((path) => ({ path, text: undefined })), messages: [] };
  return present.length === 0
    ? NOTHING
    : { edits: [], messages: [`${present.join(", ")} is of another package manager than Bun and stays; remove it once bun.lock is there`] };
}

/** A file of one owner, which may go by several names. */
function planOwned(tree: Tree, path: string, root: ReadonlyMap<string, string>, names: readonly string[]): PresetPlan {
  const present = names.find((name) => tree.exists(name));
  if (present === undefined) return planFile(path, root);
  return read(tree, present) === root.get(path) ? NOTHING : { edits: [], messages: [`${present} is there already and stays as it is`] };
}

function planFile(path: string, files: ReadonlyMap<string, string>): PresetPlan {
  return { edits: [{ path, text: files.get(path) ?? "" }], messages: [] };
}

function read(tree: Tree, path: string): string | undefined {
  return tree.read(path, "utf8") ?? undefined;
}
