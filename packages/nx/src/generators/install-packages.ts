import { installPackagesTask, type PackageManager, type Tree } from "@nx/devkit";
import { OoneexNxError } from "../errors.js";

/**
 * Brings the lockfile up to date with the workspace's packages. An image is installed from a lockfile that is.
 *
 * @param packageManager - by default the one that Nx finds in the workspace
 * @throws OoneexNxError `INSTALL_FAILED`; the files are written by then, and the package manager has said why
 */
export function installPackages(tree: Tree, packageManager?: PackageManager): void {
  try {
    installPackagesTask(tree, true, "", packageManager);
  } catch (error) {
    throw new OoneexNxError(
      {
        code: "INSTALL_FAILED",
        what: "the files are written, but the packages could not be installed, so the lockfile is out of date",
        where: "bun.lock",
        remedy: "mend what bun says above, then run: bun install",
      },
      { cause: error },
    );
  }
}
