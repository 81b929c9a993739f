import { composeCommand } from "../../../deployment/deploy-plan.js";
import { runCommand } from "../../../image/engine.js";
import { shortenDigest } from "../../../image/reference.js";
import type { Inquiry, Situation } from "./situation.js";

/** What a deployment goes on with from step to step. */
export interface RollOut extends Inquiry {
  readonly situation: Situation;
}

/** Runs a compose command with the terminal as its own, and returns its exit code. */
export function run({ plan, compose, root }: RollOut, args: readonly string[], image: string | undefined): Promise<number> {
  const { argv, stdin } = composeCommand(plan, compose, args, image);
  return runCommand({ argv, env: {} }, root, stdin === undefined ? {} : { stdin });
}

/** What is said of a container that did not become healthy, with its last lines. */
export function quoteLines(lines: string): string {
  return lines === "" ? ", and wrote nothing" : `; its last lines:\n${lines.replaceAll(/^/gm, "    ")}`;
}

/** An image's id as it is shown to a person. */
export function shorten(id: string | undefined): string {
  return id === undefined ? "no image" : shortenDigest(id);
}
