import { getPackageManagerVersion, type Tree } from "@nx/devkit";

/** Version of the Bun that is on the PATH of the workspace, `undefined` where there is none. */
export function readInstalledBun(tree: Tree): string | undefined {
  try {
    return getPackageManagerVersion("bun", tree.root);
  } catch {
    return undefined;
  }
}
