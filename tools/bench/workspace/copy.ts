import { mkdtemp } from "node:fs/promises";
import { join } from "node:path";
import { buildEnvironment } from "../../../e2e/workspace/environment.js";
import { copyTemplate, type WorkspaceHost } from "../../../e2e/workspace/template.js";
import { openWorkspace, type Workspace } from "../../../e2e/workspace/workspace.js";
import { renameServices } from "./service-names.js";

/** Copies a workspace into an empty folder, without what Nx has remembered of it. */
export async function copyWorkspace(from: string, to: string): Promise<void> {
  await copyTemplate(from, to);
  await openWorkspace(to, {}).remove(".nx");
}

/**
 * Copies a generated workspace for one subject, whose services get its code.
 *
 * @param path - what to make of the PATH of its processes
 */
export async function openCopy(
  from: string,
  host: WorkspaceHost,
  code: string,
  path: (path: string) => string,
): Promise<Workspace> {
  const root = await mkdtemp(join(host.root, `bench-${code}-`));
  await copyWorkspace(from, root);
  await renameServices(root, code);
  const environment = await buildEnvironment(root, host.root, "1.4");
  const workspace = openWorkspace(root, { ...environment, PATH: path(environment["PATH"] ?? ""), BUILDKIT_PROGRESS: "plain" });
  await workspace.run(["bun", "install"]);
  return workspace;
}
