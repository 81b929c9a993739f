import { mkdtemp } from "node:fs/promises";
import { join } from "node:path";
import { parse } from "jsonc-parser";
import { makeWorkspace } from "../../../e2e/workspace/make-workspace.js";
import type { WorkspaceHost } from "../../../e2e/workspace/template.js";
import type { Workspace } from "../../../e2e/workspace/workspace.js";
import { copyWorkspace } from "./copy.js";
import { GENERATED, nameServices } from "./service-names.js";

/**
 * What an application's root manifest holds beside the framework: 100 MB of production dependencies, as measured in
 * real Ooneex workspaces. A service needs one or two of them.
 */
const DEPENDENCIES = ["date-fns@4.1.0", "ioredis@5.4.1", "pg@8.13.1", "stripe@17.4.0", "typeorm@0.3.20", "zod@3.24.1"];

/** What the services import, in turn: nothing, shared code and a workspace package, npm packages, all of it. */
const IMPORTS: readonly (readonly string[])[] = [
  [],
  [
    'import { format } from "@acme/money";',
    'import { createIdentifier } from "@module/shared/identifiers";',
    "",
    'export const invoice = (cents: number) => ({ id: createIdentifier("invoice"), total: format(cents, "EUR") });',
  ],
  ['import ms from "ms";', 'import { z } from "zod";', "", 'export const retryAfter = z.number().parse(ms("5m"));'],
  [
    'import { createIdentifier } from "@module/shared/identifiers";',
    'import { addDays } from "date-fns";',
    "",
    'export const due = () => ({ id: createIdentifier("due"), on: addDays(new Date(), 14) });',
  ],
];

/** Makes an empty workspace with the plugin and with {@link DEPENDENCIES}. */
export async function makeBase(host: WorkspaceHost): Promise<Workspace> {
  const base = await makeWorkspace(host);
  // Nx compares tsconfig.json as plain JSON, and takes a change in another to affect everything.
  await base.write("tsconfig.json", `${JSON.stringify(parse(await base.read("tsconfig.json")), null, 2)}\n`);
  await base.run(["nx", "add", "@ooneex/nx"]);
  await base.run(["bun", "add", "--exact", ...DEPENDENCIES]);
  await generate(base, nameServices(GENERATED, 0).other, 1);
  await base.commit("feat: a workspace");
  return base;
}

/**
 * Generates services until there are so many, and keeps a copy of the workspace as it is then.
 *
 * @returns the absolute path of the copy
 */
export async function growBase(base: Workspace, host: WorkspaceHost, services: number): Promise<string> {
  for (const [index, name] of nameServices(GENERATED, services).built.entries()) {
    if (!base.exists(`modules/${name}`)) await generate(base, name, index);
  }
  await base.commit(`feat: ${services} services`);
  const snapshot = await mkdtemp(join(host.root, `base-${services}-`));
  await copyWorkspace(base.root, snapshot);
  return snapshot;
}

async function generate(workspace: Workspace, name: string, index: number): Promise<void> {
  await workspace.run(["nx", "g", "@ooneex/nx:microservice", name]);
  await useImports(workspace, name, index);
}

/** Writes the file of a service that imports something, and that the bundle holds. */
export async function useImports(workspace: Workspace, name: string, index: number): Promise<void> {
  const controller = `modules/${name}/src/controllers/HealthController.ts`;
  const lines = IMPORTS[index % IMPORTS.length] ?? [];
  await workspace.write(`modules/${name}/src/domain.ts`, `${[...lines, `Reflect.set(globalThis, "domain", "${name}");`].join("\n")}\n`);
  await workspace.write(controller, `export * as domain from "../domain";\n${await workspace.read(controller)}`);
}
