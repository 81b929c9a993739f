import { posix } from "node:path";
import { type FoundFile, findModule, findModuleFile, type ImportKind, isDeclared } from "./bun-paths.js";
import { isBunBuiltin } from "./builtin-modules.js";
import { matchPackageTargets } from "./package-targets.js";
import type { AliasMatch, Tsconfig } from "./tsconfigs.js";
import { isObject, type WorkspaceFiles } from "./workspace-files.js";
import type { WorkspacePackages } from "./workspace-packages.js";

/** What an import leads to. */
export interface Resolution {
  /** Files of the workspace: several where conditions decide that are not known before the build. */
  readonly found: readonly FoundFile[];
  /** The package that is asked for, from a registry or from the workspace. */
  readonly packageName: string | undefined;
  /** The alias that the import matches, wherever it leads. */
  readonly alias: AliasMatch | undefined;
  /** `nowhere`: a path, an alias or a package of the workspace without a file. */
  readonly failure: "nowhere" | "outside" | undefined;
}

/** Where an import stands. */
export interface Importer {
  /** Workspace-relative folder of the file, without links in it. */
  readonly folder: string;
  readonly tsconfig: Tsconfig | undefined;
  readonly kind: ImportKind;
}

const NOTHING: Resolution = { found: [], packageName: undefined, alias: undefined, failure: undefined };

/** Conditions of `exports` and `imports` that Bun's bundler knows, beside the kind of import. Measured with 1.3 and 1.4. */
const CONDITIONS = ["bun", "node", "node-addons", "default"];

/** Which of the two holds depends on how the bundler is called. */
const MODES = ["development", "production"];

const CONDITIONS_OF = new Map(
  (["import", "require"] as const).map((kind) => [kind, MODES.map((mode) => new Set([...CONDITIONS, kind, mode]))]),
);

/** What a compiler looks for in a package that has nothing but types. */
const TYPES = new Set(["types", "import", "default"]);

/**
 * Resolves imports as `bun build --target=bun` does, except that nothing depends on what is installed: a package of the
 * workspace is its folder, any other package is only a name.
 *
 * The order: what comes with Bun, a relative path, the best alias of the nearest tsconfig, its `baseUrl`, `#imports`, a
 * package of the workspace, a package.
 */
export class ImportResolver {
  readonly #files: WorkspaceFiles;
  readonly #packages: WorkspacePackages;

  public constructor(files: WorkspaceFiles, packages: WorkspacePackages) {
    this.#files = files;
    this.#packages = packages;
  }

  public resolve(specifier: string, importer: Importer): Resolution {
    if (isBunBuiltin(specifier)) return NOTHING;
    if (/^\.{1,2}(?:$|\/)/.test(specifier)) return this.#resolvePath(join(importer.folder, specifier), importer.kind);
    // An absolute path is one machine's, even below the workspace.
    if (specifier.startsWith("/")) return { ...NOTHING, failure: "outside" };
    return this.#resolveName(specifier, importer);
  }

  #resolveName(specifier: string, importer: Importer): Resolution {
    const alias = importer.tsconfig?.matchAlias(specifier);
    const tried = (alias?.targets ?? []).map((target) => this.#resolveTarget(target, importer.kind));
    const first = tried.find(leadsSomewhere);
    if (first !== undefined) return { ...first, alias };
    // Addresses and names of a scheme that only a plugin knows.
    if (alias === undefined && /^[a-z][a-z0-9+.-]*:/i.test(specifier)) return NOTHING;
    const baseUrl = importer.tsconfig?.baseUrl;
    const based = baseUrl === undefined ? undefined : findModule(this.#files, join(baseUrl, specifier), importer.kind);
    if (based !== undefined) return { ...NOTHING, found: [based], alias };

    const resolution = specifier.startsWith("#")
      ? this.#resolveInternal(specifier, importer)
      : this.#resolvePackage(specifier, importer);
    const { packageName, found } = resolution;
    // A name that an alias claims is a package's only if a manifest says so; `*` claims nothing.
    const isClaimed = alias !== undefined && alias.pattern !== "*" && found.length === 0;
    if (!isClaimed || (packageName !== undefined && this.#packages.isDeclared(packageName, importer.folder))) {
      return { ...resolution, alias };
    }
    const isTyped = tried.some((resolved) => resolved.failure === undefined);
    const isOutside = tried.length > 0 && tried.every((resolved) => resolved.failure === "outside");
    return { ...NOTHING, alias, failure: isTyped ? undefined : isOutside ? "outside" : "nowhere" };
  }

  /** Declarations are for compilers: an alias that leads to one has types and no module. */
  #resolveTarget(target: string, kind: ImportKind): Resolution {
    if (/\.d\.[cm]?ts$/.test(target)) return NOTHING;
    return this.#resolvePath(target.startsWith("/") ? this.#files.relativize(target) : target, kind);
  }

  #resolvePath(path: string, kind: ImportKind): Resolution {
    const [, installed] = /(?:^|\/)node_modules\/(.*)$/.exec(path) ?? [];
    if (installed !== undefined) return { ...NOTHING, packageName: readPackageName(installed) };
    if (path === ".." || path.startsWith("../")) return { ...NOTHING, failure: "outside" };
    const found = findModule(this.#files, path, kind);
    if (found !== undefined) return { ...NOTHING, found: [found] };
    return { ...NOTHING, failure: isDeclared(this.#files, path) ? undefined : "nowhere" };
  }

  #resolveInternal(specifier: string, importer: Importer): Resolution {
    const manifest = this.#packages.findManifest(importer.folder);
    const targets = this.#match(manifest?.fields["imports"], specifier, importer.kind);
    const resolutions = targets.map((target) =>
      target.startsWith("./")
        ? this.#resolveTargets([join(manifest?.folder ?? "", target)], importer.kind)
        : this.resolve(target, importer),
    );
    return resolutions.find(({ failure }) => failure === undefined) ?? { ...NOTHING, failure: "nowhere" };
  }

  #resolvePackage(specifier: string, importer: Importer): Resolution {
    const packageName = readPackageName(specifier);
    if (packageName === undefined) return { ...NOTHING, failure: "nowhere" };
    const own = this.#packages.findManifest(importer.folder);
    const isOwn = own?.fields["name"] === packageName && own.fields["exports"] !== undefined;
    const manifest = isOwn ? own : this.#packages.findByName(packageName);
    if (manifest === undefined) return { ...NOTHING, packageName };

    const { folder, fields } = manifest;
    const subpath = specifier.slice(packageName.length);
    const request = `.${subpath}`;
    const name = isOwn ? undefined : packageName;
    if (fields["exports"] === undefined || fields["exports"] === null || request === "./package.json") {
      const resolution = this.#resolvePath(join(folder, subpath === "" ? "./" : request), importer.kind);
      return resolution.failure === undefined ? { ...resolution, packageName: name } : this.#untyped(manifest, request, name);
    }
    const targets = this.#match(fields["exports"], request, importer.kind).map((target) => join(folder, target));
    const resolution = this.#resolveTargets(targets, importer.kind);
    return resolution.failure === undefined ? { ...resolution, packageName: name } : this.#untyped(manifest, request, name);
  }

  /** A package with nothing but types has no file for a bundler, which drops what is imported from it. */
  #untyped({ folder, fields }: { folder: string; fields: Readonly<Record<string, unknown>> }, request: string, packageName: string | undefined): Resolution {
    const named = request === "." ? [fields["types"], fields["typings"]] : [];
    const targets = [...named, ...(isObject(fields["exports"]) ? matchPackageTargets(fields["exports"], request, TYPES) : [])];
    const isTyped = targets.some((target) => typeof target === "string" && this.#files.findFile(join(folder, target)) !== undefined);
    return { ...NOTHING, packageName, failure: isTyped ? undefined : "nowhere" };
  }

  #match(field: unknown, request: string, kind: ImportKind): string[] {
    return [...new Set((CONDITIONS_OF.get(kind) ?? []).flatMap((conditions) => matchPackageTargets(field, request, conditions)))];
  }

  #resolveTargets(targets: readonly string[], kind: ImportKind): Resolution {
    const found = targets.flatMap((target): FoundFile[] => {
      const place = findModuleFile(this.#files, target, kind);
      return place === undefined ? [] : [{ place, manifest: undefined }];
    });
    return { ...NOTHING, found, failure: found.length === 0 ? "nowhere" : undefined };
  }
}

function leadsSomewhere({ found, packageName }: Resolution): boolean {
  return found.length > 0 || packageName !== undefined;
}

/** `@scope/name` or `name` out of `@scope/name/deep/file`; `undefined` for what cannot name a package. */
function readPackageName(specifier: string): string | undefined {
  return /^(?:@[\w.~-]+\/)?[\w-][\w.~-]*(?=$|\/)/.exec(specifier)?.[0];
}

/** A path below the root begins with no dot, and keeps a slash at its end. */
function join(folder: string, path: string): string {
  const joined = posix.join(folder, path);
  return joined.startsWith("./") ? joined.slice(2) : joined === "." ? "" : joined;
}
