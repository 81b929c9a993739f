import type { Command } from "../../../image/build-plan.js";
import { isInterrupt, runCommand, type RunOptions, TIMED_OUT } from "../../../image/engine.js";
import type { FailedCommand } from "./build-errors.js";

/**
 * BuildKit's own fault where two builds share a step and one of them ends just then: no step has failed, and those that are
 * done stay cached. See https://github.com/moby/buildkit/issues/2303.
 */
const LOST_STEP = "failed to get edge: inconsistent graph state";

/** Characters of an output's end that are kept to look for a message in, which may come in two parts. */
const KEPT = 4096;

/** How a build's commands are run. */
export interface BuildCommandOptions extends RunOptions {
  /** Absolute path of the workspace. */
  readonly root: string;
  /** Shows a person a line. */
  readonly tell: (line: string) => void;
}

/**
 * Runs the commands of one build, which share its time, up to the first that fails; each once more where BuildKit has lost its
 * way. What is written to a terminal as the engine's own cannot be read along, so there a person sees the engine's message and
 * decides.
 *
 * @returns the command that has failed, `undefined` where none has
 * @throws OoneexNxError `ENGINE_MISSING` where the program does not exist
 */
export async function runBuildCommands(commands: readonly Command[], options: BuildCommandOptions): Promise<FailedCommand | undefined> {
  const { timeout } = options;
  const end = timeout === undefined ? undefined : Date.now() + timeout;
  for (const command of commands) {
    const code = await runBuildCommand(command, end, options);
    if (code !== 0) return { command, code, timeout };
  }
  return undefined;
}

/** @param end - when its time is over, in milliseconds since 1970 */
async function runBuildCommand(command: Command, end: number | undefined, { root, tell, ...options }: BuildCommandOptions): Promise<number> {
  const run = async (onOutput: RunOptions["onOutput"]): Promise<number> => {
    const left = end === undefined ? undefined : end - Date.now();
    // A push may do its work before it is ended.
    if (left !== undefined && left <= 0) return TIMED_OUT;
    return await runCommand(command, root, { ...options, ...(onOutput === undefined ? {} : { onOutput }), timeout: left });
  };
  const show = options.onOutput ?? (process.stderr.isTTY ? undefined : handThrough);
  if (show === undefined) return run(undefined);
  let tail = "";
  const code = await run((text, stream) => {
    tail = (tail + text).slice(-KEPT);
    show(text, stream);
  });
  if (code === 0 || isInterrupt(code) || code === TIMED_OUT || !tail.includes(LOST_STEP)) return code;
  tell("BuildKit has lost a step that it shares with another build (moby/buildkit#2303). The build is run once more.");
  return run(show);
}

const handThrough: NonNullable<RunOptions["onOutput"]> = (text, stream) => void process[stream].write(text);
