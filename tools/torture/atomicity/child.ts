import type fileSystem from "node:fs";
import { createRequire, syncBuiltinESMExports } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { flushChanges, FsTree } from "nx/src/generators/tree";
import type { Outcome, Run } from "./runs.js";

/**
 * A process of its own that runs generators as Nx does, on the built package: a tree, the generator, Nx's flush, the callback.
 * The n-th write to the workspace can be made to fail, or to be the last thing that the process does.
 */

const require = createRequire(import.meta.url);
// The one object that Nx's own modules call, which an import in this module would be a copy of.
const fs = require("node:fs") as typeof fileSystem;
const dist = join(import.meta.dirname, "../../../packages/nx/dist/generators");

const original = { writeFileSync: fs.writeFileSync };

let count = 0;
let current: Run | undefined;

watch("writeFileSync", (path, content) => {
  // What is on the disk when it is full, or when the process ends: the first half.
  const text = Buffer.from(content as string | Uint8Array);
  original.writeFileSync(path, text.subarray(0, Math.floor(text.length / 2)));
});
watch("rmSync", () => undefined);
watch("renameSync", () => undefined);
syncBuiltinESMExports();

for (const run of JSON.parse(process.argv[2] ?? "[]") as Run[]) console.log(JSON.stringify(await perform(run)));

async function perform(run: Run): Promise<Outcome> {
  count = 0;
  const { default: generate } = (await import(pathToFileURL(join(dist, run.generator, "generator.js")).href)) as {
    default: (tree: object, options: object) => Promise<(() => unknown) | undefined>;
  };
  current = run;
  try {
    const tree = new FsTree(run.root, false);
    const callback = await generate(tree, run.options);
    flushChanges(run.root, tree.listChanges());
    tree.lock();
    await callback?.();
    return { writes: count };
  } catch (error) {
    return { writes: count, error: String((error as { code?: string }).code ?? error) };
  } finally {
    current = undefined;
  }
}

function watch(name: "writeFileSync" | "rmSync" | "renameSync", tear: (path: string, content: unknown) => void): void {
  const call = fs[name] as (...args: unknown[]) => unknown;
  (fs as unknown as Record<string, unknown>)[name] = (...args: unknown[]): unknown => {
    const path = String(args[0]);
    if (current === undefined || !path.startsWith(current.root) || path.includes("ooneex-nx.lock")) return call(...args);
    count += 1;
    const { fault } = current;
    if (fault?.at !== count) return call(...args);
    // Once only: what cleans up afterwards has its way.
    if (fault.kind === "EACCES") throw Object.assign(new Error(`EACCES: permission denied, '${path}'`), { code: "EACCES" });
    tear(path, args[1]);
    if (fault.kind === "ENOSPC") throw Object.assign(new Error(`ENOSPC: no space left on device, '${path}'`), { code: "ENOSPC" });
    process.kill(process.pid, fault.kind);
    return call(...args);
  };
}
