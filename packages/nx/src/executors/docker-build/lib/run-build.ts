import { buildCommands } from "../../../image/build-command.js";
import type { Builder } from "../../../image/build-plan.js";
import { buildFailed } from "./build-errors.js";
import { concludeBuild } from "./conclude-build.js";
import { describeKept, readImagesAfter, readImagesBefore, replaceId } from "./kept-images.js";
import type { UpToDate } from "./look-up.js";
import { prepareOutputFile } from "./output-file.js";
import type { PreparedBuild } from "./prepare-build.js";
import { refreshImages } from "./refresh-images.js";
import { runBuildCommands } from "./run-build-commands.js";
import { writeStage } from "./staged-contexts.js";

/** Where an engine's output goes; without `onOutput`, to the terminal as the engine's own. */
export interface CommandOutput {
  readonly onOutput?: (text: string) => void;
}

/** What a single build is run with. */
export interface BuildSurroundings {
  readonly builder: Builder;
  /** Absolute path of the workspace. */
  readonly root: string;
  readonly output: CommandOutput;
  /** Shows a person a line. */
  readonly tell: (line: string) => void;
}

/** How a single build has ended. */
export interface BuiltImage {
  /** As it was prepared, without its key where the image does not count for it. */
  readonly build: PreparedBuild;
  /** The image from before, where that stays since it has the same contents. */
  readonly kept: UpToDate | undefined;
}

/**
 * Builds one image.
 *
 * @throws OoneexNxError `BUILD_FAILED`, `BUILD_INTERRUPTED`, `BUILD_TIMEOUT` or `TAG_FAILED`
 */
export async function buildAndKeep(build: PreparedBuild, surroundings: BuildSurroundings): Promise<BuiltImage> {
  const { builder, output, tell } = surroundings;
  await refreshImages(build, builder);
  const before = await readImagesBefore([build], builder);
  // With `quiet` the engine prints the id of an image that may not stay.
  let held = "";
  const holds = build.plan.quiet && before.size > 0;
  const show = output.onOutput ?? ((text: string) => void process.stdout.write(text));
  try {
    await runBuild(build, { ...surroundings, output: holds ? { onOutput: (text) => void (held += text) } : output });
    const after = await readImagesAfter([build], before, builder);
    const { build: concluded, kept, notice } = await concludeBuild(build, { before, after }, builder);
    if (notice !== undefined) tell(notice);
    if (kept === undefined) return { build: concluded, kept };
    tell(describeKept(build, kept));
    held = replaceId(held, kept);
    return { build: concluded, kept: { digest: kept.kept, store: "engine" } };
  } finally {
    if (held !== "") show(held);
  }
}

async function runBuild({ plan, stage, timeout }: PreparedBuild, { builder, root, output, tell }: BuildSurroundings): Promise<void> {
  if (stage !== undefined) writeStage(root, stage);
  if (plan.metadataFile !== undefined) prepareOutputFile(root, plan.metadataFile);
  const failed = await runBuildCommands(buildCommands(plan, builder), { root, tell, ...output, timeout });
  if (failed !== undefined) throw buildFailed(plan, failed);
}
