import { realpathSync } from "node:fs";
import { join, posix, relative, sep } from "node:path";
import { OoneexNxError } from "../../../errors.js";

/**
 * Refuses a workspace whose folder is a symbolic link, where files of it are in a build. They belong to the folder behind the
 * link, and what they import to the workspace: `bun install` makes it a package by its link's path, and for Nx there is none.
 *
 * @param root - absolute path of the workspace root
 * @param folders - of the workspaces in bun.lock, workspace-relative
 * @param files - of the build, where they really are; a package.json that is not one of Nx's projects is among them
 * @throws OoneexNxError `WORKSPACE_LINKED`
 */
export function refuseLinkedWorkspaces(root: string, folders: Iterable<string>, files: readonly string[]): void {
  const strangers = new Set(files.filter((path) => posix.basename(path) === "package.json").map((path) => posix.dirname(path)));
  strangers.delete(".");
  if (strangers.size === 0) return;
  for (const folder of folders) {
    const real = readRealPath(root, folder);
    if (real === undefined || real === folder || !strangers.has(real)) continue;
    throw new OoneexNxError({
      code: "WORKSPACE_LINKED",
      what: `the workspace ${folder} is a symbolic link to ${real}, whose packages a pruned build cannot tell from those of others`,
      where: folder,
      remedy: `list ${real} under workspaces in package.json instead and run bun install, or build from everything with --prune=false`,
    });
  }
}

function readRealPath(root: string, folder: string): string | undefined {
  try {
    return relative(realpathSync(root), realpathSync(join(root, folder))).split(sep).join("/");
  } catch {
    return undefined;
  }
}
