import type { Workspace } from "../../../e2e/workspace/workspace.js";
import { isSynthetic } from "./synthetic.js";

/** The edges of a graph that start in one of the synthetic modules, each as `source target type`. */
export type Edges = ReadonlySet<string>;

const FILE = "graph.json";

interface GraphFile {
  readonly graph: { readonly dependencies: Readonly<Record<string, readonly { source: string; target: string; type: string }[]>> };
}

/**
 * Reads the edges of a workspace's graph.
 *
 * @throws Error where there are not even as many as modules, each of which imports others
 */
export async function readEdges(workspace: Workspace, modules: number): Promise<Edges> {
  await workspace.run(["nx", "graph", `--file=${FILE}`]);
  const { graph } = JSON.parse(await workspace.read(FILE)) as GraphFile;
  await workspace.remove(FILE);
  const edges = Object.values(graph.dependencies).flat().filter(({ source }) => isSynthetic(source));
  if (edges.length < modules) throw new Error(`the graph in ${workspace.root} has ${edges.length} edges for ${modules} modules`);
  return new Set(edges.map(({ source, target, type }) => `${source} ${target} ${type}`));
}

/** Counts the edges that only one of two graphs has. */
export function countUnlike(left: Edges, right: Edges): number {
  const only = (edges: Edges, others: Edges) => [...edges].filter((edge) => !others.has(edge)).length;
  return only(left, right) + only(right, left);
}
