import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** What the plugin keeps for itself in a workspace. Every build leaves Nx's folder out, and `nx reset` does not empty this one. */
export const OWN_FOLDER = ".nx/ooneex";

/**
 * Makes that folder, and sees that git leaves it out: of `.nx`, Nx itself enters only folders of its own into .gitignore.
 *
 * @param root - absolute path of the workspace
 * @returns its absolute path
 * @throws where the file system refuses the folder
 */
export function makeOwnFolder(root: string): string {
  const folder = join(root, OWN_FOLDER);
  mkdirSync(folder, { recursive: true });
  try {
    writeFileSync(join(folder, ".gitignore"), "*\n", { flag: "wx" });
  } catch {
    // It is there already, or the disk is full, which whoever writes next says.
  }
  return folder;
}
