import { mkdtemp } from "node:fs/promises";
import { join } from "node:path";
import { buildEnvironment } from "../../../e2e/workspace/environment.js";
import { makeWorkspace } from "../../../e2e/workspace/make-workspace.js";
import { copyTemplate, type WorkspaceHost } from "../../../e2e/workspace/template.js";
import { openWorkspace, type Workspace } from "../../../e2e/workspace/workspace.js";
import { buildAliases, type SyntheticSize, writeModules } from "./synthetic.js";

/** What a workspace has among its plugins. */
export const GRAPH_SUBJECTS = ["nx", "empty plugin", "@nx/docker", "@ooneex/nx"] as const;
export type GraphSubject = (typeof GRAPH_SUBJECTS)[number];

/** Whose figures the others' are multiples of. */
export const NX_ALONE: GraphSubject = "nx";
export const GRAPH_PLUGIN: GraphSubject = "@ooneex/nx";

/** The version of `@nx/docker` that goes with the workspace's Nx. */
const NX_DOCKER_VERSION = "23.2.1";

/** What any plugin costs: Nx runs each in a process of its own and sends it the workspace's files. */
export const EMPTY_PLUGIN = "empty plugin" satisfies GraphSubject;
const EMPTY_PACKAGE = "empty-plugin";

const PLUGINS: Readonly<Record<GraphSubject, readonly string[]>> = {
  nx: [],
  [EMPTY_PLUGIN]: [EMPTY_PACKAGE],
  "@nx/docker": ["@nx/docker"],
  "@ooneex/nx": ["@ooneex/nx"],
};

/** A subject in a workspace of its own. */
export interface GraphContender {
  readonly subject: GraphSubject;
  readonly typescript: TypeScriptLine;
  readonly workspace: Workspace;
}

/** With 7, Nx cannot analyse imports, and is told not to; with 6 it does so for every subject. */
export type TypeScriptLine = "6" | "7";

export interface ContenderOptions extends SyntheticSize {
  readonly subjects: readonly GraphSubject[];
  readonly typescript: TypeScriptLine;
}

/** Makes the same workspace for each subject. They differ in the list of plugins alone; all have the same installed. */
export async function makeContenders(host: WorkspaceHost, options: ContenderOptions): Promise<GraphContender[]> {
  const template = await makeWorkspace(host, { typescript: options.typescript });
  await editJson(template, "package.json", (manifest) => {
    Object.assign(manifest["devDependencies"] as object, { "@ooneex/nx": "*", "@nx/docker": NX_DOCKER_VERSION });
  });
  await template.write("tsconfig.json", `${JSON.stringify({ compilerOptions: { paths: buildAliases(options) } }, null, 2)}\n`);
  await writeModules(template.root, options);
  await template.run(["bun", "install"]);
  await writeEmptyPlugin(template);
  // Git would pack so many files behind our back, while they are copied.
  await template.run(["git", "config", "gc.auto", "0"]);
  await template.commit("chore: modules");

  const contenders: GraphContender[] = [];
  for (const subject of options.subjects) {
    const root = await mkdtemp(join(host.root, "graph-"));
    await copyTemplate(template.root, root);
    const workspace = openWorkspace(root, await buildEnvironment(root, host.root, "1.4"));
    await editJson(workspace, "nx.json", (nxJson) => {
      nxJson["plugins"] = PLUGINS[subject];
      const analyzeSourceFiles = options.typescript === "6";
      nxJson["pluginsConfig"] = { "@nx/js": { analyzeSourceFiles, projectsAffectedByDependencyUpdates: "auto" } };
    });
    contenders.push({ subject, typescript: options.typescript, workspace });
  }
  await template.dispose();
  return contenders;
}

async function writeEmptyPlugin(workspace: Workspace): Promise<void> {
  const write = (file: string, text: string) => workspace.write(`node_modules/${EMPTY_PACKAGE}/${file}`, text);
  await write("package.json", JSON.stringify({ name: EMPTY_PACKAGE, version: "1.0.0", type: "module", main: "index.js" }));
  await write(
    "index.js",
    'export const createNodes = ["modules/*/*.yml", async () => []];\nexport const createDependencies = async () => [];\n',
  );
}

async function editJson(workspace: Workspace, file: string, edit: (json: Record<string, unknown>) => void): Promise<void> {
  const json = JSON.parse(await workspace.read(file)) as Record<string, unknown>;
  edit(json);
  await workspace.write(file, `${JSON.stringify(json, null, 2)}\n`);
}
