import type { Tree } from "@nx/devkit";
import { declareMicroservice, readMicroservices, withdrawMicroservice } from "../../../workspace/app-yml.js";
import { addCommitScope, COMMITLINT_FILES, removeCommitScope } from "../../../workspace/commit-scopes.js";
import { resolveEnvFile, setEnvVariable, unsetEnvVariable } from "../../../workspace/env-yml.js";
import type { ModuleNames } from "../../../workspace/names.js";
import { addPathAlias, removePathAlias } from "../../../workspace/path-aliases.js";

const APP_ROOT = "modules/app";
const APP_MANIFEST = `${APP_ROOT}/app.yml`;
const APP_ENV_EXAMPLE = `${APP_ROOT}/.env.example.yml`;
const TSCONFIG = "tsconfig.json";

/** What a shared file says of a service. Text in, text out: `undefined` stands for no file. */
interface Registration {
  /** Workspace-relative path. */
  readonly path: string;
  readonly add: (text: string | undefined) => string | undefined;
  /** The exact inverse of `add`. */
  readonly remove: (text: string) => string | undefined;
}

/** Enters a service into every shared file that the workspace has. */
export function registerService(tree: Tree, service: { readonly names: ModuleNames; readonly port: number }): void {
  for (const { path, add } of listRegistrations(tree, service.names, service.port)) {
    edit(tree, path, add(read(tree, path)));
  }
}

/** Takes a service out of every shared file again. */
export function unregisterService(tree: Tree, names: ModuleNames): void {
  for (const { path, remove } of listRegistrations(tree, names, 0)) {
    const text = read(tree, path);
    if (text !== undefined) edit(tree, path, remove(text));
  }
}

function listRegistrations(tree: Tree, names: ModuleNames, port: number): Registration[] {
  return [
    ...(tree.exists(APP_ROOT) ? [appDeclaration(names)] : []),
    ...appEnvironments(tree, names, port),
    ...(tree.exists(TSCONFIG) ? [pathAlias(names)] : []),
    ...COMMITLINT_FILES.filter((path) => tree.exists(path)).map((path) => commitScope(path, names)),
  ];
}

function appDeclaration(names: ModuleNames): Registration {
  return {
    path: APP_MANIFEST,
    add: (text) => declareMicroservice(text, { name: names.kebab, url: names.variable }),
    remove: (text) => withdrawMicroservice(text, names.kebab),
  };
}

/** The file that the app reads on this machine, and the committed example that the next machine starts from. */
function appEnvironments(tree: Tree, names: ModuleNames, port: number): Registration[] {
  const variable = readDeclaredVariable(tree, names);
  if (variable === undefined) return [];
  const files = [resolveEnvFile((path) => tree.exists(path)), APP_ENV_EXAMPLE];
  return files
    .filter((path) => path !== undefined && tree.exists(path))
    .map((path) => ({
      path: path as string,
      add: (text) => setEnvVariable(text ?? "", variable, `http://localhost:${port}`, undefined, path as string),
      remove: (text) => unsetEnvVariable(text, variable, path as string),
    }));
}

/** A service that is declared by hand may take its URL from a variable of another name. */
function readDeclaredVariable(tree: Tree, names: ModuleNames): string | undefined {
  const text = read(tree, APP_MANIFEST);
  const declared = text === undefined ? undefined : readMicroservices(text).find(({ name }) => name === names.kebab);
  const variable = declared?.url ?? names.variable;
  return /^[A-Z_][A-Z0-9_]*$/.test(variable) ? variable : undefined;
}

function pathAlias({ alias, root }: ModuleNames): Registration {
  return {
    path: TSCONFIG,
    add: (text) => addPathAlias(text ?? "", alias, `./${root}/src/*`, TSCONFIG),
    remove: (text) => removePathAlias(text, alias, TSCONFIG),
  };
}

function commitScope(path: string, { kebab }: ModuleNames): Registration {
  return {
    path,
    add: (text) => addCommitScope(text ?? "", kebab, path).text,
    remove: (text) => removeCommitScope(text, kebab, path).text,
  };
}

function read(tree: Tree, path: string): string | undefined {
  return tree.read(path, "utf8") ?? undefined;
}

function edit(tree: Tree, path: string, text: string | undefined): void {
  const before = read(tree, path);
  if (text === before) return;
  if (text === undefined) tree.delete(path);
  else tree.write(path, text);
}
