import type {
  CreateDependencies,
  CreateDependenciesContext,
  DependencyType,
  RawProjectGraphDependency,
} from "@nx/devkit";
import { existsSync, readFileSync } from "node:fs";
import { join, posix } from "node:path";
import { isAnalyzedByNx } from "../workspace/nx-analysis.js";
import type { ResolutionFacts } from "./import-resolver.js";
import type { OoneexPluginOptions } from "./options.js";

const SOURCE_FILE = /\.(?:ts|tsx|mts|cts|js|jsx|mjs|cjs)$/;

/**
 * Draws an edge for each import of another project or of an npm package, on any TypeScript version.
 *
 * Where Nx analyses the sources itself, which it can up to TypeScript 6, there is nothing left to do. Only the files that
 * changed since the last run are read; Nx keeps the edges of the others. A call over HTTP is not an import, so a service
 * that the app reaches by its URL is no dependency of the app.
 */
export const createDependencies: CreateDependencies<OoneexPluginOptions> = async (_options, context) => {
  const files = Object.entries(context.filesToProcess.projectFileMap).flatMap(([project, entries]) =>
    entries.filter(({ file }) => SOURCE_FILE.test(file)).map(({ file }) => ({ project, file })),
  );
  if (files.length === 0 || isAnalyzedByNx(context)) return [];

  const [{ readImports }, { buildImportResolver }, facts] = await Promise.all([
    import("../workspace/imports.js"),
    import("./import-resolver.js"),
    readFacts(context),
  ]);
  const resolve = buildImportResolver(facts);
  return files.flatMap(({ project, file }) => {
    const text = readText(context.workspaceRoot, file);
    return text === undefined ? [] : buildEdges(project, file, readImports(file, text), resolve);
  });
};

function buildEdges(
  source: string,
  sourceFile: string,
  imports: ReturnType<typeof import("../workspace/imports.js").readImports>,
  resolve: (specifier: string, sourceFile: string) => string | undefined,
): RawProjectGraphDependency[] {
  const edges = new Map<string, RawProjectGraphDependency>();
  for (const { specifier, dynamic } of imports) {
    const target = resolve(specifier, sourceFile);
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
  const file = ["tsconfig.base.json", "tsconfig.json"].find((name) => existsSync(join(context.workspaceRoot, name)));
  const text = file === undefined ? undefined : readText(context.workspaceRoot, file);
  return {
    projects: context.projects,
    externalNodes: context.externalNodes,
    aliases: text === undefined || file === undefined ? new Map() : readPathAliases(text, file),
    readInstalledVersion: (packageName, folder) => readInstalledVersion(context.workspaceRoot, packageName, folder),
  };
}

function readInstalledVersion(workspaceRoot: string, packageName: string, folder: string): string | undefined {
  for (let at = folder; ; at = posix.dirname(at)) {
    const manifest = readText(workspaceRoot, posix.join(at, "node_modules", packageName, "package.json"));
    if (manifest !== undefined) return (JSON.parse(manifest) as { version?: string }).version;
    if (at === ".") return undefined;
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
