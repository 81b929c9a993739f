import type { CreateDependenciesContext } from "@nx/devkit";
import { isBuiltin } from "node:module";
import { posix } from "node:path";
import { buildAliasMatcher } from "../workspace/alias-matcher.js";
import { remember } from "./remember.js";

/** Which project or npm package an import means: the name of a graph node, `undefined` where it means neither. */
export type ImportResolver = (specifier: string, importer: Importer) => string | undefined;

/** The file in which an import stands. */
export interface Importer {
  /** Workspace-relative path. */
  readonly file: string;
  /** Name of the project that the file belongs to. */
  readonly project: string;
}

/** The facts that imports are resolved by. */
export interface ResolutionFacts {
  readonly projects: CreateDependenciesContext["projects"];
  readonly externalNodes: CreateDependenciesContext["externalNodes"];
  /** `paths` of the root tsconfig: pattern to targets, each target relative to the workspace root. */
  readonly aliases: ReadonlyMap<string, readonly string[]>;
  /** Version of a package as installed nearest to a workspace-relative folder, `undefined` where it is not installed. */
  readonly readInstalledVersion: (packageName: string, folder: string) => string | undefined;
}

/**
 * Builds the resolver for one run of the graph.
 *
 * An import is resolved as Bun and TypeScript do, in this order: relative path, the longest matching alias of the root
 * tsconfig, a built-in module of the runtime, a package of the workspace, an npm package.
 */
export function buildImportResolver(facts: ResolutionFacts): ImportResolver {
  const projectOfPath = buildProjectLocator(facts.projects);
  const projectOfPackage = readPackageNames(facts.projects);
  const matchAlias = buildAliasMatcher(facts.aliases);
  // Thousands of files import the same few modules and packages.
  const packageOf = remember((specifier) => (isBuiltinModule(specifier) ? undefined : readPackageName(specifier)));
  const projectOf = remember((specifier) => {
    const aliased = matchAlias(specifier).map(projectOfPath).find((project) => project !== undefined);
    const packageName = packageOf(specifier);
    return aliased ?? (packageName === undefined ? undefined : projectOfPackage.get(packageName));
  });
  const nodesFrom = remember((folder) => remember((packageName) => resolveExternalNode(packageName, folder, facts)));

  return (specifier, { file, project }) => {
    if (specifier.startsWith(".")) return projectOfPath(posix.join(posix.dirname(file), specifier));
    const found = projectOf(specifier);
    if (found !== undefined) return found;
    const packageName = packageOf(specifier);
    return packageName === undefined ? undefined : nodesFrom(facts.projects[project]?.root ?? posix.dirname(file))(packageName);
  };
}

/** Tells whether a module comes with the runtime, Node's or Bun's, so that nothing in the graph stands for it. */
export function isBuiltinModule(specifier: string): boolean {
  return isBuiltin(specifier) || specifier === "bun" || specifier.startsWith("bun:");
}

/** Finds the project whose root is the nearest folder above a workspace-relative path. */
function buildProjectLocator(projects: ResolutionFacts["projects"]): (path: string) => string | undefined {
  const roots = new Map(Object.entries(projects).map(([name, { root }]) => [root, name]));
  return (path) => {
    for (let folder = path; ; folder = posix.dirname(folder)) {
      const project = roots.get(folder);
      if (project !== undefined || folder === "." || folder === ".." || folder === "/") return project;
    }
  };
}

/** An npm node is called `npm:<name>` where it is the hoisted version, and `npm:<name>@<version>` where it is another. */
function resolveExternalNode(packageName: string, folder: string, facts: ResolutionFacts): string | undefined {
  const nodes = facts.externalNodes ?? {};
  const version = facts.readInstalledVersion(packageName, folder);
  const hoisted = `npm:${packageName}`;
  const exact = `${hoisted}@${version}`;
  return [exact, hoisted].find((name) => Object.hasOwn(nodes, name));
}

function readPackageNames(projects: ResolutionFacts["projects"]): Map<string, string> {
  const names = new Map<string, string>();
  for (const [project, { metadata }] of Object.entries(projects)) {
    const packageName = metadata?.js?.packageName;
    if (packageName !== undefined) names.set(packageName, project);
  }
  return names;
}

/** `@scope/name` or `name` out of `@scope/name/deep/file`; `undefined` for what cannot name a package. */
function readPackageName(specifier: string): string | undefined {
  return /^(?:@[^/]+\/)?[\w-][^/]*/.exec(specifier)?.[0];
}
