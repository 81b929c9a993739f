import { join } from "node:path";
import { type Compose, composeCommand, type DeployPlan } from "../../../deployment/deploy-plan.js";
import { type ProbeResult, runCommand, type RunOptions, type TimedProbe } from "../../../image/engine.js";

/** What compose and the engine are asked about, and how. */
export interface Inquiry {
  readonly plan: DeployPlan;
  readonly compose: Compose;
  /** Absolute path of the workspace. */
  readonly root: string;
  readonly probe: TimedProbe;
}

/** Compose reads every file that the compose file names, and the engine may be on another machine. In milliseconds. */
export const PATIENCE = 60_000;

/** Reads what compose says. By absolute paths, since a short command runs wherever this process does. */
export function askCompose({ plan, compose, root, probe }: Inquiry, args: readonly string[]): Promise<ProbeResult> {
  const absolute = { ...plan, file: join(root, plan.file), envFiles: plan.envFiles.map((file) => join(root, file)) };
  return probe(composeCommand(absolute, compose, args).argv, PATIENCE);
}

/**
 * Runs a compose command on the plan's files to its end.
 *
 * @param image - runs the service with this image instead of the file's
 * @param options - how it is run
 * @returns the exit code, as {@link runCommand} does
 */
export function runCompose({ plan, compose, root }: Inquiry, args: readonly string[], image: string | undefined, options: Pick<RunOptions, "onOutput" | "timeout"> = {}): Promise<number> {
  const { argv, stdin } = composeCommand(plan, compose, args, image);
  return runCommand({ argv, env: {} }, root, { ...options, ...(stdin === undefined ? {} : { stdin }) });
}
