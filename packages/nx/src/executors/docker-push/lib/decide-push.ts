import type { ExecutorContext } from "@nx/devkit";
import type { Builder } from "../../../image/build-plan.js";
import { readPluginRegistry } from "../../../image/plugin-registry.js";
import { tagInRegistry } from "../../../image/store/registry-store.js";
import { detectOrAssume } from "../../detect-or-assume.js";
import { type BuildWorkspace, openBuildWorkspace } from "../../docker-build/lib/build-workspace.js";
import { finishBuild } from "../../docker-build/lib/finish-build.js";
import { describeUpToDate, type UpToDate } from "../../docker-build/lib/look-up.js";
import { passOver } from "../../docker-build/lib/pass-over.js";
import { prepareBuild, readRepository } from "../../docker-build/lib/prepare-build.js";
import type { DockerBuildOptions } from "../../docker-build/schema.js";
import { readProject } from "../../project.js";
import type { DockerPushOptions } from "../schema.js";
import { writesRegistryCache } from "./cache-driver.js";
import { findUnderFixedTags } from "./fixed-tags.js";
import { REGISTRY_VARIABLE, resolveRepository } from "./repository.js";
import { resolvePush } from "./resolve-push.js";
import { readRevision, requireClean, type Revision } from "./revision.js";

/** What the pushes of one process share. */
export interface PushWorkspace {
  readonly workspace: BuildWorkspace;
  readonly revision: Promise<Revision>;
  /** Milliseconds since 1970. */
  readonly now: number;
}

/** How a service's image comes into the registry. */
export type Decision =
  /** It is there, or there is none to push; `line` says so. */
  | { readonly is: "done"; readonly line: string }
  /** These options build and push it. */
  | { readonly is: "build"; readonly options: DockerBuildOptions };

/** Opens the workspace that an executor runs in. */
export function openPushWorkspace(context: ExecutorContext): PushWorkspace {
  return { workspace: openBuildWorkspace(context), revision: readRevision(context.root), now: Date.now() };
}

/**
 * Decides how a service's image comes into the registry, and gives one that is there its names.
 *
 * @param context - of the project
 * @throws OoneexNxError `TREE_DIRTY`, `REVISION_MISSING`, `REGISTRY_MISSING`, `TAG_TAKEN`, `REGISTRY_SILENT`, and what
 *   preparing the build throws
 */
export async function decidePush(options: DockerPushOptions, context: ExecutorContext, shared: PushWorkspace): Promise<Decision> {
  const project = readProject(context);
  const build = readBuildOptions(options, context);
  const { workspace, now } = shared;
  const passedOver = passOver(build, project, workspace);
  if (passedOver !== undefined) return { is: "done", line: passedOver };

  const revision = await shared.revision;
  if (options.allowDirty !== true) requireClean(revision);
  const repository = resolveRepository(
    {
      repositories: [options.repository, build.repository, readRepository(project, workspace)],
      registries: [options.registry, process.env[REGISTRY_VARIABLE], readPluginRegistry(context.nxJsonConfiguration)],
    },
    project,
  );
  const writesCache = options.registryCache === true && (await writesRegistryCache(build.builder, workspace.ask));
  const { build: pushed, fixed } = resolvePush(options, { build, imageName: project.imageName, repository, revision, writesCache });
  if (options.force === true || options.dryRun === true) return { is: "build", options: pushed };

  const builder: Builder = await detectOrAssume(pushed, workspace.ask);
  const prepared = await prepareBuild(pushed, project, { workspace, builder, now });
  const found = await findUnderFixedTags(prepared, fixed);
  if (found === undefined) return { is: "build", options: pushed };
  // A name that it has stays as it is, to the byte. An image that has gone since it was found is built.
  const missing = prepared.references.filter((reference) => !found.references.includes(reference));
  if ((await tagInRegistry(found.image, missing)) !== undefined) return { is: "build", options: pushed };
  const upToDate: UpToDate = { digest: found.image.digest, store: "registry" };
  await finishBuild(prepared, pushed, { found: upToDate, isBuilt: false, builder, root: context.root });
  return { is: "done", line: describeUpToDate(prepared, upToDate) };
}

/**
 * How the image is built is said once, in the target that builds it. As Nx runs that target: in the configuration that was
 * asked for where it has one of that name, else in its own default one.
 */
function readBuildOptions(
  { buildTarget = "docker-build" }: DockerPushOptions,
  { projectName = "", configurationName = "", projectsConfigurations }: ExecutorContext,
): DockerBuildOptions {
  const target = projectsConfigurations.projects[projectName]?.targets?.[buildTarget];
  const configurations = target?.configurations as Readonly<Record<string, DockerBuildOptions>> | undefined;
  const configuration = configurations?.[configurationName] ?? configurations?.[target?.defaultConfiguration ?? ""];
  return { ...(target?.options as DockerBuildOptions | undefined), ...configuration };
}
