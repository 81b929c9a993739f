import { posix } from "node:path";
import { OoneexNxError } from "../../errors.js";
import { isSecret } from "../docker-ignore.js";
import { indexLines } from "../source-text.js";
import type { FoundFile } from "./bun-paths.js";
import { ImportResolver, type Resolution } from "./import-resolver.js";
import { mayImport, type ModuleImport, readModuleImports } from "./module-imports.js";
import type { TracedPackage } from "./source-tracer.js";
import { type AliasMatch, type Tsconfig, Tsconfigs } from "./tsconfigs.js";
import { outside, secret, unbundled, unresolved } from "./source-errors.js";
import { parentOf, type SourceLink, WorkspaceFiles } from "./workspace-files.js";
import { WorkspacePackages } from "./workspace-packages.js";

/** A file that another one asks for. */
export interface ModuleTarget {
  readonly path: string;
  /** Whether its own imports count. */
  readonly isFollowed: boolean;
  /** The extension whose files it is read like, where it is not its own. */
  readonly readAs: string | undefined;
}

/** A path that is looked up when the bundle runs. */
export interface FileLookup {
  /** Workspace-relative; it may lead to nothing. */
  readonly path: string;
  /** What to say where the image does not hold it. */
  readonly error: OoneexNxError;
}

/** What one file adds to a bundle, besides itself. */
export interface ModuleFacts {
  readonly targets: readonly ModuleTarget[];
  readonly packages: readonly (TracedPackage & { readonly line: number })[];
  /** Those of them that are looked up when the bundle runs. */
  readonly externals: ModuleFacts["packages"];
  readonly lookups: readonly FileLookup[];
  readonly links: readonly SourceLink[];
  /** Each package.json that decided where an import leads. */
  readonly manifests: readonly string[];
  readonly aliases: readonly AliasMatch[];
  readonly tsconfig: Tsconfig | undefined;
  /** The first mistake in it. */
  readonly error: OoneexNxError | undefined;
}

/** Reads files one at a time: what each asks for and where that leads. */
export class ModuleReader {
  public readonly files: WorkspaceFiles;
  public readonly packages: WorkspacePackages;
  readonly #tsconfigs: Tsconfigs;
  readonly #resolver: ImportResolver;
  readonly #isSecret: (path: string) => boolean;

  public constructor(workspaceRoot: string, workspaces: readonly string[]) {
    this.files = new WorkspaceFiles(workspaceRoot);
    this.packages = new WorkspacePackages(this.files, workspaces);
    this.#tsconfigs = new Tsconfigs(this.files);
    this.#resolver = new ImportResolver(this.files, this.packages);
    const dockerIgnore = this.files.findFile(".dockerignore") === undefined ? undefined : this.files.readText(".dockerignore");
    const secrets = new Map<string, boolean>();
    this.#isSecret = (path) => {
      let known = secrets.get(path);
      if (known === undefined) secrets.set(path, (known = isSecret(path, dockerIgnore)));
      return known;
    };
  }

  /**
   * Reads a file.
   *
   * @param path - without links on its way
   * @param readAs - the extension whose files it is read like, where it is not its own
   */
  public read(path: string, readAs?: string): ModuleFacts {
    const name = readAs === undefined ? path : `${path}.${readAs}`;
    const collected = new Collector(path, this.packages.findFolder(path), this.#isSecret);
    let tsconfig: Tsconfig | undefined;
    if (!mayImport(name)) return { ...collected, tsconfig };
    try {
      const text = this.files.readText(path);
      tsconfig = this.#tsconfigs.findNearest(parentOf(path));
      const lineOf = indexLines(text);
      for (const request of readModuleImports(name, text, tsconfig)) {
        collected.add(request, this.#resolve(request, path, tsconfig), lineOf);
      }
    } catch (error) {
      if (!(error instanceof OoneexNxError)) throw error;
      collected.error ??= error;
    }
    return { ...collected, tsconfig };
  }

  /** What is wrong with reading a file into a bundle that looks like a secret; `undefined` where it does not. */
  public findSecret(path: string, where: string): OoneexNxError | undefined {
    return this.#isSecret(path) ? secret(path, where) : undefined;
  }

  /** A stylesheet and a page name files beside them without a dot in front, and the root's with a slash. */
  #resolve({ specifier, kind, form }: ModuleImport, path: string, tsconfig: Tsconfig | undefined): Resolution {
    const importer = { folder: parentOf(path), tsconfig, kind };
    if (form !== "reference") return this.#resolver.resolve(specifier, importer);
    const isRooted = specifier.startsWith("/");
    const beside = this.#resolver.resolve(`./${specifier}`, isRooted ? { ...importer, folder: "" } : importer);
    if (beside.found.length > 0 || isRooted) return beside;
    const resolution = this.#resolver.resolve(specifier, importer);
    const { packageName } = resolution;
    // What is no file may be a name that only a browser understands.
    const isPackage = packageName !== undefined && this.packages.isDeclared(packageName, importer.folder);
    return isPackage ? resolution : { ...resolution, packageName: undefined };
  }
}

/** Gathers what the imports of one file lead to. */
class Collector implements Omit<ModuleFacts, "tsconfig"> {
  public readonly targets: ModuleTarget[] = [];
  public readonly packages: (TracedPackage & { line: number })[] = [];
  public readonly externals: (TracedPackage & { line: number })[] = [];
  public readonly lookups: FileLookup[] = [];
  public readonly links: SourceLink[] = [];
  public readonly manifests: string[] = [];
  public readonly aliases: AliasMatch[] = [];
  public error: OoneexNxError | undefined;
  readonly #path: string;
  readonly #folder: string;
  readonly #isSecret: (path: string) => boolean;

  public constructor(path: string, folder: string, isSecretPath: (path: string) => boolean) {
    this.#path = path;
    this.#folder = folder;
    this.#isSecret = isSecretPath;
  }

  public add(request: ModuleImport, resolution: Resolution, lineOf: (start: number) => number): void {
    const { packageName, alias, failure } = resolution;
    if (alias !== undefined) this.aliases.push(alias);
    const where = (): string => `${this.#path}:${lineOf(request.start)}`;
    if (failure === undefined && packageName !== undefined) {
      const line = lineOf(request.start);
      const { optional } = request;
      const wanted = { name: packageName, folder: this.#folder, where: where(), optional, line };
      this.packages.push(wanted);
      if (request.unbundled && isInstalled(request.specifier, resolution)) this.externals.push(wanted);
    }
    if (request.unbundled) this.#addLookup(request, resolution, where);
    for (const found of resolution.found) this.#addFile(found, request, where);
    if (failure !== undefined && !request.unbundled && request.form === "import" && !request.optional) {
      this.error ??= failure === "outside" ? outside(request.specifier, where()) : unresolved(request.specifier, where(), alias);
    }
  }

  /** An image has what comes with Bun and what is installed beside the bundle, and can have files by an absolute path. */
  #addLookup({ specifier, optional }: ModuleImport, resolution: Resolution, where: () => string): void {
    const { found, packageName, failure } = resolution;
    const isKnown = found.length > 0 || packageName !== undefined || (failure !== undefined && !optional);
    if (!isKnown || specifier.startsWith("/") || isInstalled(specifier, resolution)) return;
    if (!specifier.startsWith(".") || failure === "outside") {
      this.error ??= unbundled(specifier, where(), undefined);
      return;
    }
    const path = found[0]?.place.path ?? posix.join(parentOf(this.#path), specifier);
    this.lookups.push({ path, error: unbundled(specifier, where(), path) });
  }

  #addFile({ place, manifest }: FoundFile, { specifier, isFollowed, readAs, optional }: ModuleImport, where: () => string): void {
    if (place.isOutside) {
      if (!optional) this.error ??= outside(specifier, where());
      return;
    }
    if (this.#isSecret(place.path)) this.error ??= secret(place.path, where());
    this.targets.push({ path: place.path, isFollowed, readAs });
    this.links.push(...place.links);
    if (manifest !== undefined) this.manifests.push(manifest);
  }
}

/** Whether a name is one of a package from elsewhere, as it is written: an alias means nothing to the run. */
function isInstalled(specifier: string, { found, packageName, failure }: Resolution): boolean {
  if (packageName === undefined || found.length > 0 || failure !== undefined) return false;
  return specifier === packageName || specifier.startsWith(`${packageName}/`);
}
