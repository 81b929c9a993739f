import { type ParseResult, parseSync, type Span, Visitor } from "oxc-parser";
import { readConstantTexts } from "./constant-text.js";
import { readDynamicLoader, readLoader } from "./import-attributes.js";
import { isBundledRequire } from "./require-call.js";
import { findLookups } from "./run-lookups.js";

/** One module that a source file asks for. */
export interface ImportStatement {
  /** What stands between the quotes. */
  readonly specifier: string;
  /** True where the module is asked for when that line runs, not when the file is loaded. */
  readonly dynamic: boolean;
}

/** An import with the place and the way in which it is written. */
export interface ImportSite extends ImportStatement {
  /** Offset of the specifier in the text, in UTF-16 code units. */
  readonly start: number;
  /** What asks for it: packages and Bun's file extensions tell the two apart. */
  readonly kind: "import" | "require";
  /** Whether the whole statement is about types: `import type … from`, not `import { type … } from`. */
  readonly typeOnly: boolean;
  /** How the file is to be read: `type` of the import's attributes, such as `text`. */
  readonly loader: string | undefined;
  /** Whether Bun's bundler leaves it for the run, whatever is asked for, as with `import.meta.resolve()`. */
  readonly unbundled: boolean;
  /** Whether it stands inside of a `try` whose `catch` takes care that it leads nowhere; told where it is unbundled only. */
  readonly guarded: boolean;
}

/** What a source file asks for, with what it leaves unsaid. */
export interface SourceImports {
  readonly sites: readonly ImportSite[];
  /** Whether the file writes elements, so that a bundler imports a runtime for them. */
  readonly jsx: boolean;
}

/**
 * Lists what a source file imports: `import`, `export … from`, `import()`, `require()` and what looks modules up at run time
 * with a constant name, type-only ones included.
 *
 * Needs no TypeScript API, so it works beside any TypeScript version. A name that is computed cannot be seen.
 *
 * @param file - path, whose extension decides between TypeScript, JSX and JavaScript
 * @param text - the file's text
 */
export function readImports(file: string, text: string): ImportStatement[] {
  return readSites(parse(file, text), text).map(({ specifier, dynamic }) => ({ specifier, dynamic }));
}

/**
 * Reads what a bundler finds out about a file's imports. What follows a syntax error may be missing.
 *
 * @param file - path, whose extension decides between TypeScript, JSX and JavaScript
 * @param text - the file's text
 */
export function readSourceImports(file: string, text: string): SourceImports {
  const parsed = parse(file, text);
  return { sites: readSites(parsed, text), jsx: mayHoldJsx(file, text) && holdsJsx(parsed) };
}

const JAVASCRIPT = /\.[cm]?js$/;

/** JavaScript may hold elements whatever its extension says, as it does for Bun. */
function parse(file: string, text: string): ParseResult {
  const parsed = parseSync(file, text);
  return parsed.errors.length > 0 && JAVASCRIPT.test(file) ? parseSync(file, text, { lang: "jsx" }) : parsed;
}

function readSites(parsed: ParseResult, text: string): ImportSite[] {
  const { staticImports, staticExports, dynamicImports } = parsed.module;
  const sites: ImportSite[] = [];
  let isHidden = LOOKUP.test(text) || EMPTY_EXPORT.test(text);
  for (const { start, end, moduleRequest, entries } of staticImports) {
    const typeOnly = entries.every(({ isType }) => isType) && TYPE_IMPORT.test(text.slice(start, moduleRequest.start));
    sites.push({ ...toStatic(moduleRequest), typeOnly });
    isHidden ||= ATTRIBUTES.test(text.slice(moduleRequest.end, end));
  }
  for (const { start, entries } of staticExports) {
    const request = entries.find((entry) => entry.moduleRequest !== null)?.moduleRequest;
    if (!request) continue;
    // Bun passes over the attributes of an export.
    sites.push({ ...toStatic(request), typeOnly: TYPE_EXPORT.test(text.slice(start, request.start)) });
  }
  for (const { end, moduleRequest } of dynamicImports) {
    const specifier = readLiteral(text.slice(moduleRequest.start, moduleRequest.end));
    if (specifier !== undefined) sites.push(toDynamic(specifier, moduleRequest.start));
    isHidden ||= specifier === undefined || ATTRIBUTES.test(text.slice(moduleRequest.end, end));
  }
  // `program` is a getter: handing the syntax tree over to JavaScript costs more than parsing does, and few files need it.
  if (!isHidden) return sites;
  const hidden = readHiddenSites(parsed, text, new Set(sites.map(({ start }) => start)));
  return [...sites.map((site) => ({ ...site, loader: hidden.loaders.get(site.start) })), ...hidden.sites];
}

/**
 * Words without which nothing but an import asks for a module. An escape can stand in any name: `r\u0065quire` is one that
 * Bun knows.
 */
const LOOKUP = /require|createRequire|\bresolve(?:Sync)?\b|\\u/;

/** A word that begins attributes, or stands in a comment. */
const ATTRIBUTES = /\b(?:with|assert)\b|\\u/;

/** `import type`, unless `type` is what is imported; whether that is so, the entries tell. */
const TYPE_IMPORT = /^import(?:\s|\/\*[\s\S]*?\*\/)*\btype\b/;
const TYPE_EXPORT = /^export(?:\s|\/\*[\s\S]*?\*\/)*\btype\b/;

/** The parser's own list of exports leaves out one that names nothing. */
const EMPTY_EXPORT = /\bexport(?:\s|\/\*(?:[^*]|\*(?!\/))*\*\/|\/\/.*)*\{(?:\s|\/\*(?:[^*]|\*(?!\/))*\*\/|\/\/.*)*\}(?:\s|\/\*(?:[^*]|\*(?!\/))*\*\/|\/\/.*)*from\b/;

interface HiddenSites {
  readonly sites: readonly ImportSite[];
  /** By the offset of the specifier, of imports that are known already too. */
  readonly loaders: ReadonlyMap<number, string | undefined>;
}

/** What only the syntax tree shows, without the sites that are known already by their offset. */
function readHiddenSites(parsed: ParseResult, text: string, known: ReadonlySet<number>): HiddenSites {
  const sites: ImportSite[] = [];
  const loaders = new Map<number, string | undefined>();
  const readLookup = findLookups(parsed.program, text);
  const guards: Span[] = [];
  new Visitor({
    CallExpression({ callee, arguments: [argument, second] }) {
      if (argument === undefined || argument.type === "SpreadElement") return;
      const lookup = readLookup(callee, second?.type === "SpreadElement" ? second.argument : second);
      if (lookup === undefined && !isBundledRequire(callee)) return;
      const unbundled = lookup !== undefined;
      const guarded = unbundled && guards.some(({ start, end }) => start < argument.start && argument.end < end);
      for (const specifier of readConstantTexts(argument)) {
        // From a place that only the run knows, a path leads to what only the run knows.
        if (lookup?.isHere === false && specifier.startsWith(".")) continue;
        sites.push({ ...toDynamic(specifier, argument.start), kind: "require", unbundled, guarded });
      }
    },
    TryStatement({ block, handler }) {
      if (handler !== null) guards.push(block);
    },
    ImportDeclaration({ source, attributes }) {
      loaders.set(source.start, readLoader(attributes));
    },
    ImportExpression({ source, options }) {
      const loader = readDynamicLoader(options);
      loaders.set(source.start, loader);
      if (known.has(source.start)) return;
      for (const specifier of readConstantTexts(source)) sites.push({ ...toDynamic(specifier, source.start), loader });
    },
    TSImportEqualsDeclaration({ moduleReference, importKind }) {
      if (moduleReference.type !== "TSExternalModuleReference") return;
      sites.push({ ...toStatic(moduleReference.expression), kind: "require", typeOnly: importKind === "type" });
    },
    ExportNamedDeclaration({ source, specifiers, exportKind }) {
      if (source === null || specifiers.length > 0) return;
      sites.push({ ...toStatic(source), typeOnly: exportKind === "type" });
    },
  }).visit(parsed.program);
  return { sites, loaders };
}

function toStatic({ value, start }: { readonly value: string; readonly start: number }): ImportSite {
  return { specifier: value, dynamic: false, start, kind: "import", typeOnly: false, loader: undefined, unbundled: false, guarded: false };
}

function toDynamic(specifier: string, start: number): ImportSite {
  return { specifier, dynamic: true, start, kind: "import", typeOnly: false, loader: undefined, unbundled: false, guarded: false };
}

/** A string literal's or a plain template's content, `undefined` for anything else. */
function readLiteral(source: string): string | undefined {
  const [, quote, content] = /^(["'`])([^\\]*)\1$/s.exec(source) ?? [];
  // Two literals with an operator between them begin and end with a quote as well.
  if (quote === undefined || content === undefined || content.includes(quote)) return undefined;
  return quote === "`" && content.includes("${") ? undefined : content;
}

/** Types are no elements, and most files with neither extension nor closing tag hold none. */
function mayHoldJsx(file: string, text: string): boolean {
  return /\.(?:[jt]sx|[cm]?js)$/.test(file) && /<\/|\/>/.test(text);
}

function holdsJsx(parsed: ParseResult): boolean {
  let found = false;
  const find = (): void => {
    found = true;
  };
  new Visitor({ JSXElement: find, JSXFragment: find }).visit(parsed.program);
  return found;
}
