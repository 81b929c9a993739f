/** A package that a file imports. */
export interface TracedPackage {
  /** Name of an npm package or of a package of the workspace, as imported. */
  readonly name: string;
  /** Nearest package folder of the importing file, workspace-relative; `""` for the root. */
  readonly folder: string;
  /** First place that imports it: `<file>:<line>`. */
  readonly where: string;
  /** Whether nothing but `import()` and `require()` ever asks for it, or a lookup at run time with care for its absence. */
  readonly optional: boolean;
}

/** What a bundle is made from. All paths are workspace-relative with `/` between their parts. */
export interface TracedSources {
  /** Files, sorted, entrypoints included, JSON, stylesheets and assets that are imported by their path too. */
  readonly files: readonly string[];
  /**
   * Symbolic links on the way from an import to a file, by their path: what each leads to, relative to the folder it stands
   * in. Bun takes a linked file for the one behind the link, whose imports start from there; so a copy in the link's place
   * is another module, and the link has to be made again.
   */
  readonly links: Readonly<Record<string, string>>;
  /** Packages, each once per folder, sorted by name and folder. */
  readonly packages: readonly TracedPackage[];
  /** Those of the packages that Bun looks up when the bundle runs, so that a bundle cannot hold them. */
  readonly externals: readonly TracedPackage[];
  /** Package folders with a reached file, sorted; the root is none of them. */
  readonly workspaces: readonly string[];
  /**
   * Texts for the tsconfig.json files that Bun reads for these files, by path: what can change a bundle and nothing else. A
   * file that one of them extends is there as well.
   */
  readonly tsconfigs: Readonly<Record<string, string>>;
}

/** Finds what bundles are made from, each file read and parsed once in its life. */
export interface SourceTracer {
  /**
   * Follows the imports of entrypoints, as Bun's bundler resolves them, to every file of the workspace that they reach.
   * Nothing depends on what is installed: npm packages are named and not followed.
   *
   * It cannot see names that are computed, and files that are read at run time. `import type` and `export type … from` are
   * passed over, as Bun does; an import of which only names are marked as types is followed.
   *
   * @param entrypoints - workspace-relative files
   * @param included - workspace-relative files that somebody brings into the image by hand; none unless it is given
   * @throws OoneexNxError `ENTRYPOINT_MISSING`; `IMPORT_UNRESOLVED` for a path, an alias or a package of the workspace that
   * leads to no file, unless `import()` or `require()` asks for it; `IMPORT_UNBUNDLED` for
   * a file or a package of the workspace that is looked up when the bundle runs, as by `import.meta.resolve()`, and is not
   * included; `SOURCE_OUTSIDE`; `SOURCE_SECRET` for a file whose name says that it holds one; `TSCONFIG_UNRESOLVED`; `JSON_INVALID`
   */
  trace(entrypoints: readonly string[], included?: readonly string[]): Promise<TracedSources>;
}

/**
 * Makes a tracer for one process. It does not notice files that change while it lives.
 *
 * @param workspaceRoot - absolute path
 * @param workspaces - workspace-relative folders of the packages of the workspace
 */
export function createSourceTracer(workspaceRoot: string, workspaces: readonly string[]): SourceTracer {
  let graph: Promise<{ trace(entrypoints: readonly string[], included?: readonly string[]): TracedSources }> | undefined;
  return {
    async trace(entrypoints, included) {
      // The parser is native: nothing loads it before there is something to parse.
      graph ??= import("./source-graph.js").then(({ SourceGraph }) => new SourceGraph(workspaceRoot, workspaces));
      return (await graph).trace(entrypoints, included);
    },
  };
}
