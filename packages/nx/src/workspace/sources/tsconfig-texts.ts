import type { ConfigFile } from "./tsconfigs.js";
import { isObject } from "./workspace-files.js";

/**
 * Compiler options that change what a compiler says or what it writes, and nothing about a bundle: Bun reads none of them.
 * `strict…` and `no…` belong to them too. What stands neither here nor there is kept.
 *
 * @see https://www.typescriptlang.org/tsconfig/
 */
const IRRELEVANT = new Set([
  "allowArbitraryExtensions",
  "allowImportingTsExtensions",
  "allowJs",
  "allowUmdGlobalAccess",
  "allowUnreachableCode",
  "allowUnusedLabels",
  "assumeChangesOnlyAffectDirectDependencies",
  "checkJs",
  "composite",
  "declaration",
  "declarationDir",
  "declarationMap",
  "diagnostics",
  "disableReferencedProjectLoad",
  "disableSizeLimit",
  "disableSolutionSearching",
  "disableSourceOfProjectReferenceRedirect",
  "emitBOM",
  "emitDeclarationOnly",
  "erasableSyntaxOnly",
  "exactOptionalPropertyTypes",
  "explainFiles",
  "extendedDiagnostics",
  "forceConsistentCasingInFileNames",
  "generateCpuProfile",
  "generateTrace",
  "incremental",
  "inlineSourceMap",
  "inlineSources",
  "isolatedDeclarations",
  "lib",
  "libReplacement",
  "listEmittedFiles",
  "listFiles",
  "mapRoot",
  "maxNodeModuleJsDepth",
  "newLine",
  "outDir",
  "outFile",
  "plugins",
  "preserveWatchOutput",
  "pretty",
  "removeComments",
  "rewriteRelativeImportExtensions",
  "rootDir",
  "skipDefaultLibCheck",
  "skipLibCheck",
  "sourceMap",
  "sourceRoot",
  "stripInternal",
  "suppressExcessPropertyErrors",
  "suppressImplicitAnyIndexErrors",
  "traceResolution",
  "tsBuildInfoFile",
  "typeRoots",
  "types",
  "useUnknownInCatchVariables",
]);
const IRRELEVANT_GROUP = /^(?:strict|no)(?:$|[A-Z])/;

/**
 * Writes a tsconfig.json with what can change a bundle: of the compiler options those that a bundler may read, of `paths`
 * the aliases that are in use. It keeps its place in the workspace, and so every path in it its meaning; what it extends
 * stays a file of its own, because Bun has rules for joining the two that no flattened file can express.
 *
 * @param used - patterns of `paths` that an import matches
 * @returns the same text for the same meaning: order of keys, blanks and comments do not show
 */
export function buildConfigText(config: ConfigFile, used: ReadonlySet<string>): string {
  const options: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(config.options)) {
    if (IRRELEVANT.has(name) || IRRELEVANT_GROUP.test(name)) continue;
    const kept = name === "paths" && isObject(value) ? pick(value, used) : value;
    // Without aliases in use, `paths` still hides those of the file that this one extends.
    if (name !== "paths" || !isEmpty(kept) || config.extends !== undefined) options[name] = kept;
  }
  const text = { ...(isEmpty(options) ? {} : { compilerOptions: options }), extends: config.extends };
  return `${JSON.stringify(sortKeys(text))}\n`;
}

function pick(paths: Readonly<Record<string, unknown>>, used: ReadonlySet<string>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(paths).filter(([pattern]) => used.has(pattern)));
}

function isEmpty(value: unknown): boolean {
  return isObject(value) && Object.keys(value).length === 0;
}

function sortKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sortKeys);
  if (!isObject(value)) return value;
  const keys = Object.keys(value).sort();
  return Object.fromEntries(keys.map((key) => [key, sortKeys(value[key])]));
}
