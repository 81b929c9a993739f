import { mkdtemp } from "node:fs/promises";
import { join } from "node:path";
import { buildEnvironment } from "./environment.js";
import { DEFAULTS, type WorkspaceOptions } from "./manifest.js";
import { copyTemplate, makeTemplate, type WorkspaceHost } from "./template.js";
import { openWorkspace, type Workspace } from "./workspace.js";

/**
 * Makes an Ooneex workspace: files, installed dependencies, one commit.
 *
 * The first of its kind is made from nothing and kept as a template; the next ones are copies of that.
 *
 * @param variables - added to the environment of what runs in it
 */
export async function makeWorkspace(
  host: WorkspaceHost,
  options: WorkspaceOptions = {},
  variables: Readonly<Record<string, string>> = {},
): Promise<Workspace> {
  const kind = { ...DEFAULTS, ...options };
  const template = await makeTemplate(host, kind);
  const root = await mkdtemp(join(host.root, "workspace-"));
  await copyTemplate(template, root);
  return openWorkspace(root, { ...(await buildEnvironment(root, host.root, kind.bun)), ...variables });
}
