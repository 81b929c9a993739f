import type {
  CreateDependencies,
  CreateDependenciesContext,
  DependencyType,
  RawProjectGraphDependency,
} from "@nx/devkit";
import { readFileSync } from "node:fs";
import { join, posix } from "node:path";
import type { ImportStatement } from "../workspace/imports.js";
import { isAnalyzedByNx } from "../workspace/nx-analysis.js";
import { isSourceFile } from "../workspace/source-file.js";
import type { ImportResolver, ResolutionFacts } from "./import-resolver.js";
import type { OoneexPluginOptions } from "./options.js";
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
  const revisited = listRevisited(context, before, changed);
  if (changed.length === 0 && revisited.length === 0) return [];

  const [{ readImports }, { buildImportResolver, isBuiltinModule }, facts] = await Promise.all([
    import("../workspace/imports.js"),
    import("./import-resolver.js"),
    readFacts(context),
  ]);
  const resolve = buildImportResolver(facts);
  const unresolved: Record<string, readonly ImportStatement[]> = {};
  const edges: RawProjectGraphDependency[] = [];
  for (const { project, file } of changed) {
    const imports = resolveAll(readImports(file, readText(context.workspaceRoot, file) ?? ""), file, resolve);
    edges.push(...buildEdges(project, file, imports));
    const nowhere = imports.filter(({ specifier, target }) => target === undefined && !isBuiltinModule(specifier));
    if (nowhere.length > 0) unresolved[file] = nowhere.map(({ specifier, dynamic }) => ({ specifier, dynamic }));
  }
  for (const { project, file, imports } of revisited) {
    edges.push(...buildEdges(project, file, resolveAll(imports, file, resolve)).map(withoutFile));
    unresolved[file] = imports;
  }
  if (JSON.stringify(unresolved) !== JSON.stringify(before)) writeUnresolvedImports(context.workspaceRoot, unresolved);
  return edges;
};

interface SourceFile {
  readonly project: string;
  readonly file: string;
}

function listSourceFiles(fileMap: CreateDependenciesContext["fileMap"]["projectFileMap"]): SourceFile[] {
  return Object.entries(fileMap).flatMap(([project, entries]) =>
    entries.filter(({ file }) => isSourceFile(file)).map(({ file }) => ({ project, file })),
  );
}

/** Unchanged files with an import that led nowhere when they were read, as far as they still exist. */
function listRevisited(
  context: CreateDependenciesContext,
  unresolved: UnresolvedImports,
  changed: readonly SourceFile[],
): (SourceFile & { imports: readonly ImportStatement[] })[] {
  if (Object.keys(unresolved).length === 0) return [];
  const read = new Set(changed.map(({ file }) => file));
  return listSourceFiles(context.fileMap.projectFileMap).flatMap(({ project, file }) => {
    const imports = unresolved[file];
    return imports === undefined || read.has(file) ? [] : [{ project, file, imports }];
  });
}

/** Nx puts the edges that it keeps of an unchanged file over those that a plugin returns for it, unless they name no file. */
function withoutFile({ source, target }: RawProjectGraphDependency): RawProjectGraphDependency {
  return { source, target, type: "implicit" as DependencyType.implicit };
}

/** An import with the graph node that it leads to. */
interface ResolvedImport extends ImportStatement {
  readonly target: string | undefined;
}

function resolveAll(imports: readonly ImportStatement[], file: string, resolve: ImportResolver): ResolvedImport[] {
  return imports.map((statement) => ({ ...statement, target: resolve(statement.specifier, file) }));
}

function buildEdges(source: string, sourceFile: string, imports: readonly ResolvedImport[]): RawProjectGraphDependency[] {
  const edges = new Map<string, RawProjectGraphDependency>();
  for (const { target, dynamic } of imports) {
    if (target === undefined || target === source) continue;
    // One file that imports a module both ways depends on it from the start.
    if (dynamic && edges.has(target)) continue;
    // The enum's own value would load all of @nx/devkit into every Nx command.
    const type = (dynamic ? "dynamic" : "static") as DependencyType;
    edges.set(target, { source, target, sourceFile, type });
  }
  return [...edges.values()];
}

async function readFacts(context: CreateDependenciesContext): Promise<ResolutionFacts> {
  const { readPathAliases } = await import("../workspace/path-aliases.js");
  const aliases = ["tsconfig.base.json", "tsconfig.json"].flatMap((file) => {
    const text = readText(context.workspaceRoot, file);
    return text === undefined ? [] : [...readPathAliases(text, file)];
  });
  return {
    projects: context.projects,
    externalNodes: context.externalNodes,
    aliases: new Map(aliases),
    readInstalledVersion: (packageName, folder) => readInstalledVersion(context.workspaceRoot, packageName, folder),
  };
}

function readInstalledVersion(workspaceRoot: string, packageName: string, folder: string): string | undefined {
  for (let at = folder; ; at = posix.dirname(at)) {
    const manifest = readText(workspaceRoot, posix.join(at, "node_modules", packageName, "package.json"));
    if (manifest !== undefined) return readVersion(manifest);
    if (at === ".") return undefined;
  }
}

/** A manifest that an interrupted install left damaged tells no version, and fails no graph. */
function readVersion(manifest: string): string | undefined {
  try {
    return (JSON.parse(manifest) as { version?: string }).version;
  } catch {
    return undefined;
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
