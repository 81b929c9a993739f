import { PassThrough } from "node:stream";
import type { Terminal } from "../generators/confirm-loss.js";

/** A terminal with somebody at it, or a program that reads and writes pipes. */
export interface FakeTerminal extends Terminal {
  /** What was written so far. */
  readonly readOutput: () => string;
}

/**
 * Makes a terminal.
 *
 * @param input - what is typed in; `undefined` closes the input at once, as Ctrl-D does
 */
export function createTerminal(input: string | undefined, env: Terminal["env"] = {}, isTTY = true): FakeTerminal {
  const stdin = Object.assign(new PassThrough(), { isTTY });
  const stdout = Object.assign(new PassThrough(), { isTTY });
  let output = "";
  stdout.on("data", (chunk: Buffer) => (output += chunk.toString()));
  if (input === undefined) stdin.end();
  else stdin.write(input);
  return { env, stdin, stdout, readOutput: () => output };
}
