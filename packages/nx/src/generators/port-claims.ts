import type { Tree } from "@nx/devkit";
import { isPortSource, type PortClaim, readPorts } from "../workspace/ports.js";
import { walkFiles } from "./walk-files.js";

/** Reads every port that some file of the workspace claims, files that git leaves out included. */
export function readPortClaims(tree: Tree): PortClaim[] {
  return readPorts(
    walkFiles(tree)
      .filter(isPortSource)
      .map((path) => ({ path, text: tree.read(path, "utf8") ?? "" })),
  );
}
