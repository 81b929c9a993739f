import { posix } from "node:path";
import { OoneexNxError } from "../../errors.js";
import { type ModuleFacts, ModuleReader, type ModuleTarget } from "./module-reader.js";
import type { TracedPackage, TracedSources } from "./source-tracer.js";
import { buildConfigText } from "./tsconfig-texts.js";
import type { ConfigFile } from "./tsconfigs.js";
import { outside } from "./source-errors.js";
import { parentOf, type Place } from "./workspace-files.js";

type QueuedFile = Pick<ModuleTarget, "path" | "readAs">;

/** The imports of a workspace, as far as they have been followed. */
export class SourceGraph {
  readonly #reader: ModuleReader;
  readonly #facts = new Map<string, ModuleFacts>();

  /**
   * @param workspaceRoot - absolute path
   * @param workspaces - workspace-relative folders of the packages of the workspace
   */
  public constructor(workspaceRoot: string, workspaces: readonly string[]) {
    this.#reader = new ModuleReader(workspaceRoot, workspaces);
  }

  /** @see SourceTracer.trace */
  public trace(entrypoints: readonly string[], included: readonly string[] = []): TracedSources {
    const files = new Set<string>();
    const links = new Map<string, string>();
    const modules = new Map<string, ModuleFacts>();
    const queue = entrypoints.map((entrypoint): QueuedFile => {
      const place = this.#findEntrypoint(posix.normalize(entrypoint));
      for (const { at, to } of place.links) links.set(at, to);
      return { path: place.path, readAs: undefined };
    });
    // The queue grows while it is worked off.
    for (const file of queue) {
      const key = keyOf(file);
      if (modules.has(key)) continue;
      const facts = this.#read(file);
      if (facts.error !== undefined) throw facts.error;
      const missing = facts.lookups.find(({ path }) => !included.some((file) => file === path || file.startsWith(`${path.replace(/\/$/, "")}/`)));
      if (missing !== undefined) throw missing.error;
      modules.set(key, facts);
      files.add(file.path);
      for (const target of facts.targets) {
        if (target.isFollowed) queue.push(target);
        else files.add(target.path);
      }
      for (const { at, to } of facts.links) links.set(at, to);
    }
    for (const manifest of this.#listManifests(files, modules)) files.add(manifest);
    const folders = [...files].map((path) => this.#reader.packages.findFolder(path)).filter((folder) => folder !== "");
    return {
      files: [...files].sort(),
      links: Object.fromEntries([...links].sort(byKey).map(([at, to]) => [at, posix.relative(parentOf(at), to) || "."])),
      packages: mergePackages([...modules.values()].flatMap(({ packages }) => packages)),
      externals: mergePackages([...modules.values()].flatMap(({ externals }) => externals)),
      workspaces: [...new Set(folders)].sort(),
      tsconfigs: buildConfigTexts([...modules.values()]),
    };
  }

  #read(file: QueuedFile): ModuleFacts {
    const key = keyOf(file);
    const known = this.#facts.get(key);
    if (known !== undefined) return known;
    const facts = this.#reader.read(file.path, file.readAs);
    this.#facts.set(key, facts);
    return facts;
  }

  #findEntrypoint(path: string): Place {
    if (path.startsWith("../") || path.startsWith("/")) throw outside(path, "main");
    const place = this.#reader.files.findFile(path);
    if (place?.isOutside === true) throw outside(path, "main");
    if (place === undefined) {
      throw new OoneexNxError({
        code: "ENTRYPOINT_MISSING",
        what: "there is no entrypoint to follow the imports of",
        where: path,
        remedy: "say where it is with the option main, or build from everything with --prune=false",
      });
    }
    const refusal = this.#reader.findSecret(place.path, "main");
    if (refusal !== undefined) throw refusal;
    return place;
  }

  /** What a package.json says of its files counts for a bundle. Those of the workspace's packages come with the install. */
  #listManifests(files: ReadonlySet<string>, modules: ReadonlyMap<string, ModuleFacts>): string[] {
    const nearest = [...new Set([...files].map(parentOf))].flatMap((folder) => {
      const manifest = this.#reader.packages.findManifest(folder);
      return manifest === undefined ? [] : [posix.join(manifest.folder, "package.json")];
    });
    const deciding = [...modules.values()].flatMap(({ manifests }) => manifests);
    return [...nearest, ...deciding].filter((path) => !this.#reader.packages.isPackageFolder(parentOf(path)));
  }
}

/** A file that is read in two ways has two kinds of imports. */
function keyOf({ path, readAs }: QueuedFile): string {
  return `${path}\0${readAs ?? ""}`;
}

/** Each package once per folder: at its first place, and optional only if it is so at every place. */
function mergePackages(packages: ModuleFacts["packages"]): TracedPackage[] {
  const merged = new Map<string, TracedPackage>();
  const sorted = [...packages].sort((a, b) => compare(fileOf(a), fileOf(b)) || a.line - b.line);
  for (const { name, folder, where, optional } of sorted) {
    const key = `${name}\0${folder}`;
    const known = merged.get(key);
    merged.set(key, { name, folder, where: known?.where ?? where, optional: optional && (known?.optional ?? true) });
  }
  return [...merged].sort(byKey).map(([, traced]) => traced);
}

function fileOf({ where }: TracedPackage): string {
  return where.slice(0, where.lastIndexOf(":"));
}

function buildConfigTexts(modules: readonly ModuleFacts[]): Record<string, string> {
  const configs = new Map<string, ConfigFile>();
  const used = new Map<string, Set<string>>();
  for (const { tsconfig, aliases } of modules) {
    for (const config of tsconfig?.chain ?? []) configs.set(config.path, config);
    for (const { config, pattern } of aliases) used.set(config, (used.get(config) ?? new Set()).add(pattern));
  }
  return Object.fromEntries(
    [...configs].sort(byKey).map(([path, config]) => [path, buildConfigText(config, used.get(path) ?? new Set())]),
  );
}

function byKey([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number {
  return compare(a, b);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
