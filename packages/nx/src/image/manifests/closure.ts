import { OoneexNxError } from "../../errors.js";
import { readEntryKind, type EntryKind } from "./entry-kind.js";
import { findDeclaration } from "./fields.js";
import { findKey } from "./key.js";
import type { LockedPackage } from "./lockfile.js";
import type { Manifests, Wanted, WantedPackage } from "./manifests.js";
import { outdated, requireUpToDate } from "./outdated.js";
import type { PackageJson } from "./package-json.js";

/** What is reached from wanted packages. */
export interface Closure {
  /** Entries of bun.lock by key; the workspaces' own are among them. */
  readonly entries: ReadonlyMap<string, LockedPackage>;
  /** Folders of workspaces that an install is about, the root's "" always among them. */
  readonly workspaces: ReadonlySet<string>;
  /** Folders of the other workspaces that files are taken from: nobody imports them by name, and they keep no dependency. */
  readonly beside: ReadonlySet<string>;
  /** Names that the package.json of a folder keeps. */
  readonly kept: ReadonlyMap<string, ReadonlySet<string>>;
  /** Archives of the repository, workspace-relative. */
  readonly archives: ReadonlySet<string>;
  /** Optional peers that were taken because a package.json names them, by their names. */
  readonly peers: ReadonlyMap<string, LockedPackage>;
}

/** What a walk does differently from taking everything. */
export interface WalkOptions {
  /** Whether to take a package without what it depends on. */
  readonly stopAt?: (entry: LockedPackage) => boolean;
  /** Folders whose package.json may name optional peers. Default: those of the walk, whose package.json then keep them. */
  readonly naming?: Iterable<string>;
}

/**
 * Collects what wanted packages need: dependencies, optional dependencies and peers, each as bun.lock resolves it. An
 * optional peer counts when a package.json that is in the build names it, as TypeORM's users name their driver: nothing
 * imports it, and without it the package fails at run time.
 *
 * @throws OoneexNxError `PACKAGE_UNDECLARED`, `WORKSPACE_UNKNOWN`, `LOCKFILE_OUTDATED` or `DEPENDENCY_UNSUPPORTED`
 */
export function collectClosure(manifests: Manifests, wanted: Wanted, options: WalkOptions = {}): Closure {
  const walk = new Walk(manifests, options);
  for (const folder of wanted.workspaces) walk.locate(folder);
  for (const wantedPackage of wanted.packages) walk.addWanted(wantedPackage);
  return walk.finish();
}

/**
 * Collects what entries of bun.lock need, without a package.json that names them.
 *
 * @param naming - folders whose package.json may name optional peers
 * @throws OoneexNxError as {@link collectClosure}
 */
export function collectEntries(manifests: Manifests, entries: Iterable<LockedPackage>, naming: Iterable<string>): Closure {
  const walk = new Walk(manifests, { naming: [...naming] });
  for (const entry of entries) walk.addEntry(entry, "");
  return walk.finish();
}

/** What an import of a package means. */
export interface Declared {
  /** Folder of the package.json that declares it, "" for the root. */
  readonly folder: string;
  /** Its entry; `undefined` where Bun installs none, such as an optional peer. */
  readonly entry: LockedPackage | undefined;
}

/**
 * Finds the package.json that an import belongs to: that of the importing workspace, else the root's.
 *
 * @returns `undefined` where neither declares it
 * @throws OoneexNxError `LOCKFILE_OUTDATED` where bun.lock lacks it
 */
export function findDeclared(
  manifests: Manifests,
  { name, folder }: Pick<WantedPackage, "name" | "folder">,
): Declared | undefined {
  const manifest = [manifests.packageJsons.get(folder), manifests.root].find(
    (candidate) => candidate !== undefined && findDeclaration(candidate.dependencies, name) !== undefined,
  );
  if (manifest === undefined) return undefined;
  const entry = findEntry(manifests, manifest.name !== undefined && manifest.folder !== "" ? manifest.name : "", name);
  const { dependencies, devDependencies, peerDependencies } = manifest.dependencies;
  const isRequired = [dependencies, devDependencies].some((texts) => texts[name] !== undefined);
  const isPeer = peerDependencies[name] !== undefined && !manifest.optionalPeers.includes(name);
  if (entry === undefined && (isRequired || isPeer) && manifest.dependencies.optionalDependencies[name] === undefined) {
    throw outdated(`bun.lock has no entry for ${name}`, manifest.file);
  }
  return { folder: manifest.folder, entry };
}

/** Finds the entry that a name means at a place. */
export function findEntry({ lockfile }: Manifests, from: string, name: string): LockedPackage | undefined {
  const key = findKey((candidate) => lockfile.packages.has(candidate), from, name);
  return key === undefined ? undefined : lockfile.packages.get(key);
}

/** @returns the error for an import that no package.json accounts for */
export function undeclared({ name, where }: WantedPackage): OoneexNxError {
  return new OoneexNxError({
    code: "PACKAGE_UNDECLARED",
    what: `no package.json declares ${name}, which is imported`,
    where,
    remedy: `bun add ${name}`,
  });
}

class Walk {
  private readonly entries = new Map<string, LockedPackage>();
  private readonly workspaces = new Set([""]);
  private readonly located = new Set<string>();
  private readonly kept = new Map<string, Set<string>>([["", new Set()]]);
  private readonly archives = new Set<string>();
  private readonly peers = new Map<string, LockedPackage>();
  private readonly queue: LockedPackage[] = [];

  public constructor(
    private readonly manifests: Manifests,
    private readonly options: WalkOptions,
  ) {}

  public finish(): Closure {
    do this.drain();
    while (this.addOptionalPeers());
    const { entries, workspaces, kept, archives, peers } = this;
    const beside = new Set([...this.located].filter((folder) => !workspaces.has(folder)));
    return { entries, workspaces, beside, kept, archives, peers };
  }

  public addWanted(wanted: WantedPackage): void {
    const { name } = wanted;
    const declared = findDeclared(this.manifests, wanted);
    if (declared !== undefined) {
      this.keep(declared.folder, name);
      return;
    }
    const workspace = this.manifests.folders.get(name);
    // Bun links every workspace where it lays packages out flat, which is how one without `exports` finds itself by its name.
    if (workspace !== undefined) this.addWorkspace(workspace);
    else if (!wanted.optional) throw undeclared(wanted);
  }

  private keep(folder: string, name: string): void {
    this.addWorkspace(folder);
    const names = this.kept.get(folder);
    if (names?.has(name) !== false) return;
    names.add(name);
    const entry = findDeclared(this.manifests, { name, folder })?.entry;
    if (entry !== undefined) this.addEntry(entry, folder);
  }

  /** Takes files from a workspace, which by itself is no reason to install it. */
  public locate(folder: string): void {
    if (folder === "" || this.located.has(folder)) return;
    this.require(folder);
    this.located.add(folder);
  }

  public addWorkspace(folder: string): void {
    if (this.workspaces.has(folder)) return;
    const { name } = this.require(folder);
    this.workspaces.add(folder);
    this.kept.set(folder, new Set());
    const link = name === undefined ? undefined : this.manifests.lockfile.packages.get(name);
    if (link !== undefined) this.addEntry(link, "");
  }

  private require(folder: string): PackageJson {
    const manifest = this.manifests.packageJsons.get(folder);
    if (manifest?.name === undefined) {
      throw new OoneexNxError({
        code: "WORKSPACE_UNKNOWN",
        what: `${folder} is no workspace: ${manifest === undefined ? "it has no package.json" : "its package.json has no name"}`,
        where: manifest?.file ?? folder,
        remedy: "name it in the package.json of the folder, list it under workspaces in the root's, and run bun install",
      });
    }
    requireUpToDate(this.manifests.lockfile, manifest);
    return manifest;
  }

  /** @param folder - workspace that names it, which an archive's path starts from */
  public addEntry(entry: LockedPackage, folder: string): void {
    if (this.entries.has(entry.key)) return;
    const kind: EntryKind = readEntryKind(entry);
    this.entries.set(entry.key, entry);
    if (kind.kind === "workspace") this.addWorkspace(kind.folder);
    else if (this.options.stopAt?.(entry) !== true) this.queue.push(entry);
    if (kind.kind === "archive") this.archives.add(joinPath(folder, kind.path));
  }

  private drain(): void {
    for (let entry = this.queue.pop(); entry !== undefined; entry = this.queue.pop()) {
      for (const { name, required } of readNeeds(entry)) {
        const needed = findEntry(this.manifests, entry.key, name);
        if (needed !== undefined) this.addEntry(needed, "");
        else if (required) throw outdated(`bun.lock has no entry for ${name}, which ${entry.key} needs`, "bun.lock");
      }
    }
  }

  /** @returns whether there was one to add */
  private addOptionalPeers(): boolean {
    const before = this.entries.size;
    for (const entry of [...this.entries.values()]) {
      if (readEntryKind(entry).kind === "workspace" || this.options.stopAt?.(entry) === true) continue;
      for (const name of entry.optionalPeers) {
        const peer = findEntry(this.manifests, entry.key, name);
        if (peer === undefined || this.entries.has(peer.key)) continue;
        for (const folder of this.findNaming(name, peer)) this.addPeer(folder, name, peer);
        // With another version in its place the package would get that one.
        const other = findKey((key) => this.entries.has(key), entry.key, name);
        if (other !== undefined && other !== peer.key) this.addEntry(peer, "");
      }
    }
    return this.entries.size > before;
  }

  private addPeer(folder: string, name: string, peer: LockedPackage): void {
    this.peers.set(name, peer);
    if (this.options.naming === undefined) this.keep(folder, name);
    else this.addEntry(peer, folder);
  }

  /** Folders whose package.json names a package, and gets the given entry by it. */
  private findNaming(name: string, peer: LockedPackage): string[] {
    return [...(this.options.naming ?? new Set([...this.workspaces, ...this.located]))].filter((folder) => {
      const manifest = this.manifests.packageJsons.get(folder);
      if (manifest === undefined || findDeclaration(manifest.dependencies, name) === undefined) return false;
      return findDeclared(this.manifests, { name, folder })?.entry === peer;
    });
  }
}

/** What an entry needs to be there, and whether Bun refuses a lockfile without it. */
function readNeeds({ dependencies, optionalPeers }: LockedPackage): { name: string; required: boolean }[] {
  const { dependencies: own, optionalDependencies, peerDependencies } = dependencies;
  const peers = Object.keys(peerDependencies).filter((name) => !optionalPeers.includes(name));
  return [
    ...[...Object.keys(own), ...peers].map((name) => ({ name, required: optionalDependencies[name] === undefined })),
    ...Object.keys(optionalDependencies).map((name) => ({ name, required: false })),
  ];
}

function joinPath(folder: string, path: string): string {
  const parts: string[] = [];
  for (const part of `${folder}/${path}`.split("/")) {
    if (part === "..") parts.pop();
    else if (part !== "" && part !== ".") parts.push(part);
  }
  return parts.join("/");
}
