import type { Tree } from "@nx/devkit";
import { basename } from "node:path";
import { OoneexNxError } from "../../../errors.js";
import { type Framework, resolveFramework } from "../../../workspace/framework.js";
import { findValue, parseJsonc } from "../../../workspace/jsonc-document.js";
import { MODULES_ROOT } from "../../../workspace/names.js";
import { RUNTIME_PACKAGES } from "../../microservice/lib/warnings.js";
import type { PresetOptions } from "../schema.js";
import { readLatestVersions } from "./framework-versions.js";
import { isFreshFolder } from "./fresh-folder.js";
import { readDependencies } from "./package-json.js";

/** An Ooneex workspace as it is made: every option resolved. */
export interface Preset {
  /** Of the workspace. */
  readonly name: string;
  readonly framework: Framework;
  /** Packages of the framework that package.json lacks, with the ranges that they are entered with. */
  readonly frameworkPackages: Readonly<Record<string, string>>;
  /** Whether create-nx-workspace made the folder just now, so that nothing in it is a person's. */
  readonly isFresh: boolean;
}

/**
 * Reads the folder and fills in what the user left out.
 *
 * @throws OoneexNxError `MODULES_OCCUPIED`, `JSON_INVALID`, or as {@link readLatestVersions} does
 */
export async function resolvePreset(tree: Tree, options: PresetOptions): Promise<Preset> {
  if (tree.isFile(MODULES_ROOT)) {
    throw new OoneexNxError({
      code: "MODULES_OCCUPIED",
      what: `${MODULES_ROOT} is a file, where the folder of all modules belongs`,
      where: MODULES_ROOT,
      remedy: "move that file away",
    });
  }
  const packageJson = tree.read("package.json", "utf8") ?? "{}";
  const framework = options.framework ?? resolveFramework(packageJson);
  const present = readDependencies(packageJson);
  const missing = RUNTIME_PACKAGES.map((name) => `${framework}/${name}`).filter((name) => !present.has(name));
  return {
    name: options.name ?? readName(packageJson) ?? basename(tree.root),
    framework,
    frameworkPackages: await resolveRanges(tree, missing, options.frameworkVersion),
    isFresh: options.preset !== undefined && isFreshFolder(tree),
  };
}

async function resolveRanges(tree: Tree, names: readonly string[], range: string | undefined): Promise<Record<string, string>> {
  if (range !== undefined || names.length === 0) return Object.fromEntries(names.map((name) => [name, range ?? ""]));
  const versions = await readLatestVersions(tree.root, names);
  return Object.fromEntries([...versions].map(([name, version]) => [name, `^${version}`]));
}

function readName(packageJson: string): string | undefined {
  const name: unknown = findValue(parseJsonc(packageJson, "package.json"), "name")?.value;
  return typeof name === "string" ? name : undefined;
}
