import { parse } from "jsonc-parser";
import { makeWorkspace } from "../workspace/make-workspace.js";
import type { WorkspaceOptions } from "../workspace/manifest.js";
import type { WorkspaceHost } from "../workspace/template.js";
import type { Workspace } from "../workspace/workspace.js";
import { append, editJson, type NxJson, type PackageJson, SERVICES, type TsconfigJson } from "./change.js";

/** A workspace to try changes in, one after the other. */
export interface ChangesWorkspace extends Workspace {
  /** Takes back what a change did: files, ignored ones included, and installed packages. */
  readonly restore: () => Promise<void>;
}

/**
 * What the services are made from beside what the generator writes:
 *
 * - `ledger` reaches two files of `shared`, through one of them the npm package nanoid, and the workspace package `@acme/money`
 * - `alerts` reaches a file of `shared`, another by `import()`, the types of a third, and the npm package ms
 * - `parcels` reaches `carriers` and through it `zones`, there also through a barrel, and the npm packages kind-of and
 *   pad-right, the latter of which needs repeat-string
 *
 * Nobody reaches `shared/src/colors.ts`, `ledger/src/draft.ts`, the workspace package `@acme/tax` and the npm package
 * isobject.
 */
const FILES: Readonly<Record<string, readonly string[]>> = {
  "modules/shared/src/clock.ts": ["export const year = (date: Date) => date.getUTCFullYear();"],
  "modules/shared/src/holidays.ts": ['export const holidays = ["01-01", "05-01"];'],
  "modules/shared/src/severity.ts": ['export type Severity = "info" | "fatal";'],
  "modules/shared/src/colors.ts": ['export const red = "#f00";'],
  "modules/ledger/src/domain.ts": [
    'import { format } from "@acme/money";',
    'import { year } from "@module/shared/clock";',
    'import { createIdentifier } from "@module/shared/identifiers";',
    "",
    "export const invoice = (cents: number, date: Date) => ({",
    '  id: `${year(date)}-${createIdentifier("invoice")}`,',
    '  total: format(cents, "EUR"),',
    "});",
  ],
  "modules/ledger/src/draft.ts": ["export const draft = true;"],
  "modules/alerts/src/domain.ts": [
    'import { year } from "@module/shared/clock";',
    'import type { Severity } from "@module/shared/severity";',
    'import ms from "ms";',
    "",
    "export async function schedule(severity: Severity, date: Date) {",
    '  const { holidays } = await import("@module/shared/holidays");',
    '  return { year: year(date), holidays, retryAfter: ms(severity === "fatal" ? "1m" : "5m") };',
    "}",
  ],
  "modules/carriers/src/quote.ts": [
    'import { surcharge } from "@module/zones/surcharge";',
    "",
    "export const quote = (grams: number) => grams * 2 + surcharge(grams);",
  ],
  "modules/zones/src/surcharge.ts": ["export const surcharge = (grams: number) => (grams > 5_000 ? 300 : 0);"],
  "modules/zones/src/zone-of.ts": ['export const zoneOf = (country: string) => (country === "FR" ? "domestic" : "world");'],
  "modules/zones/src/index.ts": ['export * from "./zone-of";'],
  "modules/parcels/src/domain.ts": [
    'import { quote } from "@module/carriers/quote";',
    'import { zoneOf } from "@module/zones/index";',
    'import kindOf from "kind-of";',
    'import padRight from "pad-right";',
    "",
    "export const label = (country: string, grams: number) =>",
    '  `${padRight(zoneOf(country), 10, " ")}${quote(grams)} ${kindOf(grams)}`;',
  ],
  "libs/tax/package.json": ['{ "name": "@acme/tax", "version": "0.0.1", "private": true, "type": "module", "exports": "./src/index.ts" }'],
  "libs/tax/src/index.ts": ["export const rate = 20;"],
};

const DESK = [
  "const provided = (_desk: unknown): void => undefined;",
  "",
  "@provided",
  "export class Desk {",
  "  public constructor(public readonly opened: Date) {}",
  "}",
];

const PACKAGES = { isobject: "^3.0.0", "kind-of": "^6.0.2", "pad-right": "0.2.2" };

/**
 * Makes a workspace with the plugin, three services and an app without a Dockerfile, committed.
 *
 * tsconfig.json is plain JSON, since Nx cannot compare another. The packages of this run come from a registry on this
 * machine, so image builds use its network.
 */
export async function makeChangesWorkspace(
  host: WorkspaceHost,
  options: WorkspaceOptions = {},
  variables: Readonly<Record<string, string>> = {},
): Promise<ChangesWorkspace> {
  const workspace = await makeWorkspace(host, options, variables);
  const tsconfig: unknown = parse(await workspace.read("tsconfig.json"));
  await workspace.write("tsconfig.json", `${JSON.stringify(tsconfig, null, 2)}\n`);
  await editJson<PackageJson>(workspace, "package.json", (json) => {
    json.dependencies = { ...json.dependencies, ...PACKAGES };
  });
  await workspace.run(["nx", "add", "@ooneex/nx"]);
  for (const name of SERVICES) await workspace.run(["nx", "g", "@ooneex/nx:microservice", name]);
  for (const name of ["carriers", "zones"]) await addLibraryModule(workspace, name);
  for (const [path, lines] of Object.entries(FILES)) await workspace.write(path, `${lines.join("\n")}\n`);
  for (const name of SERVICES) await useDomain(workspace, name);
  await workspace.write("modules/ledger/README.md", "# Ledger\n");
  await workspace.write(".github/workflows/ci.yml", "on: push\n");
  await editJson<NxJson>(workspace, "nx.json", ({ targetDefaults }) => {
    targetDefaults["docker-build"] = { options: { network: "host" } };
  });
  await workspace.run(["bun", "install"]);
  await workspace.commit("feat: three services");
  return { ...workspace, restore: await rememberState(workspace) };
}

/** A module that other modules import and that does not run by itself. */
async function addLibraryModule(workspace: Workspace, name: string): Promise<void> {
  const root = `modules/${name}`;
  await workspace.write(`${root}/package.json`, `${JSON.stringify({ name: `@module/${name}`, version: "0.0.1", private: true }, null, 2)}\n`);
  await workspace.write(`${root}/${name}.yml`, 'type: "module"\n');
  await editJson<TsconfigJson>(workspace, "tsconfig.json", ({ compilerOptions }) => {
    compilerOptions.paths[`@module/${name}/*`] = [`./${root}/src/*`];
  });
}

/**
 * Makes `domain.ts` part of the bundle, by the service's only controller, and a class whose decorator asks for the types of
 * its constructor, which a compiler option adds.
 */
async function useDomain(workspace: Workspace, service: string): Promise<void> {
  const controller = `modules/${service}/src/controllers/HealthController.ts`;
  await workspace.write(`modules/${service}/src/desk.ts`, `${DESK.join("\n")}\n`);
  const imports = ['import * as desk from "../desk";', 'import * as domain from "../domain";', ""];
  await workspace.write(controller, `${imports.join("\n")}${await workspace.read(controller)}`);
  await append(workspace, controller, "\nObject.assign(HealthController, { desk, domain });\n");
}

/** What git does not know has to be remembered: the local environment of each service, and what is installed. */
async function rememberState(workspace: Workspace): Promise<() => Promise<void>> {
  const { stdout } = await workspace.run(["git", "ls-files", "--others", "--ignored", "--exclude-standard", "*.env.yml"]);
  const paths = stdout.split("\n").filter((path) => path.endsWith(".env.yml") && !path.startsWith("node_modules/"));
  const environments = await Promise.all(paths.map(async (path) => [path, await workspace.read(path)] as const));
  return async () => {
    const installed = await workspace.run(["git", "status", "--porcelain", "--untracked-files=all", "*package.json", "bun.lock"]);
    await workspace.run(["git", "reset", "--quiet", "--hard", "HEAD"]);
    await workspace.run(["git", "clean", "--quiet", "-ffdx", "--exclude=node_modules", "--exclude=.nx"]);
    for (const [path, text] of environments) await workspace.write(path, text);
    if (installed.stdout !== "") await workspace.run(["bun", "install", "--frozen-lockfile"]);
  };
}
