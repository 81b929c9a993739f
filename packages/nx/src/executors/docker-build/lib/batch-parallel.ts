import { availableParallelism } from "node:os";

/** What Nx runs at once where nothing is said. */
const DEFAULT = 3;

/** More commands at once than this make no image earlier. */
const MOST = 10;

/**
 * Reads how many builds may run at once where they cannot be one. A batch is not told what `--parallel` says; the variable
 * NX_PARALLEL and the `parallel` of nx.json it can read, each a number or a share of the cores such as `50%`.
 */
export function readParallel(env: NodeJS.ProcessEnv, nxJson: { readonly parallel?: number | string }): number {
  const text = String(env["NX_PARALLEL"] ?? nxJson.parallel ?? DEFAULT);
  const [, digits, percent] = /^(\d+)(%?)$/.exec(text.trim()) ?? [];
  if (digits === undefined) return DEFAULT;
  const count = percent === "%" ? Math.floor((availableParallelism() * Number(digits)) / 100) : Number(digits);
  return Math.min(Math.max(count, 1), MOST);
}
