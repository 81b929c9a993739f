import { mkdtemp, readdir } from "node:fs/promises";
import { join } from "node:path";
import { buildEnvironment } from "../../../e2e/workspace/environment.js";
import { makeWorkspace } from "../../../e2e/workspace/make-workspace.js";
import { copyTemplate, type WorkspaceHost } from "../../../e2e/workspace/template.js";
import { openWorkspace, type Workspace } from "../../../e2e/workspace/workspace.js";
import { writeEmptyGenerator } from "../measure/generator.js";
import { buildNames, type CloneNames, registerClones } from "./clones.js";

/** Names of the module and of the service that the others are made from. They are what the plugin's generators write. */
const MODULE_SEED = "xmodule";
const SERVICE_SEED = "xservice";

/** How many of the modules are services, of so many. */
const SERVICES_OF_TEN = 3;

/** The workspace with the plugin, and the same one with a list of plugins that is empty. */
export type ScaleSubject = "plugin" | "nx";

/** Base of `nx affected` from which one service has changed, and from which every module has. */
export const ONE_CHANGED = "HEAD~1";
export const ALL_CHANGED = "HEAD~2";

/** Makes a workspace with one module and one service, and with what the preset adds: its packages come once for all sizes. */
export async function makeSeed(host: WorkspaceHost): Promise<Workspace> {
  const seed = await makeWorkspace(host);
  await seed.run(["nx", "add", "@ooneex/nx"]);
  await seed.run(["nx", "g", "@ooneex/nx:preset"]);
  await seed.run(["nx", "g", "@ooneex/nx:module", MODULE_SEED]);
  await seed.run(["nx", "g", "@ooneex/nx:microservice", SERVICE_SEED]);
  await seed.commit("feat: a module and a service");
  return seed;
}

/**
 * Makes a workspace of so many modules, three in ten of them services, by writing the seed's again under other names: to have
 * each of a thousand made by its generator would take an hour. Every service calls the next one, and every module
 * imports a file of the next one. The last commit changes a file of one service.
 */
export async function growWorkspace(seed: Workspace, host: WorkspaceHost, modules: number, subject: ScaleSubject): Promise<Workspace> {
  const root = await mkdtemp(join(host.root, `scale-${modules}-`));
  await copyTemplate(seed.root, root);
  const workspace = openWorkspace(root, await buildEnvironment(root, host.root, "1.4"));
  const services = (modules * SERVICES_OF_TEN) / 10;
  if (subject === "nx") await removePlugins(workspace);
  await writeEmptyGenerator(workspace);
  await cloneModule(workspace, SERVICE_SEED, services, writeService);
  await cloneModule(workspace, MODULE_SEED, modules - services, writeModule);
  await workspace.run(["bun", "install"]);
  await workspace.commit(`feat: ${modules} modules`);
  const source = `modules/${nameClone(SERVICE_SEED, 1)}/src/calls.ts`;
  await workspace.write(source, `${await workspace.read(source)}export const changed = true;\n`);
  await workspace.commit("fix: one service");
  return workspace;
}

async function removePlugins(workspace: Workspace): Promise<void> {
  const json = JSON.parse(await workspace.read("nx.json")) as Record<string, unknown>;
  await workspace.write("nx.json", `${JSON.stringify({ ...json, plugins: [] }, null, 2)}\n`);
}

type WriteSource = (workspace: Workspace, name: string, next: string, index: number) => Promise<void>;

async function cloneModule(workspace: Workspace, seed: string, count: number, writeSource: WriteSource): Promise<void> {
  const names = Array.from({ length: count }, (_, index) => nameClone(seed, index + 1));
  const files = await listFiles(workspace, `modules/${seed}`);
  const texts = await Promise.all(files.map(async (path) => [path, await workspace.read(path)] as const));
  for (const [index, name] of names.entries()) {
    const replace = buildNames(seed, name, index + 1);
    await Promise.all(texts.map(([path, text]) => workspace.write(replace(path), replace(text))));
    await writeSource(workspace, name, names[(index + 1) % count] ?? name, index);
  }
  await workspace.remove(`modules/${seed}`);
  await registerClones(workspace, seed, names.map((name, index): CloneNames => ({ name, replace: buildNames(seed, name, index + 1) })));
}

async function writeService(workspace: Workspace, name: string, next: string): Promise<void> {
  const variable = `MICROSERVICE_${next.toUpperCase()}_URL`;
  await workspace.write(`modules/${name}/src/calls.ts`, `export const call = () => fetch(new URL("/api", process.env.${variable}));\n`);
}

async function writeModule(workspace: Workspace, name: string, next: string, index: number): Promise<void> {
  const text = [
    'import { createIdentifier } from "@module/shared/identifiers";',
    `import { value as next } from "@module/${next}/value";`,
    "",
    `export const value = ${index};`,
    `export const describe = () => createIdentifier(\`${name}-\${next}\`);`,
    "",
  ];
  await workspace.write(`modules/${name}/src/value.ts`, text.join("\n"));
}

async function listFiles(workspace: Workspace, folder: string): Promise<string[]> {
  const entries = await readdir(join(workspace.root, folder), { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name).slice(workspace.root.length + 1));
}

/** Name of a module by its number, from 1. */
function nameClone(seed: string, index: number): string {
  return `${seed}${String(index).padStart(4, "0")}`;
}
