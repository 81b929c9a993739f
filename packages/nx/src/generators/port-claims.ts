import type { Tree } from "@nx/devkit";
import { isPortSource, type PortClaim, readPorts } from "../workspace/ports.js";
import { walkFiles } from "./walk-files.js";

/** A file of a developer's own, which git usually leaves out. */
const ENV_FILE = /(?:^|\/)\.?env[^/]*$/;

/**
 * Reads every port that some file of the workspace claims, files that git leaves out included. Those come last, so that a
 * claim names a file that everybody has where one says the same.
 */
export function readPortClaims(tree: Tree): PortClaim[] {
  const paths = walkFiles(tree).filter(isPortSource);
  const isEnvFile = (path: string): boolean => ENV_FILE.test(path);
  const ordered = [...paths.filter((path) => !isEnvFile(path)), ...paths.filter(isEnvFile)];
  return readPorts(ordered.map((path) => ({ path, text: tree.read(path, "utf8") ?? "" })));
}
