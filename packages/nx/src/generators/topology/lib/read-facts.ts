import { readJson, type Tree } from "@nx/devkit";
import { basename } from "node:path";
import { DATASTORE_VARIABLE } from "../../../topology/datastores.js";
import type { CallFact, ProcessFacts, TopologyFacts } from "../../../topology/model.js";
import { APP_YML, readMicroservices } from "../../../workspace/app-yml.js";
import { type Deployable, readDeployables, readModules } from "../../../workspace/service-model.js";
import { readTree } from "../../tree-reader.js";
import { findMentions, type Mention } from "./mentions.js";

/** A service's URL variable, as the framework's command and this plugin name it. */
const URL_VARIABLE = /^MICROSERVICE_([A-Z][A-Z0-9_]*)_URL$/;

/**
 * Reads what runs in a workspace and who calls whom, from what is committed: manifests, app.yml, env examples and source.
 *
 * Source of a module that runs in the app counts for the app.
 *
 * @throws OoneexNxError as the readers of those files do
 */
export function readFacts(tree: Tree): TopologyFacts {
  const workspace = readTree(tree);
  const deployables = readDeployables(workspace);
  const app = deployables.find(({ names }) => names.kebab === "app") ?? deployables.find(({ type }) => type === "api");
  const text = workspace.read(APP_YML);
  const declared = text === undefined ? [] : readMicroservices(text);

  const owners = new Map(declared.map(({ name, url }) => [url, name]));
  for (const { type, names } of deployables) if (type === "microservice" && !owners.has(names.variable)) owners.set(names.variable, names.kebab);
  const ownerOf = (variable: string): string | undefined => owners.get(variable) ?? URL_VARIABLE.exec(variable)?.[1]?.toLowerCase().replaceAll("_", "-");

  const own = new Set(deployables.map(({ names }) => names.kebab));
  const mentions = readModules(workspace).flatMap(({ names }): Mention[] => {
    const process = own.has(names.kebab) ? names.kebab : app?.names.kebab;
    return process === undefined ? [] : findMentions(tree, `${names.root}/src`, [...owners.keys()]).map((mention) => ({ ...mention, process }));
  });
  const calls: CallFact[] = [
    ...(app === undefined ? [] : declared.map(({ name, url }) => ({ from: app.names.kebab, to: name, variable: url, file: APP_YML }))),
    ...deployables.flatMap(({ names, type, environment }) =>
      // The app's example holds the address of every service that is declared, and may hold that of one which is gone.
      type === "api" ? [] : [...environment.keys()].map((variable) => ({ process: names.kebab, variable, file: `${names.root}/.env.example.yml` })),
    ).concat(mentions).flatMap(({ process, variable, file }) => {
      const to = ownerOf(variable);
      return to === undefined || to === process ? [] : [{ from: process, to, variable, file }];
    }),
  ];

  const missing = [...new Set(calls.map(({ to }) => to))].filter((name) => !own.has(name));
  return {
    title: readTitle(tree),
    processes: [
      ...deployables.map((deployable) => describe(deployable, mentions)),
      ...missing.map((name): ProcessFacts => {
        const declaration = declared.find((service) => service.name === name);
        return { name, kind: "missing", port: undefined, urlVariable: declaration?.url ?? calls.find(({ to }) => to === name)?.variable, isDeclared: declaration !== undefined, image: undefined, environment: new Map() };
      }),
    ],
    calls,
  };
}

function describe({ names, type, port, urlVariable, hasDockerfile, environment }: Deployable, mentions: readonly Mention[]): ProcessFacts {
  const read = mentions.filter(({ process, variable }) => process === names.kebab && variable.match(DATASTORE_VARIABLE) !== null);
  return {
    name: names.kebab,
    kind: type,
    port,
    urlVariable: urlVariable ?? (type === "api" ? undefined : names.variable),
    isDeclared: urlVariable !== undefined,
    image: hasDockerfile ? `${names.snake}:latest` : undefined,
    environment: new Map([...read.map(({ variable }) => [variable, ""] as const), ...environment]),
  };
}

function readTitle(tree: Tree): string {
  const name = tree.exists("package.json") ? readJson<{ name?: unknown }>(tree, "package.json").name : undefined;
  return typeof name === "string" && name !== "" ? name : basename(tree.root);
}
