import { posix } from "node:path";
import { parentOf, type WorkspaceFiles } from "./workspace-files.js";

/** A package.json with the folder that it is about. */
export interface PackageManifest {
  /** Workspace-relative, `""` for the root. */
  readonly folder: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

/** Fields of a package.json whose keys are names of packages. */
const DEPENDENCIES = ["dependencies", "devDependencies", "optionalDependencies", "peerDependencies"];

/** The packages that a workspace is made of. */
export class WorkspacePackages {
  readonly #files: WorkspaceFiles;
  readonly #folders: ReadonlySet<string>;
  #byName: ReadonlyMap<string, PackageManifest> | undefined;

  /** @param folders - of the packages, workspace-relative; the root need not be among them */
  public constructor(files: WorkspaceFiles, folders: readonly string[]) {
    this.#files = files;
    this.#folders = new Set(["", ...folders.map((folder) => posix.join(folder))].map((folder) => (folder === "." ? "" : folder)));
  }

  /** The nearest package folder above a file, `""` for the root. */
  public findFolder(path: string): string {
    let folder = parentOf(path);
    while (!this.#folders.has(folder)) folder = parentOf(folder);
    return folder;
  }

  public isPackageFolder(folder: string): boolean {
    return this.#folders.has(folder);
  }

  public findByName(name: string): PackageManifest | undefined {
    this.#byName ??= this.#readNames();
    return this.#byName.get(name);
  }

  /** The nearest package.json in a folder or above it, whether it is a package of the workspace or not. */
  public findManifest(folder: string): PackageManifest | undefined {
    const fields = this.#files.readObject(posix.join(folder, "package.json"));
    if (fields !== undefined) return { folder, fields };
    return folder === "" ? undefined : this.findManifest(parentOf(folder));
  }

  /** Whether a manifest that counts for a folder names a package: that of its own package or the root's. */
  public isDeclared(name: string, folder: string): boolean {
    return [posix.join(this.findFolder(posix.join(folder, "any")), "package.json"), "package.json"].some((path) => {
      const fields = this.#files.readObject(path) ?? {};
      return DEPENDENCIES.some((field) => Object.hasOwn((fields[field] as object | undefined | null) ?? {}, name));
    });
  }

  #readNames(): Map<string, PackageManifest> {
    const names = new Map<string, PackageManifest>();
    for (const folder of this.#folders) {
      const fields = this.#files.readObject(posix.join(folder, "package.json"));
      const name = fields?.["name"];
      if (fields !== undefined && typeof name === "string" && folder !== "") names.set(name, { folder, fields });
    }
    return names;
  }
}
