import { mkdirSync, renameSync, writeFileSync } from "node:fs";
import { dirname, resolve } from "node:path";

/**
 * Makes the folder of a file that an engine is to write: it does so at the very end of a build, and fails the build where the
 * folder is missing.
 *
 * @param root - absolute path of the workspace
 * @param path - workspace-relative or absolute
 * @returns absolute path of the file
 */
export function prepareOutputFile(root: string, path: string): string {
  const target = resolve(root, path);
  mkdirSync(dirname(target), { recursive: true });
  return target;
}

/** Writes a value as JSON, and the file as a whole, so that nobody reads half of it. */
export function writeOutputFile(root: string, path: string, value: object): void {
  const target = prepareOutputFile(root, path);
  const draft = `${target}.${process.pid}`;
  writeFileSync(draft, `${JSON.stringify(value, null, 2)}\n`);
  renameSync(draft, target);
}
