import type {
  CreateNodes,
  CreateNodesContext,
  CreateNodesResult,
  CreateNodesResultArray,
  ProjectConfiguration,
} from "@nx/devkit";
import { existsSync, readFileSync } from "node:fs";
import { posix } from "node:path";
import { MODULES_ROOT } from "../workspace/names.js";
import { readsBunLock } from "../workspace/nx-analysis.js";
import { readPlainType } from "../workspace/plain-type.js";
import { type NormalizedPluginOptions, type OoneexPluginOptions, resolvePluginOptions } from "./options.js";
import { buildTargets } from "./targets.js";

/** Kinds of module that run as a process of their own. */
const DEPLOYABLE = new Set(["microservice", "api"]);

/**
 * Infers `build`, `serve`, `docker-build`, `docker-run`, `docker-push` and `deploy` for each module whose manifest says `microservice` or `api`,
 * whoever made it.
 *
 * A manifest that cannot be read is reported by its path. Nx runs nothing then, but shows the graph of all the others.
 */
// Nx takes a change of whatever the pattern matches for one of the project's configuration.
export const createNodes: CreateNodes<OoneexPluginOptions> = [`${MODULES_ROOT}/*/!(.env*).yml`, inferProjects];

async function inferProjects(
  files: readonly string[],
  rawOptions: OoneexPluginOptions | undefined,
  context: CreateNodesContext,
): Promise<CreateNodesResultArray> {
  const inference: Inference = { options: resolvePluginOptions(rawOptions), seesLockfile: readsBunLock(context.workspaceRoot), context };
  const results: [file: string, result: CreateNodesResult][] = [];
  const errors: [file: string, error: Error][] = [];
  for (const file of files.filter(isManifest)) {
    try {
      // At once: a thousand small files take a third of the time that they take by way of the thread pool.
      const text = readFileSync(`${context.workspaceRoot}/${file}`, "utf8");
      const type = readPlainType(text) ?? (await import("../workspace/manifest.js")).readManifest(text, file).type;
      if (type !== undefined && DEPLOYABLE.has(type)) results.push([file, createNode(file, type, inference)]);
    } catch (error) {
      errors.push([file, error instanceof Error ? error : new Error(String(error))]);
    }
  }
  results.sort(([a], [b]) => (a < b ? -1 : 1));
  if (errors.length > 0) {
    const { AggregateCreateNodesError } = await import("@nx/devkit");
    throw new AggregateCreateNodesError(errors, results);
  }
  return results;
}

/** A manifest is named after its folder; any other YAML file in a module is not one. */
const MANIFEST = /\/([^/]+)\/\1\.yml$/;

const isManifest = (file: string): boolean => MANIFEST.test(file);

/** What is the same for all manifests. */
interface Inference {
  readonly options: NormalizedPluginOptions;
  readonly seesLockfile: boolean;
  readonly context: CreateNodesContext;
}

function createNode(file: string, type: string, { options, seesLockfile, context }: Inference): CreateNodesResult {
  const root = posix.dirname(file);
  const project: ProjectConfiguration = {
    root,
    projectType: "application",
    sourceRoot: `${root}/src`,
    tags: [`ooneex:${type}`],
    targets: buildTargets(options, type, seesLockfile),
    metadata: {
      technologies: ["bun"],
      targetGroups: {
        Service: [options.buildTargetName, options.serveTargetName],
        Image: [options.dockerBuildTargetName, options.dockerRunTargetName, options.dockerPushTargetName],
        Deployment: [options.deployTargetName],
      },
    },
  };
  return { projects: { [root]: hasOwnName(root, context) ? project : { ...project, name: posix.basename(root) } } };
}

/** A project that Nx does not name by itself, one made by hand with a manifest alone, is named after its folder. */
function hasOwnName(root: string, context: CreateNodesContext): boolean {
  return ["package.json", "project.json"].some((name) => existsSync(`${context.workspaceRoot}/${root}/${name}`));
}
