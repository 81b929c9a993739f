import type { Command } from "../../../image/build-plan.js";
import { isInterrupt, runCommand, type RunOptions } from "../../../image/engine.js";

/**
 * BuildKit's own fault where two builds share a step and one of them ends just then: no step has failed, and those that are
 * done stay cached. See https://github.com/moby/buildkit/issues/2303.
 */
const LOST_STEP = "failed to get edge: inconsistent graph state";

/** Characters of an output's end that are kept to look for a message in, which may come in two parts. */
const KEPT = 4096;

/** How a build's command is run. */
export interface BuildCommandOptions extends RunOptions {
  /** Shows a person a line. */
  readonly tell: (line: string) => void;
}

/**
 * Runs a command that builds, and once more where BuildKit has lost its way. What is written to a terminal as the engine's own
 * cannot be read along, so there a person sees the engine's message and decides.
 *
 * @param root - absolute path of the workspace
 * @returns the exit code, as {@link runCommand} does
 * @throws OoneexNxError `ENGINE_MISSING` where the program does not exist
 */
export async function runBuildCommand(command: Command, root: string, { tell, ...options }: BuildCommandOptions): Promise<number> {
  const show = options.onOutput ?? (process.stderr.isTTY ? undefined : handThrough);
  if (show === undefined) return runCommand(command, root, options);
  let tail = "";
  const onOutput: typeof show = (text, stream) => {
    tail = (tail + text).slice(-KEPT);
    show(text, stream);
  };
  const code = await runCommand(command, root, { ...options, onOutput });
  if (code === 0 || isInterrupt(code) || !tail.includes(LOST_STEP)) return code;
  tell("BuildKit has lost a step that it shares with another build (moby/buildkit#2303). The build is run once more.");
  return runCommand(command, root, { ...options, onOutput: show });
}

const handThrough: NonNullable<RunOptions["onOutput"]> = (text, stream) => void process[stream].write(text);
