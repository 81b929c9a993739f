import type { Workspace } from "../../../e2e/workspace/workspace.js";

/** A change of a workspace that `makeAcme` made, and the images that it has to rebuild. */
export interface Change {
  readonly title: string;
  readonly apply: (workspace: Workspace) => Promise<void>;
  /** Services, by their folder's name. */
  readonly rebuilds: readonly string[];
}

const EDIT = 'Reflect.set(globalThis, "change", 1);\n';

const addUnrelated: Change["apply"] = async (workspace) => {
  await workspace.run(["bun", "add", "--exact", "is-number@7.0.0"]);
};

export const CHANGES: readonly Change[] = [
  { title: "own source", rebuilds: ["billing"], apply: append("modules/billing/src/domain.ts", EDIT) },
  { title: "a shared file that one service imports", rebuilds: ["billing"], apply: append("modules/shared/src/identifiers.ts", EDIT) },
  { title: "package.json: a dependency that nobody imports", rebuilds: [], apply: addUnrelated },
];

function append(path: string, text: string): Change["apply"] {
  return async (workspace) => workspace.write(path, `${await workspace.read(path)}${text}`);
}
