import { mkdir, symlink } from "node:fs/promises";
import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";

/**
 * Makes a folder for the PATH that holds nothing but some of this machine's programs.
 *
 * @throws Error when one of them is not installed
 */
export async function linkPrograms(folder: string, names: readonly string[]): Promise<string> {
  await mkdir(folder, { recursive: true });
  for (const name of names) await symlink(findProgram(name), join(folder, name));
  return folder;
}

/**
 * Finds a program on this process's PATH.
 *
 * @returns its absolute path
 * @throws Error when it is not installed
 */
export function findProgram(name: string): string {
  const folders = (process.env["PATH"] ?? "").split(delimiter).filter((folder) => folder !== "");
  const found = folders.map((folder) => join(folder, name)).find(isExecutable);
  if (found === undefined) throw new Error(`${name} is not installed`);
  return found;
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
