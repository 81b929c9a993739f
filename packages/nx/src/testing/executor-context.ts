import type { ExecutorContext } from "@nx/devkit";

/**
 * Makes the context that Nx runs an executor in, for the project `@module/<folder's name>`.
 *
 * @param root - absolute path of the workspace
 * @param projectRoot - workspace-relative
 */
export function createExecutorContext(root: string, projectRoot = "modules/billing"): ExecutorContext {
  const name = `@module/${projectRoot.slice(projectRoot.lastIndexOf("/") + 1)}`;
  return {
    root,
    cwd: root,
    isVerbose: false,
    projectName: name,
    targetName: "docker-build",
    projectsConfigurations: { version: 2, projects: { [name]: { root: projectRoot } } },
    nxJsonConfiguration: {},
    projectGraph: { nodes: {}, dependencies: {} },
  };
}
