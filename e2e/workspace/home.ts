import { mkdtemp, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { WorkspaceHost } from "./template.js";

/** A home folder whose .npmrc sends the plugin's and the framework's scopes to the local registry, for npm and Bun alike. */
export async function makeHome(host: WorkspaceHost): Promise<string> {
  const home = await mkdtemp(join(host.root, "home-"));
  await writeFile(join(home, ".npmrc"), buildNpmrc(host));
  return home;
}

export function buildNpmrc(host: WorkspaceHost): string {
  const scopes = ["@ooneex", "@talosjs"].map((scope) => `${scope}:registry=${host.registry}`);
  return [`registry=${host.upstream}`, ...scopes, ""].join("\n");
}
