import type { Workspace } from "../../../e2e/workspace/workspace.js";

/** A change of a workspace that `makeAcme` made, and the images that it has to rebuild. */
export interface Change {
  readonly title: string;
  apply(workspace: Workspace): Promise<void>;
  /** Services, by their folder's name. */
  readonly rebuilds: readonly string[];
}

export const CHANGES: readonly Change[] = [
  {
    title: "own source",
    rebuilds: ["billing"],
    apply: (workspace) => append(workspace, "modules/billing/src/domain.ts", 'Reflect.set(globalThis, "change", 1);\n'),
  },
  {
    title: "a shared file, imported by one service",
    rebuilds: ["billing"],
    apply: (workspace) => append(workspace, "modules/shared/src/identifiers.ts", 'Reflect.set(globalThis, "change", 1);\n'),
  },
  {
    title: "the root manifest: a dependency that nobody imports",
    rebuilds: [],
    apply: async (workspace) => {
      await workspace.run(["bun", "add", "--exact", "is-number@7.0.0"]);
    },
  },
];

async function append(workspace: Workspace, path: string, text: string): Promise<void> {
  await workspace.write(path, `${await workspace.read(path)}${text}`);
}
