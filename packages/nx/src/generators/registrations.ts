import type { Tree } from "@nx/devkit";
import { APP_YML, declareMicroservice, readMicroservices, withdrawMicroservice } from "../workspace/app-yml.js";
import { addCommitScope, COMMITLINT_FILES, removeCommitScope } from "../workspace/commit-scopes.js";
import { flattenEnv, resolveEnvFile, setEnvVariable, unsetEnvVariable } from "../workspace/env-yml.js";
import type { ModuleNames } from "../workspace/names.js";
import { addPathAlias, removePathAlias } from "../workspace/path-aliases.js";

const APP_ROOT = "modules/app";
const APP_ENV_EXAMPLE = `${APP_ROOT}/.env.example.yml`;
const TSCONFIG = "tsconfig.json";

/** What is to become of a shared file: its new text, `undefined` where the file goes. */
export interface FileEdit {
  /** Workspace-relative path. */
  readonly path: string;
  readonly text: string | undefined;
}

/** What the shared files need to know of a service. */
interface Registrant {
  readonly names: ModuleNames;
  /** TCP port in development. */
  readonly port: number;
}

/** What one shared file says of a service. Text in, text out: `undefined` stands for no file. */
interface Registration {
  /** Workspace-relative path. */
  readonly path: string;
  readonly add: (text: string | undefined, port: number) => string | undefined;
  /** The exact inverse of `add`. */
  readonly remove: (text: string) => string | undefined;
}

/** What of a module the shared files are to know. */
type Registrations = (tree: Tree, names: ModuleNames) => Registration[];

/**
 * Plans how every shared file that the workspace has learns of a service.
 *
 * @returns the files that change
 * @throws OoneexNxError where one of them has to be mended first
 */
export function planRegistration(tree: Tree, registrant: Registrant): FileEdit[] {
  return [...planDeclaration(tree, registrant), ...planMembership(tree, registrant.names)];
}

/**
 * Plans how every shared file forgets a service: the exact inverse of {@link planRegistration}.
 *
 * @returns the files that change
 * @throws OoneexNxError where one of them has to be mended first
 */
export function planWithdrawal(tree: Tree, names: ModuleNames): FileEdit[] {
  return [...planRetraction(tree, names), ...planDeparture(tree, names)];
}

/** Plans how the app learns of a service: its declaration, and the variable that leads to it. Else as {@link planRegistration}. */
export function planDeclaration(tree: Tree, { names, port }: Registrant): FileEdit[] {
  return planAdditions(tree, names, listDeclarations, port);
}

/** The exact inverse of {@link planDeclaration}. */
export function planRetraction(tree: Tree, names: ModuleNames): FileEdit[] {
  return planRemovals(tree, names, listDeclarations);
}

/** Plans how the workspace learns of a module of any kind: its path alias and its commit scope. Else as {@link planRegistration}. */
export function planMembership(tree: Tree, names: ModuleNames): FileEdit[] {
  return planAdditions(tree, names, listMemberships, 0);
}

/** The exact inverse of {@link planMembership}. */
export function planDeparture(tree: Tree, names: ModuleNames): FileEdit[] {
  return planRemovals(tree, names, listMemberships);
}

/** Carries a plan out. */
export function applyEdits(tree: Tree, edits: readonly FileEdit[]): void {
  for (const { path, text } of edits) {
    if (text === undefined) tree.delete(path);
    else tree.write(path, text);
  }
}

function planAdditions(tree: Tree, names: ModuleNames, list: Registrations, port: number): FileEdit[] {
  return planEdits(tree, list(tree, names), ({ add }, text) => add(text, port));
}

function planRemovals(tree: Tree, names: ModuleNames, list: Registrations): FileEdit[] {
  return planEdits(tree, list(tree, names), ({ remove }, text) => (text === undefined ? undefined : remove(text)));
}

function planEdits(
  tree: Tree,
  registrations: readonly Registration[],
  edit: (registration: Registration, text: string | undefined) => string | undefined,
): FileEdit[] {
  return registrations.flatMap((registration) => {
    const { path } = registration;
    const before = read(tree, path);
    const text = edit(registration, before);
    return text === before ? [] : [{ path, text }];
  });
}

function listDeclarations(tree: Tree, names: ModuleNames): Registration[] {
  return [...(tree.exists(APP_ROOT) ? [appDeclaration(names)] : []), ...appEnvironments(tree, names)];
}

function listMemberships(tree: Tree, names: ModuleNames): Registration[] {
  return [
    ...(tree.exists(TSCONFIG) ? [pathAlias(names)] : []),
    ...COMMITLINT_FILES.filter((path) => tree.exists(path)).map((path) => commitScope(path, names)),
  ];
}

function appDeclaration(names: ModuleNames): Registration {
  return {
    path: APP_YML,
    add: (text) => declareMicroservice(text, { name: names.kebab, url: names.variable }),
    remove: (text) => withdrawMicroservice(text, names.kebab),
  };
}

/** The file that the app reads on this machine, and the committed example that the next machine starts from. */
function appEnvironments(tree: Tree, names: ModuleNames): Registration[] {
  const { variable, isShared } = readDeclaredVariable(tree, names);
  return variable === undefined
    ? []
    : listEnvFiles(tree).map((path) => ({
        path,
        add: (text, port) => setEnvVariable(text ?? "", variable, localUrl(port), undefined, path),
        remove: (text) => (isShared ? text : unsetEnvVariable(text, variable, path)),
      }));
}

/**
 * Lists the entries of a service that lead elsewhere than the generator wrote: a person's, who is asked before they go.
 *
 * @returns `file (variable)` for each
 */
export function listOwnEntries(tree: Tree, names: ModuleNames, port: number): string[] {
  const { variable, isShared } = readDeclaredVariable(tree, names);
  if (variable === undefined || isShared) return [];
  return listEnvFiles(tree)
    .filter((path) => {
      const value = flattenEnv(read(tree, path) ?? "", path).get(variable);
      return value !== undefined && value !== localUrl(port);
    })
    .map((path) => `${path} (${variable})`);
}

/** The variable by which the app reaches a service: the one that app.yml names, else the service's own. */
export function readUrlVariable(tree: Tree, names: ModuleNames): string {
  return readDeclaredVariable(tree, names).variable ?? names.variable;
}

function localUrl(port: number): string {
  return `http://localhost:${port}`;
}

function listEnvFiles(tree: Tree): string[] {
  const files = [resolveEnvFile((path) => tree.exists(path)), APP_ENV_EXAMPLE];
  return files.filter((path): path is string => path !== undefined && tree.exists(path));
}

interface DeclaredVariable {
  /** `undefined` where the declaration names none. */
  readonly variable: string | undefined;
  /** Whether another service is declared with the same one, which then outlives this one. */
  readonly isShared: boolean;
}

/** A service that is declared by hand may take its URL from a variable of another name. */
function readDeclaredVariable(tree: Tree, names: ModuleNames): DeclaredVariable {
  const text = read(tree, APP_YML);
  const declared = text === undefined ? [] : readMicroservices(text);
  const variable = declared.find(({ name }) => name === names.kebab)?.url ?? names.variable;
  return {
    variable: /^[A-Z_][A-Z0-9_]*$/.test(variable) ? variable : undefined,
    isShared: declared.some(({ name, url }) => name !== names.kebab && url === variable),
  };
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
