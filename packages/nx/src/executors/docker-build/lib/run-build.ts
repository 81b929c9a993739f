import { mkdirSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { buildCommands } from "../../../image/build-command.js";
import type { Builder } from "../../../image/build-plan.js";
import { runCommand } from "../../../image/engine.js";
import { buildFailed } from "./build-errors.js";
import type { PreparedBuild } from "./prepare-build.js";
import { writeStage } from "./staged-contexts.js";

/** Where an engine's output goes; without `onOutput`, to the terminal as the engine's own. */
export interface CommandOutput {
  readonly onOutput?: (text: string) => void;
}

/**
 * Builds one image.
 *
 * @param root - absolute path of the workspace
 * @throws OoneexNxError `BUILD_FAILED` or `BUILD_INTERRUPTED`
 */
export async function runBuild({ plan, stage }: PreparedBuild, builder: Builder, root: string, output: CommandOutput): Promise<void> {
  if (stage !== undefined) writeStage(root, stage);
  // The engine writes the file at the very end of a build, and fails it where the folder is missing.
  if (plan.metadataFile !== undefined) mkdirSync(dirname(resolve(root, plan.metadataFile)), { recursive: true });
  for (const command of buildCommands(plan, builder)) {
    const code = await runCommand(command, root, output);
    if (code !== 0) throw buildFailed(plan, command, code);
  }
}
