import type { Tree } from "@nx/devkit";
import { createTreeWithEmptyWorkspace } from "@nx/devkit/testing";
import { expect } from "vitest";
import { RUNTIME_PACKAGES } from "../generators/microservice/lib/warnings.js";

/** Workspace-relative path to text. */
export type Files = Readonly<Record<string, string>>;

/** An Ooneex workspace as its users have it: the API, a shared module, and every file that a service is entered into. */
export const OONEEX_WORKSPACE: Files = {
  "package.json": json({
    name: "acme",
    workspaces: ["modules/*"],
    dependencies: Object.fromEntries(RUNTIME_PACKAGES.map((name) => [`@ooneex/${name}`, "^1.0.0"])),
  }),
  "nx.json": json({ plugins: ["@ooneex/nx"], cli: { packageManager: "bun" } }),
  "tsconfig.json": json({
    compilerOptions: {
      paths: { "@module/app/*": ["./modules/app/src/*"], "@module/shared/*": ["./modules/shared/src/*"] },
    },
  }),
  ".commitlintrc.ts": 'export default { rules: { "scope-enum": [2, "always", ["common", "app", "shared"]] } };\n',
  "modules/app/app.yml": '# The API.\ntype: "api"\nlocales:\n  - en\n',
  "modules/app/.env.yml": 'app:\n  env: "local"\n  host: "127.0.0.1"\n  port: 3000\n',
  "modules/app/package.json": json({ name: "@module/app", version: "0.0.0" }),
  "modules/app/src/AppModule.ts":
    'import { SharedModule } from "@module/shared/SharedModule";\nexport const AppModule = SharedModule;\n',
  "modules/shared/shared.yml": 'type: "module"\n',
  "modules/shared/package.json": json({ name: "@module/shared", version: "0.0.0" }),
  "modules/shared/src/SharedModule.ts": "export const SharedModule = { entities: [] };\n",
};

/** {@link OONEEX_WORKSPACE} with some of its files written otherwise, or left out where the text is `undefined`. */
export function createWorkspace(files: Readonly<Record<string, string | undefined>> = {}): Tree {
  return createTree({ ...OONEEX_WORKSPACE, ...files });
}

/** Reads every file of a tree. Two trees are the same where this is equal. */
export function readFiles(tree: Tree, folder = ""): Files {
  const paths = tree.children(folder).map((child) => (folder === "" ? child : `${folder}/${child}`));
  const entries = paths.map((path) =>
    tree.isFile(path) ? { [path]: tree.read(path, "utf8") ?? "" } : readFiles(tree, path),
  );
  return Object.assign({}, ...entries) as Files;
}

/** The files that differ between two states of a workspace, with their text in the second one. */
export function readChanges(before: Files, after: Files): Readonly<Record<string, string | undefined>> {
  const paths = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort();
  return Object.fromEntries(paths.filter((path) => before[path] !== after[path]).map((path) => [path, after[path]]));
}

/** The workspace as the next command finds it, once a tree is written to the disk. */
export function flush(tree: Tree): Tree {
  return createTree(readFiles(tree));
}

/** Changes a file as its user would, and expects that there was something to change. */
export function editFile(tree: Tree, path: string, from: string | RegExp, to: string): void {
  const before = tree.read(path, "utf8") ?? "";
  const after = before.replace(from, to);
  expect(after).not.toBe(before);
  tree.write(path, after);
}

/** Runs a generator twice, and expects that the second run changes nothing. */
export async function expectIdempotent(tree: Tree, generate: (tree: Tree) => unknown): Promise<void> {
  await generate(tree);
  const first = readFiles(tree);
  const again = flush(tree);
  await generate(again);
  expect(readChanges(first, readFiles(again))).toEqual({});
}

/** Expects that a generator refuses with an error of that code, and leaves the workspace as it was. */
export async function expectRefusal(tree: Tree, generate: (tree: Tree) => unknown, error: object): Promise<void> {
  const before = readFiles(tree);
  await expect(Promise.resolve(tree).then(generate)).rejects.toMatchObject(error);
  expect(readChanges(before, readFiles(tree))).toEqual({});
}

function createTree(files: Readonly<Record<string, string | undefined>>): Tree {
  const tree = createTreeWithEmptyWorkspace({ formatter: "none" });
  for (const { path } of tree.listChanges()) if (files[path] === undefined) tree.delete(path);
  for (const [path, text] of Object.entries(files)) if (text !== undefined) tree.write(path, text);
  return tree;
}

function json(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
