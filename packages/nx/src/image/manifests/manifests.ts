import { OoneexNxError } from "../../errors.js";
import { requireUpToDate } from "./outdated.js";
import { type Lockfile, parseLockfile } from "./lockfile.js";
import { type PackageJson, parsePackageJson, readRootSettings, type RootSettings } from "./package-json.js";

/** The texts that {@link readManifests} reads. */
export interface ManifestTexts {
  /** Text of bun.lock. */
  readonly lockfile: string;
  /** Text of each package.json by its workspace folder, "" for the root. All workspaces of the repository. */
  readonly manifests: Readonly<Record<string, string>>;
}

/** A package that is imported, or that somebody names. */
export interface WantedPackage {
  /** The name that imports it, of a package from npm or of a workspace. */
  readonly name: string;
  /** Workspace folder whose files import it, "" for the root. */
  readonly folder: string;
  /** Where it is imported, for errors: workspace-relative file, with :line where known, or the option that names it. */
  readonly where: string;
  /** Whether it is left out where no manifest declares it, as for a dynamic import, instead of an error. */
  readonly optional: boolean;
}

/** What a build takes from the repository. */
export interface Wanted {
  readonly packages: readonly WantedPackage[];
  /** Workspace folders whose files are in the build (never ""). */
  readonly workspaces: readonly string[];
}

/** Parsed manifests of one repository. Worth keeping: any number of services can be pruned from it. */
export interface Manifests {
  readonly lockfile: Lockfile;
  /** By folder, "" for the root. */
  readonly packageJsons: ReadonlyMap<string, PackageJson>;
  /** Folders by the name of the workspace. */
  readonly folders: ReadonlyMap<string, string>;
  readonly root: PackageJson;
  readonly settings: RootSettings;
}

/**
 * Parses bun.lock with the package.json of each workspace, and checks that the root's entry and what it sets for all is the
 * same in both; the workspaces' entries are checked once they are in a build.
 *
 * @throws OoneexNxError `LOCKFILE_INVALID`, `LOCKFILE_UNSUPPORTED` or `LOCKFILE_OUTDATED` for bun.lock, `JSON_INVALID` for
 *   a package.json
 */
export function readManifests({ lockfile: lockText, manifests }: ManifestTexts): Manifests {
  const lockfile = parseLockfile(lockText);
  const packageJsons = new Map(
    Object.entries(manifests).map(([folder, text]) => [folder, parsePackageJson(text, folder)] as const),
  );
  const root = packageJsons.get("");
  if (root === undefined) {
    const what = "there is no package.json in the workspace root";
    const remedy = "bun init in the workspace root, or restore the file, then bun install";
    throw new OoneexNxError({ code: "MANIFEST_MISSING", what, where: "package.json", remedy });
  }
  const folders = new Map<string, string>();
  for (const { folder, name } of packageJsons.values()) {
    if (folder !== "" && name !== undefined) folders.set(name, folder);
  }
  const settings = readRootSettings(root);
  requireUpToDate(lockfile, root, settings);
  return { lockfile, packageJsons, folders, root, settings };
}
