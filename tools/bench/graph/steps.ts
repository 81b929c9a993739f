import type { Workspace } from "../../../e2e/workspace/workspace.js";
import { sourceFile } from "./synthetic.js";

/** One command in the life of a workspace: what happened before it. */
export interface GraphStep {
  readonly row: string;
  readonly prepare: (workspace: Workspace, round: number) => Promise<void>;
}

/** The command that all of them time. */
export const COMMAND = ["nx", "show", "projects"] as const;

export const COLD_GRAPH = "graph: cold";
export const WARM_GRAPH = "graph: nothing changed";
export const ONE_FILE = "graph: one file changed";
const ALL_EDGES = "graph: all edges again";

/** Ending of the rows that hold the time within a plugin alone. */
export const IN_PLUGIN = ", in the plugin";

/** How many edges the plugin draws, and how many of them Nx does not, or Nx draws and the plugin does not. */
export const ALL_DRAWN = "graph: edges";
export const UNLIKE_EDGES = "graph: edges unlike Nx's own";

/** In an order in which each starts from what the one before has left. */
export const STEPS: readonly GraphStep[] = [
  {
    row: COLD_GRAPH,
    prepare: reset,
  },
  { row: WARM_GRAPH, prepare: () => Promise.resolve() },
  {
    row: ONE_FILE,
    prepare: changeFile,
  },
  // As after a change of the lockfile or of an alias: Nx keeps no edge, and what else was remembered is there.
  { row: ALL_EDGES, prepare: forgetEdges },
];

async function reset(workspace: Workspace): Promise<void> {
  await workspace.run(["nx", "reset"]);
}

async function changeFile(workspace: Workspace, round: number): Promise<void> {
  const file = sourceFile(1, 0);
  await workspace.write(file, `${await workspace.read(file)}export const round${round} = ${round};\n`);
}

async function forgetEdges(workspace: Workspace): Promise<void> {
  await workspace.remove(".nx/workspace-data/file-map.json");
}
