import { readSourceImports } from "../imports.js";
import { isSourceFile } from "../source-file.js";
import { readPage, readStylesheet } from "./asset-imports.js";
import type { ImportKind } from "./bun-paths.js";
import type { Tsconfig } from "./tsconfigs.js";

/** One thing that a file asks for. */
export interface ModuleImport {
  readonly specifier: string;
  /** Offset in the file's text. */
  readonly start: number;
  readonly kind: ImportKind;
  /** Whether the bundle can do without: asked for by `import()` or `require()`, or at run time with care for its absence. */
  readonly optional: boolean;
  /** Whether it is read as a module, whose own imports count, and not as text or as a file to ship. */
  readonly isFollowed: boolean;
  /** The extension whose files it is read like, where the import says so. */
  readonly readAs: string | undefined;
  /** Whether it is left for the run, as no bundler takes it. */
  readonly unbundled: boolean;
  /**
   * What to make of one that leads to no file: `import` is an error, or a package; `implicit` asks for a package at most;
   * `reference` asks for nothing else than a file, unless a manifest names its package.
   */
  readonly form: "import" | "implicit" | "reference";
}

/** Loaders that read a file's text or ship it, and look at no import in it. */
const OPAQUE = new Set(["text", "txt", "md", "sh", "file", "json", "jsonc", "json5", "toml", "yaml", "sqlite", "wasm", "napi", "dataurl", "base64"]);

/** Loaders that look at imports, whatever the file is called. */
const TRANSPARENT = new Set(["ts", "tsx", "mts", "cts", "js", "jsx", "mjs", "cjs", "css", "html"]);

const STYLESHEET = /\.css$/i;
const PAGE = /\.html?$/i;

/** Whether a file can ask for others, by its extension: source, stylesheet or page. */
export function mayImport(file: string): boolean {
  return isSourceFile(file) || STYLESHEET.test(file) || PAGE.test(file);
}

/**
 * Lists what a file asks for that {@link mayImport}.
 *
 * Bun erases `import type` and `export type` as a whole, decorators with metadata or not.
 */
export function readModuleImports(file: string, text: string, tsconfig: Tsconfig | undefined): ModuleImport[] {
  if (isSourceFile(file)) return readSource(file, text, tsconfig);
  const references = STYLESHEET.test(file) ? readStylesheet(text) : readPage(text);
  return references.map(({ specifier, start }) => ({ ...REFERENCE, specifier, start }));
}

const FOLLOWED = { kind: "import", optional: false, isFollowed: true, readAs: undefined, unbundled: false } as const;
const REFERENCE = { ...FOLLOWED, form: "reference" } as const;

function readSource(file: string, text: string, tsconfig: Tsconfig | undefined): ModuleImport[] {
  const { sites, jsx } = readSourceImports(file, text);
  const imports = sites
    .filter(({ typeOnly }) => !typeOnly)
    .map(({ specifier, start, kind, dynamic, loader, unbundled, guarded }): ModuleImport => {
      // Bun takes the name of a loader in capitals too, and passes over one that it does not know.
      const name = loader?.toLowerCase() ?? "";
      const readAs = TRANSPARENT.has(name) ? name : undefined;
      const optional = unbundled ? guarded : dynamic;
      return { specifier, start, kind, optional, isFollowed: !OPAQUE.has(name), readAs, unbundled, form: "import" };
    });
  return jsx ? [...imports, ...listJsxRuntime(text, tsconfig)] : imports;
}

/** Which of the runtimes a bundler takes depends on how it is called. */
const RUNTIMES = ["", "jsx-runtime", "jsx-dev-runtime"];

/** What elements are compiled to: a comment decides, then the tsconfig; the classic runtime is imported by hand. */
function listJsxRuntime(text: string, tsconfig: Tsconfig | undefined): ModuleImport[] {
  const runtime = /@jsxRuntime\s+(\w+)/.exec(text)?.[1] ?? (tsconfig?.jsx === "react" ? "classic" : "automatic");
  if (runtime === "classic") return [];
  const source = /@jsxImportSource\s+([^\s*]+)/.exec(text)?.[1] ?? tsconfig?.jsxImportSource ?? "react";
  return RUNTIMES.map((name) => ({
    ...FOLLOWED,
    specifier: name === "" ? source : `${source}/${name}`,
    start: 0,
    form: "implicit",
  }));
}
