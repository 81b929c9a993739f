import { parse } from "jsonc-parser";
import { makeWorkspace } from "./workspace/make-workspace.js";
import type { WorkspaceOptions } from "./workspace/manifest.js";
import type { WorkspaceHost } from "./workspace/template.js";
import type { Workspace } from "./workspace/workspace.js";

/**
 * Makes a workspace with the plugin and three services, committed:
 *
 * - `billing` imports a file of `shared`, the workspace package `@acme/money`, and through `shared` the npm package nanoid
 * - `notifications` imports the npm package ms
 * - `order-history` imports nothing but the framework
 *
 * The app imports `shared`. tsconfig.json is plain JSON, since Nx cannot compare another, unless `comments` says so.
 */
export async function makeAcme(
  host: WorkspaceHost,
  { comments = false, ...options }: WorkspaceOptions & { comments?: boolean } = {},
): Promise<Workspace> {
  const workspace = await makeWorkspace(host, options);
  if (!comments) {
    const tsconfig: unknown = parse(await workspace.read("tsconfig.json"));
    await workspace.write("tsconfig.json", `${JSON.stringify(tsconfig, null, 2)}\n`);
  }
  await workspace.run(["nx", "add", "@ooneex/nx"]);
  for (const name of ["billing", "notifications", "order history"]) {
    await workspace.run(["nx", "g", "@ooneex/nx:microservice", name]);
  }
  await use(workspace, "billing", [
    'import { format } from "@acme/money";',
    'import { createIdentifier } from "@module/shared/identifiers";',
    "",
    "export const invoice = (cents: number) => ({ id: createIdentifier(\"invoice\"), total: format(cents, \"EUR\") });",
  ]);
  await use(workspace, "notifications", ['import ms from "ms";', "", 'export const retryAfter = ms("5m");']);
  await workspace.commit("feat: three services");
  return workspace;
}

/** Writes a file of a service that its health controller imports, so that it is part of the bundle. */
async function use(workspace: Workspace, service: string, lines: readonly string[]): Promise<void> {
  const controller = `modules/${service}/src/controllers/HealthController.ts`;
  await workspace.write(`modules/${service}/src/domain.ts`, `${lines.join("\n")}\n`);
  await workspace.write(controller, `export * as domain from "../domain";\n${await workspace.read(controller)}`);
}
