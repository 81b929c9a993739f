import { buildCommands } from "../../../image/build-command.js";
import type { Builder } from "../../../image/build-plan.js";
import { runCommand } from "../../../image/engine.js";
import { buildFailed } from "./build-errors.js";
import { prepareOutputFile } from "./output-file.js";
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
  if (plan.metadataFile !== undefined) prepareOutputFile(root, plan.metadataFile);
  for (const command of buildCommands(plan, builder)) {
    const code = await runCommand(command, root, output);
    if (code !== 0) throw buildFailed(plan, command, code);
  }
}
