import { mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { OoneexNxError } from "../../../errors.js";

/**
 * Makes the folder of a file that an engine is to write: it does so at the very end of a build, and fails the build where the
 * folder is missing.
 *
 * @param root - absolute path of the workspace
 * @param path - workspace-relative or absolute
 * @returns absolute path of the file
 * @throws OoneexNxError `OUTPUT_UNWRITABLE`
 */
export function prepareOutputFile(root: string, path: string): string {
  const target = resolve(root, path);
  attempt(root, path, () => mkdirSync(dirname(target), { recursive: true }));
  return target;
}

/**
 * Writes a value as JSON, and the file as a whole, so that nobody reads half of it.
 *
 * @throws OoneexNxError `OUTPUT_UNWRITABLE`
 */
export function writeOutputFile(root: string, path: string, value: object): void {
  const target = prepareOutputFile(root, path);
  const draft = `${target}.${process.pid}`;
  attempt(root, path, () => {
    try {
      writeFileSync(draft, `${JSON.stringify(value, null, 2)}\n`);
      renameSync(draft, target);
    } finally {
      rmSync(draft, { force: true });
    }
  });
}

function attempt(root: string, path: string, write: () => void): void {
  try {
    write();
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    throw new OoneexNxError({
      code: "OUTPUT_UNWRITABLE",
      what: `a file that the options ask for cannot be written: ${message.replaceAll(`${root}/`, "")}`,
      where: path,
      remedy: "make room for it, or name a file in a folder that you may write to",
    });
  }
}
