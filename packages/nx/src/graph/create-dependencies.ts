import type {
  CreateDependencies,
  CreateDependenciesContext,
  DependencyType,
  RawProjectGraphDependency,
} from "@nx/devkit";
import { existsSync, readFileSync } from "node:fs";
import { join, posix } from "node:path";
import type { ImportStatement } from "../workspace/imports.js";
import { isAnalyzedByNx } from "../workspace/nx-analysis.js";
import { isSourceFile } from "../workspace/source-file.js";
import { doAtExit } from "./at-exit.js";
import type { ImportResolver, ResolutionFacts } from "./import-resolver.js";
import type { OoneexPluginOptions } from "./options.js";
import { remember } from "./remember.js";
import type { SourceFile } from "./source-imports.js";
import { readUnresolvedImports, type UnresolvedImports, writeUnresolvedImports } from "./unresolved-imports.js";

/**
 * Draws an edge for each import of another project or of an npm package, on any TypeScript version.
 *
 * Where Nx analyses the sources itself, which it can up to TypeScript 6, there is nothing left to do. Only the files that
 * changed since the last run are read; Nx keeps the edges of the others. A call over HTTP is not an import, so a service
 * that the app reaches by its URL is no dependency of the app.
 */
export const createDependencies: CreateDependencies<OoneexPluginOptions> = async (_options, context) => {
  if (isAnalyzedByNx(context)) return [];
  const before = readUnresolvedImports(context.workspaceRoot);
  const changed = listSourceFiles(context.filesToProcess.projectFileMap);
  const listAll = (): SourceFile[] => listSourceFiles(context.fileMap.projectFileMap);
  const revisited = Object.keys(before).length === 0 ? [] : listRevisited(listAll(), before, changed);
  if (changed.length === 0 && revisited.length === 0) return [];

  const [{ readImportsOfFiles }, { buildImportResolver, isBuiltinModule }, facts] = await Promise.all([
    import("./source-imports.js"),
    import("./import-resolver.js"),
    readFacts(context),
  ]);
  const { imports, save } = await readImportsOfFiles(context.workspaceRoot, changed, { isCached: areMany(changed, context), listAll });
  if (save !== undefined) doAtExit(save);
  const resolve = buildImportResolver(facts);
  const unresolved: Record<string, readonly ImportStatement[]> = {};
  const edges: RawProjectGraphDependency[] = [];
  for (const [index, source] of changed.entries()) {
    const { found, lost } = followImports(source, imports[index] ?? [], resolve);
    for (const edge of found) edges.push(edge);
    const nowhere = lost.filter(({ specifier }) => !isBuiltinModule(specifier));
    if (nowhere.length > 0) unresolved[source.file] = nowhere;
  }
  for (const { imports, ...source } of revisited) {
    edges.push(...followImports(source, imports, resolve).found.map(withoutFile));
    unresolved[source.file] = imports;
  }
  if (JSON.stringify(unresolved) !== JSON.stringify(before)) writeUnresolvedImports(context.workspaceRoot, unresolved);
  return edges;
};

function listSourceFiles(fileMap: CreateDependenciesContext["fileMap"]["projectFileMap"]): SourceFile[] {
  return Object.entries(fileMap).flatMap(([project, entries]) =>
    entries.filter(({ file }) => isSourceFile(file)).map(({ file, hash }) => ({ project, file, hash })),
  );
}

/** Below a tenth of the source files it costs less to read them than to read the cache of all. */
function areMany(files: readonly SourceFile[], { fileMap }: CreateDependenciesContext): boolean {
  const most = files.length * 10;
  let count = 0;
  for (const entries of Object.values(fileMap.projectFileMap)) {
    for (const { file } of entries) if (isSourceFile(file) && ++count > most) return false;
  }
  return true;
}

/** Unchanged files with an import that led nowhere when they were read, as far as they still exist. */
function listRevisited(
  all: readonly SourceFile[],
  unresolved: UnresolvedImports,
  changed: readonly SourceFile[],
): (SourceFile & { imports: readonly ImportStatement[] })[] {
  const read = new Set(changed.map(({ file }) => file));
  return all.flatMap((source) => {
    const imports = unresolved[source.file];
    return imports === undefined || read.has(source.file) ? [] : [{ ...source, imports }];
  });
}

/** Nx puts the edges that it keeps of an unchanged file over those that a plugin returns for it, unless they name no file. */
function withoutFile({ source, target }: RawProjectGraphDependency): RawProjectGraphDependency {
  return { source, target, type: "implicit" as DependencyType.implicit };
}

/** Where a file's imports lead: an edge for each node of the graph, and the imports that lead to none. */
interface FollowedImports {
  readonly found: readonly RawProjectGraphDependency[];
  readonly lost: readonly ImportStatement[];
}

function followImports(source: SourceFile, imports: readonly ImportStatement[], resolve: ImportResolver): FollowedImports {
  const { project, file } = source;
  const edges = new Map<string, RawProjectGraphDependency>();
  const lost: ImportStatement[] = [];
  for (const statement of imports) {
    const target = resolve(statement.specifier, source);
    if (target === undefined) lost.push(statement);
    // One file that imports a module both ways depends on it from the start.
    else if (target !== project && !(statement.dynamic && edges.has(target))) {
      // The enum's own value would load all of @nx/devkit into every Nx command.
      const type = (statement.dynamic ? "dynamic" : "static") as DependencyType;
      edges.set(target, { source: project, target, sourceFile: file, type });
    }
  }
  return { found: [...edges.values()], lost };
}

async function readFacts(context: CreateDependenciesContext): Promise<ResolutionFacts> {
  const aliases = new Map<string, readonly string[]>();
  for (const file of ["tsconfig.base.json", "tsconfig.json"]) {
    const text = readText(context.workspaceRoot, file);
    if (text === undefined) continue;
    for (const [alias, targets] of await readAliases(text, file)) aliases.set(alias, targets);
  }
  return {
    projects: context.projects,
    externalNodes: context.externalNodes,
    aliases,
    readInstalledVersion: buildVersionReader(context.workspaceRoot),
  };
}

/** Plain JSON, with an alias for each of a thousand modules, takes no parser that knows comments. */
async function readAliases(text: string, file: string): Promise<Iterable<[alias: string, targets: readonly string[]]>> {
  try {
    const tsconfig = JSON.parse(text) as { compilerOptions?: { paths?: Record<string, readonly unknown[]> } };
    return Object.entries(tsconfig.compilerOptions?.paths ?? {}).map(([alias, targets]) => [
      alias,
      targets.filter((target) => typeof target === "string"),
    ]);
  } catch {
    return (await import("../workspace/path-aliases.js")).readPathAliases(text, file);
  }
}

/** Builds the reader of installed versions. A thousand modules ask for the same few packages, most of them in the root. */
function buildVersionReader(workspaceRoot: string): ResolutionFacts["readInstalledVersion"] {
  const hasPackages = remember((folder) => existsSync(join(workspaceRoot, folder, "node_modules")));
  const readVersion = remember((path) => parseVersion(readText(workspaceRoot, path)));
  return (packageName, folder) => {
    for (let at = folder; ; at = posix.dirname(at)) {
      const path = posix.join(at, "node_modules", packageName, "package.json");
      const installed = hasPackages(at) ? readVersion(path) : undefined;
      if (installed !== undefined) return installed.version;
      if (at === ".") return undefined;
    }
  };
}

/** A manifest that an interrupted install left damaged tells no version, and fails no graph. */
function parseVersion(manifest: string | undefined): { readonly version?: string } | undefined {
  try {
    return manifest === undefined ? undefined : (JSON.parse(manifest) as { version?: string });
  } catch {
    return {};
  }
}

/** A file that is gone by the time it is read is one that the next run does not list. */
function readText(workspaceRoot: string, file: string): string | undefined {
  try {
    return readFileSync(join(workspaceRoot, file), "utf8");
  } catch {
    return undefined;
  }
}
