import { logger } from "@nx/devkit";
import { spawnSync } from "node:child_process";

/** How long the formatter may take, in milliseconds. */
const TIMEOUT = 60_000;

/**
 * Lays a new workspace out as its own Biome wants it: create-nx-workspace has written files of it too, and Nx itself formats
 * with other tools only.
 *
 * @param root - absolute path of the workspace, with its packages installed
 */
export function formatWorkspace(root: string): void {
  const argv = ["x", "biome", "format", "--write", "."];
  const { status } = spawnSync("bun", argv, { cwd: root, stdio: "ignore", timeout: TIMEOUT });
  if (status !== 0) logger.warn("Some files are not laid out as Biome wants them. Run: bun run format");
}
