import { type Dirent, existsSync, readdirSync, readFileSync, realpathSync, statSync } from "node:fs";
import { isAbsolute, join, posix, relative, sep } from "node:path";
import { getNodeValue } from "jsonc-parser";
import { parseJsonc } from "../jsonc-document.js";

/** A symbolic link on the way to a file, both ends workspace-relative. */
export interface SourceLink {
  readonly at: string;
  /** What it leads to in the end, links of links followed. */
  readonly to: string;
}

/** Where a path really leads. */
export interface Place {
  /** Workspace-relative path without links in it, as far as the links lead to places in the workspace. */
  readonly path: string;
  readonly kind: "file" | "folder";
  /** Links on the way, in the order in which they are met. */
  readonly links: readonly SourceLink[];
  /** Whether a link leads out of the workspace. */
  readonly isOutside: boolean;
}

/**
 * The workspace's files as one process sees them. Each folder is listed once, so a name counts as it is written, on disks
 * that do not tell upper from lower case too. Paths are workspace-relative with `/` between their parts, `""` the root.
 */
export class WorkspaceFiles {
  readonly #root: string;
  readonly #folders = new Map<string, ReadonlyMap<string, Dirent>>();
  readonly #places = new Map<string, Place | undefined>();
  readonly #objects = new Map<string, Readonly<Record<string, unknown>> | undefined>();

  /** @param root - absolute path of the workspace */
  public constructor(root: string) {
    this.#root = realpathSync(root);
  }

  /** Follows a path, links included. `undefined` where it leads to nothing, or above the root. */
  public find(path: string): Place | undefined {
    if (path === "" || path === ".") return { path: "", kind: "folder", links: [], isOutside: false };
    if (path === ".." || path.startsWith("../")) return undefined;
    if (!this.#places.has(path)) this.#places.set(path, this.#locate(path));
    return this.#places.get(path);
  }

  public findFile(path: string): Place | undefined {
    const place = this.find(path);
    return place?.kind === "file" ? place : undefined;
  }

  public readText(path: string): string {
    return readFileSync(join(this.#root, path), "utf8");
  }

  /**
   * Reads a JSON file with an object in it, comments and trailing commas allowed.
   *
   * @returns `undefined` where there is no such file, or no object in it
   * @throws OoneexNxError `JSON_INVALID`
   */
  public readObject(path: string): Readonly<Record<string, unknown>> | undefined {
    if (!this.#objects.has(path)) {
      const value = this.findFile(path) === undefined ? undefined : parseJson(this.readText(path), path);
      this.#objects.set(path, isObject(value) ? value : undefined);
    }
    return this.#objects.get(path);
  }

  /** A path below the root as the workspace calls it; one that leads out begins with `..`. */
  public relativize(absolute: string): string {
    const path = relative(this.#root, absolute);
    return isAbsolute(path) ? "../" : path.split(sep).join("/");
  }

  #locate(path: string): Place | undefined {
    const parent = this.find(parentOf(path));
    if (parent?.kind !== "folder") return undefined;
    if (parent.isOutside) return this.#describe(path, path, parent.links, true);
    const name = posix.basename(path);
    const entry = this.#list(parent.path).get(name);
    if (entry === undefined) return undefined;
    const own = posix.join(parent.path, name);
    if (entry.isSymbolicLink()) return this.#follow(own, parent.links);
    if (!entry.isFile() && !entry.isDirectory()) return undefined;
    return { path: own, kind: entry.isFile() ? "file" : "folder", links: parent.links, isOutside: false };
  }

  #follow(link: string, before: readonly SourceLink[]): Place | undefined {
    if (!existsSync(join(this.#root, link))) return undefined;
    const to = this.relativize(realpathSync(join(this.#root, link)));
    const isOutside = to === ".." || to.startsWith("../");
    return isOutside
      ? this.#describe(link, link, before, true)
      : this.#describe(link, to, [...before, { at: link, to }], false);
  }

  #describe(path: string, real: string, links: readonly SourceLink[], isOutside: boolean): Place | undefined {
    const stats = statSync(join(this.#root, path), { throwIfNoEntry: false });
    return stats === undefined ? undefined : { path: real, kind: stats.isDirectory() ? "folder" : "file", links, isOutside };
  }

  #list(folder: string): ReadonlyMap<string, Dirent> {
    let entries = this.#folders.get(folder);
    if (entries === undefined) {
      entries = new Map(readdirSync(join(this.#root, folder), { withFileTypes: true }).map((entry) => [entry.name, entry]));
      this.#folders.set(folder, entries);
    }
    return entries;
  }
}

/** The folder that a workspace-relative path stands in, `""` for the root. */
export function parentOf(path: string): string {
  const slash = path.lastIndexOf("/");
  return slash === -1 ? "" : path.slice(0, slash);
}

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function parseJson(text: string, path: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return getNodeValue(parseJsonc(text, path));
  }
}
