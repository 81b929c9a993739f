import { readJson, readNxJson, type Tree } from "@nx/devkit";
import { imageVariable } from "../../../deployment/compose-block.js";
import type { ComposeRequest } from "../../../deployment/compose-file.js";
import { readDeploymentPlaces, requireComposeFile } from "../../../deployment/places.js";
import { OoneexNxError } from "../../../errors.js";
import type { CallFact } from "../../../topology/model.js";
import { type Deployable, IMAGE_PORT, readDeployables } from "../../../workspace/service-model.js";
import { readFacts } from "../../topology/lib/read-facts.js";
import { readTree } from "../../tree-reader.js";
import type { ComposeOptions } from "../schema.js";

/** A compose file that is to be written, with every option resolved. */
export interface Composition {
  /** Workspace-relative path. */
  readonly file: string;
  readonly request: ComposeRequest;
  /** What keeps a service from starting, one sentence each. */
  readonly notices: readonly string[];
}

/** Name of a variable as app.yml may hold it. What is none reaches no process, and could be more than a name in a compose file. */
const VARIABLE = /^[A-Z_][A-Z0-9_]*$/;

/**
 * Reads the workspace's services and fills in what the user left out.
 *
 * @throws OoneexNxError `COMPOSE_EMPTY` where nothing can be deployed, `SERVICE_MISSING` for a name in `publish` that is none,
 *   `PATH_ILLEGAL` for a file outside of the workspace, and as reading the workspace's files does
 */
export function resolveComposition(tree: Tree, options: ComposeOptions): Composition {
  const file = options.file === undefined ? readDeploymentPlaces(readNxJson(tree) ?? {}).composeFile : requireComposeFile(options.file, "--file");
  const deployables = readDeployables(readTree(tree));
  if (deployables.length === 0 && !tree.exists(file)) {
    throw new OoneexNxError({
      code: "COMPOSE_EMPTY",
      what: "no module of the workspace runs as a process of its own",
      where: "modules/*/*.yml",
      remedy: "create a service first: nx g @ooneex/nx:microservice billing",
    });
  }
  const publish = new Set((options.publish ?? []).flatMap((names) => names.split(",")));
  for (const name of publish) requireService(name, deployables);
  const { calls } = readFacts(tree);
  const services = deployables.map((deployable) => describeService(deployable, deployables, calls));
  return {
    file,
    request: { project: readProjectName(tree), publish, datastores: options.datastores, services },
    notices: deployables.filter(({ hasDockerfile }) => !hasDockerfile).map(({ names }) => {
      return `${names.root} has no Dockerfile, so nothing here builds its image. Say which one it runs with ${imageVariable(names.kebab)}.`;
    }),
  };
}

/** The workspace's name as compose takes one: lower-case letters, digits, - and _, with one of the first two in front. */
function readProjectName(tree: Tree): string | undefined {
  const { name } = tree.exists("package.json") ? readJson<{ name?: unknown }>(tree, "package.json") : {};
  const project = typeof name === "string" ? name.replace(/^@.*\//, "").toLowerCase().replaceAll(/[^a-z0-9_-]+/g, "-").replace(/^[_-]+/, "") : "";
  return project === "" ? undefined : project;
}

/** A service with the variables of those it calls: what app.yml declares for the app, what its source or example names for any. */
function describeService({ names, port }: Deployable, deployables: readonly Deployable[], calls: readonly CallFact[]): ComposeRequest["services"][number] {
  const outgoing = calls.filter(({ from, to, variable }) => from === names.kebab && to !== from && VARIABLE.test(variable));
  const urls = deployables.flatMap((target) => outgoing.filter(({ to }) => to === target.names.kebab).map(({ variable, to }) => [variable, to] as const));
  return { name: names.kebab, image: names.snake, port: port ?? IMAGE_PORT, urls: new Map(urls) };
}

function requireService(name: string, deployables: readonly Deployable[]): void {
  const services = deployables.map(({ names }) => names.kebab);
  if (services.includes(name)) return;
  throw new OoneexNxError({
    code: "SERVICE_MISSING",
    what: `there is no service ${JSON.stringify(name)} in the workspace`,
    where: "--publish",
    remedy: `name one of ${services.join(", ")}`,
  });
}
