import { ONE_PROCESS } from "../workspace/environment.js";
import type { Workspace } from "../workspace/workspace.js";

/**
 * Lists the services whose docker-build task `nx affected` would run for what has changed since the last commit, sorted by
 * name. An app without a Dockerfile has the task too, and no image.
 */
export async function listAffected(workspace: Workspace): Promise<string[]> {
  const { stdout } = await workspace.run(
    ["nx", "show", "projects", "--affected", "--with-target=docker-build", "--base=HEAD", "--json"],
    // A process of its own for each plugin takes longer than all that is asked for.
    { env: ONE_PROCESS },
  );
  const names = (JSON.parse(stdout) as string[]).map((project) => project.replace(/^@module\//, ""));
  return names.filter((name) => workspace.exists(`modules/${name}/Dockerfile`)).sort();
}
