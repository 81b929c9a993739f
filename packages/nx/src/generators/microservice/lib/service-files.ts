import { join } from "node:path";
import { renderFiles } from "../../render-files.js";
import type { Service } from "./service.js";

/** Where the framework serves the controllers of the generated entrypoint: its prefix, then the route's version. */
const ROUTE_PREFIX = "/api/v1";

/**
 * Renders the files that a service owns.
 *
 * @param type - what its manifest says that it is: the API is made of the same files as a microservice
 * @returns workspace-relative path to text; the same service always gives the same bytes
 */
export function renderServiceFiles(service: Service, type: "microservice" | "api" = "microservice"): ReadonlyMap<string, string> {
  const { names, framework, port, bunVersion, tags } = service;
  const healthRoute = resolveHealthRoute(service.healthPath);
  return renderFiles(join(import.meta.dirname, "..", "files"), names.root, {
    ...names,
    type,
    framework,
    port,
    bunVersion,
    tags,
    healthRoute,
    routeName: names.kebab,
    // Biome sorts imports by their paths, whatever their case.
    isModuleFirst: `${names.pascal}Module`.toLowerCase() < "onappstart",
    probes: renderList([...new Set([`${ROUTE_PREFIX}${healthRoute}`, service.healthPath])]),
    check: listBundleCheck(names.kebab),
    environment: renderEnvironment(port),
  });
}

/** A path that is written in full already, `/api/v1/health`, is the route `/health`. */
function resolveHealthRoute(healthPath: string): string {
  return healthPath.startsWith(`${ROUTE_PREFIX}/`) ? healthPath.slice(ROUTE_PREFIX.length) : healthPath;
}

/** A list of JavaScript strings that can stand inside a JSON string as it is. */
function renderList(paths: readonly string[]): string {
  return `[${paths.map((path) => `'${path}'`).join(", ")}]`;
}

/**
 * The program that looks for imports of the bundle that lead nowhere in the image, in lines that can stand between double
 * quotes in a shell. An import that is loaded with the bundle has to be there, and so has every package that is named as
 * external; a bundler leaves another one only where it stands inside of try and catch.
 */
function listBundleCheck(kebab: string): string[] {
  const remedy = `bun add ' + name + ', and name it under image.external of modules/${kebab}/${kebab}.yml`;
  return [
    "const { isBuiltin } = require('node:module'), external = (process.env.EXTERNAL ?? '').split(' '), missing = new Set();",
    "for (const file of new Bun.Glob('**/*.js').scanSync('/image/app/dist'))",
    "for (const { path, kind } of new Bun.Transpiler({ loader: 'js' }).scanImports(await Bun.file('/image/app/dist/' + file).text())) {",
    "  const name = path.split('/', path.startsWith('@') ? 2 : 1).join('/');",
    "  if (isBuiltin(path) || path === 'bun' || /^(bun:|[.]|[/])/.test(path)) continue;",
    "  if (kind !== 'import-statement' && !external.includes(name)) continue;",
    "  try { Bun.resolveSync(path, '/image/app/dist') } catch { missing.add(name) }",
    "}",
    "for (const name of missing) console.error('BUNDLE_INCOMPLETE: the bundle imports ' + name +",
    `  ', which the image does not hold; remedy: ${remedy}');`,
    "process.exit(missing.size > 0 ? 1 : 0);",
  ];
}

/** The environment that the runtime asks for, in the nested form that it flattens. An empty value is left out. */
function renderEnvironment(port: number): string {
  const redis = "redis://localhost:6379";
  return `app:
  env: "local"
  host: "localhost"
  port: ${port}

# The service's own Postgres: no other service reads or writes it.
database:
  url: ""

cache:
  redis:
    url: "${redis}"

pubsub:
  redis:
    url: "${redis}"

rate_limit:
  redis:
    url: "${redis}"
`;
}
