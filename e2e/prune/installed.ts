import { existsSync, readFileSync, realpathSync } from "node:fs";
import { dirname, join } from "node:path";

interface InstalledManifest {
  readonly name: string;
  readonly version?: string;
  readonly dependencies?: Readonly<Record<string, string>>;
}

/**
 * Lists what an import reaches, each package with what its own dependencies mean to it, found as Node.js finds them: in
 * node_modules of each folder on the way up.
 *
 * @param from - absolute folder of the file that imports
 * @returns lines such as `express@4.18.1 > debug@2.6.9`, the first one the import itself
 */
export function listInstalled(root: string, from: string, name: string): string[] {
  const lines = new Set<string>();
  const visit = (folder: string, importer: string, dependency: string): void => {
    const found = findPackage(root, folder, dependency);
    const manifest = found === undefined ? undefined : readManifest(found);
    // A workspace's version is no business of an install.
    const isWorkspace = found !== undefined && !found.includes("node_modules");
    const version = isWorkspace ? "workspace" : (manifest?.version ?? "missing");
    const label = `${manifest?.name ?? dependency}@${version}`;
    const line = `${importer} > ${dependency} = ${label}`;
    if (lines.has(line)) return;
    lines.add(line);
    if (found === undefined || isWorkspace) return;
    for (const next of Object.keys(manifest?.dependencies ?? {})) visit(found, label, next);
  };
  visit(from, from.slice(root.length), name);
  return [...lines].sort();
}

/** @returns the real folder of the package, `undefined` where nothing has it */
export function findPackage(root: string, folder: string, name: string): string | undefined {
  for (let at = folder; at.startsWith(root); at = dirname(at)) {
    const candidate = join(at, "node_modules", name);
    if (existsSync(join(candidate, "package.json"))) return realpathSync(candidate);
    if (at === root) break;
  }
  return undefined;
}

function readManifest(folder: string): InstalledManifest {
  return JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as InstalledManifest;
}
