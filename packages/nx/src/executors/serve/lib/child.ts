import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { join } from "node:path";
import { OoneexNxError } from "../../../errors.js";
import type { ServedProcess } from "./serve-plan.js";

/** Milliseconds that a process may take to end before it is killed. */
const GRACE = 5_000;

/** How a process has ended: its exit code, or the signal that ended it. */
export type End = number | NodeJS.Signals;

/** A process that goes on until it is stopped. */
export interface Child {
  readonly ended: Promise<End>;
  /** Asks it to end, and kills it where it does not. */
  readonly stop: () => Promise<void>;
}

/**
 * Starts a process without a shell.
 *
 * @param write - is given what it prints, a line at a time; without it the terminal is the process's own
 * @throws OoneexNxError `PROGRAM_MISSING` by way of `ended`, where there is no such program
 */
export function startChild({ name, root, argv: [program, ...args], env }: ServedProcess, workspaceRoot: string, write?: (line: string) => void): Child {
  const output = write === undefined ? "inherit" : "pipe";
  const child = spawn(program, args, {
    cwd: join(workspaceRoot, root),
    // The port of this process's environment may be another one's.
    env: { ...env, ...process.env, PORT: env["PORT"] ?? process.env["PORT"] },
    stdio: [write === undefined ? "inherit" : "ignore", output, output],
  });
  for (const stream of [child.stdout, child.stderr]) if (stream !== null) createInterface({ input: stream }).on("line", (line) => write?.(`[${name}] ${line}`));
  const kill = (): boolean => child.kill("SIGKILL");
  process.on("exit", kill);
  const ended = new Promise<End>((resolve, reject) => {
    child.once("error", () =>
      reject(new OoneexNxError({ code: "PROGRAM_MISSING", what: `${program} cannot be started`, where: name, remedy: `install ${program}, and have it on the PATH` })),
    );
    child.once("close", (code, signal) => resolve(code ?? signal ?? -1));
  }).finally(() => process.off("exit", kill));
  // Whoever waits for it is told; nobody may.
  ended.catch(() => undefined);
  const stop = async (): Promise<void> => {
    child.kill("SIGTERM");
    const timer = setTimeout(kill, GRACE);
    await ended.catch(() => undefined);
    clearTimeout(timer);
  };
  return { ended, stop };
}

/** @returns what follows "it has ended" */
export function describeEnd(end: End): string {
  return typeof end === "number" ? `with exit code ${end}` : `by ${end}`;
}
