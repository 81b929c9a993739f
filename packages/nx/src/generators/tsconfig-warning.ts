import type { Tree } from "@nx/devkit";

/**
 * Warns where Nx cannot tell what changes in the root tsconfig.json. It compares the file as plain JSON (`calculateFileChanges`
 * in Nx 22 to 24), and takes one with comments or trailing commas to have changed as a whole.
 */
export function readTsconfigWarnings(tree: Tree): string[] {
  const text = tree.read("tsconfig.json", "utf8");
  if (text === null || isPlainJson(text)) return [];
  return [
    "tsconfig.json holds comments or trailing commas, which Nx cannot compare: each change in it, a new service's alias " +
      "included, affects every project. Without them, a new service affects only itself and the app",
  ];
}

function isPlainJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
