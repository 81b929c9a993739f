import { OoneexNxError } from "../../../errors.js";
import { APP_YML, readMicroservices } from "../../../workspace/app-yml.js";
import { flattenEnv } from "../../../workspace/env-yml.js";
import { MODULES_ROOT } from "../../../workspace/names.js";
import { type Deployable, readDeployables, type WorkspaceReader } from "../../../workspace/service-model.js";
import type { ServeOptions } from "../schema.js";

/** One process of a served workspace. */
export interface ServedProcess {
  /** Folder of its module. */
  readonly name: string;
  /** Workspace-relative folder that it runs in: the runtime reads the environment and the roles of its working directory. */
  readonly root: string;
  readonly argv: readonly [string, ...string[]];
  /** What it gets on top of this process's environment. Its own `.env.yml` has the last word. */
  readonly env: Readonly<Record<string, string>>;
  /** Host on which it can be asked. */
  readonly host: string;
  /** TCP port that it listens on. */
  readonly port: number;
}

/** What is started, in two steps. */
export interface ServePlan {
  readonly services: readonly ServedProcess[];
  /** The API, once all services listen. */
  readonly app: ServedProcess;
  /** Services that app.yml declares and the workspace does not have. */
  readonly absent: readonly string[];
}

const APP_PORT = 3000;
const WILDCARDS = new Set(["0.0.0.0", "::", ""]);

/**
 * Says what is started for an API.
 *
 * @param root - workspace-relative folder of the API
 * @throws OoneexNxError `PORT_MISSING`, `PORT_DUPLICATE`, or where a file cannot be read
 */
export function resolveServePlan(options: ServeOptions, root: string, workspace: WorkspaceReader): ServePlan {
  const deployables = readDeployables(workspace);
  const own = deployables.find((module) => module.names.root === root);
  const declared = options.withServices === true ? readDeclared(root, workspace) : [];
  const found = declared.flatMap(({ name, url }) => {
    const module = deployables.find(({ names, type }) => names.kebab === name && type === "microservice");
    return module === undefined ? [] : [{ url, service: planProcess(module, ["bun", "--watch", "src/index.ts"], workspace) }];
  });
  const services = found.map(({ service }) => service);
  const addresses = Object.fromEntries(found.map(({ url, service }) => [url, `http://localhost:${service.port}`]));
  const argv = ["bun", "--watch", ...(options.args ?? []), "src/index.ts"] as const;
  const { env, ...app } = planProcess(own ?? { names: { kebab: root.slice(root.lastIndexOf("/") + 1), root }, port: APP_PORT }, [...argv], workspace);
  refuseDuplicates([...services, { ...app, env }]);
  const names = new Set(services.map(({ name }) => name));
  return { services, app: { ...app, env: { ...addresses, ...env } }, absent: declared.flatMap(({ name }) => (names.has(name) ? [] : [name])) };
}

function readDeclared(root: string, workspace: WorkspaceReader): { name: string; url: string }[] {
  const text = root === `${MODULES_ROOT}/app` ? workspace.read(APP_YML) : undefined;
  return text === undefined ? [] : readMicroservices(text);
}

type Served = Pick<Deployable, "port"> & { readonly names: Pick<Deployable["names"], "kebab" | "root"> };

/** On a fresh clone there is no `.env.yml`, and the example stands for it. */
function planProcess({ names: { kebab, root }, port: known }: Served, argv: [string, ...string[]], workspace: WorkspaceReader): ServedProcess {
  const local = workspace.read(`${root}/.env.yml`);
  const path = `${root}/${local === undefined ? ".env.example.yml" : ".env.yml"}`;
  const variables = flattenEnv(workspace.read(path) ?? "", path);
  const port = Number(variables.get("PORT") ?? known);
  if (!Number.isInteger(port) || port < 1) {
    throw new OoneexNxError({ code: "PORT_MISSING", what: `${kebab} has no port to be served on`, where: `${root}/${kebab}.yml`, remedy: "nx sync gives it one" });
  }
  const host = variables.get("HOST_NAME") ?? "";
  return {
    name: kebab,
    root,
    argv,
    env: { ...(local === undefined ? Object.fromEntries(variables) : {}), PORT: String(port) },
    host: WILDCARDS.has(host) ? "localhost" : host,
    port,
  };
}

function refuseDuplicates(processes: readonly ServedProcess[]): void {
  for (const [index, { name, port, root }] of processes.entries()) {
    const rival = processes.slice(0, index).find((other) => other.port === port);
    if (rival === undefined) continue;
    throw new OoneexNxError({
      code: "PORT_DUPLICATE",
      what: `${rival.name} and ${name} are both on port ${port}`,
      where: `${root}/${name}.yml`,
      remedy: "nx g @ooneex/nx:doctor --fix=port-duplicate",
    });
  }
}
