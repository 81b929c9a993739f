import { readdir, readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";

/**
 * The names of the services in a workspace. They carry the code of whoever builds them, since an image is named after its
 * service and the engine is one for all: what one subject builds must never be there already for the next.
 */
export interface ServiceNames {
  /** The services whose images are built. */
  readonly built: readonly string[];
  /** One that is in the workspace and whose image is not built. */
  readonly other: string;
}

/** The code that the workspace is generated with, and copied from. */
export const GENERATED = "xx";

/** Names of so many services of a subject, such as `svcxx01`. */
export function nameServices(code: string, built: number): ServiceNames {
  return { built: Array.from({ length: built }, (_, index) => nameService(code, index)), other: `svc${code}other` };
}

/** Name of a service that is added in a round. */
export function nameNewService(code: string, round: number): string {
  return `svc${code}new${round}`;
}

function nameService(code: string, index: number): string {
  return `svc${code}${String(index + 1).padStart(2, "0")}`;
}

/** Gives the services of a generated workspace another code, wherever they are named. node_modules wants an install after it. */
export async function renameServices(root: string, code: string): Promise<void> {
  const pattern = new RegExp(`(svc)${GENERATED}`, "gi");
  const replace = (text: string) =>
    text.replace(pattern, (whole: string, stem: string) => stem + (whole === whole.toUpperCase() ? code.toUpperCase() : code));
  for (const path of await listFiles(root)) {
    const text = await readFile(path, "utf8");
    const renamed = replace(text);
    if (renamed !== text) await writeFile(path, renamed);
  }
  await renameEntries(root, replace);
}

const LEFT_ALONE = new Set(["node_modules", ".git", ".nx"]);

async function listFiles(folder: string): Promise<string[]> {
  const entries = (await readdir(folder, { withFileTypes: true })).filter(({ name }) => !LEFT_ALONE.has(name));
  const lists = entries.map(async (entry) => {
    const path = join(folder, entry.name);
    return entry.isDirectory() ? listFiles(path) : [path];
  });
  return (await Promise.all(lists)).flat();
}

async function renameEntries(folder: string, replace: (text: string) => string): Promise<void> {
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    if (LEFT_ALONE.has(entry.name)) continue;
    const path = join(folder, entry.name);
    if (entry.isDirectory()) await renameEntries(path, replace);
    if (replace(entry.name) !== entry.name) await rename(path, join(folder, replace(entry.name)));
  }
}
