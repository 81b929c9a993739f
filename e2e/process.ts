import { spawn, type ChildProcess } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";

export interface RunOptions {
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
  /** Milliseconds after which the process and all its children are killed. Default: five minutes. */
  readonly timeout?: number;
  /** How it has to end. Default: `success`, exit code 0. */
  readonly expect?: "success" | "failure" | "either";
  readonly input?: string;
}

export interface RunResult {
  readonly stdout: string;
  readonly stderr: string;
  readonly code: number;
}

/** A process that goes on until it is stopped, such as a service. */
export interface RunningProcess {
  readonly pid: number;
  /** What it has printed so far, both streams in the order they came. */
  output(): string;
  /** Its exit code once it has ended, -1 when a signal ended it. */
  exitCode(): number | undefined;
  /**
   * Signals it, waits until it has ended, and kills it and its children when it takes longer than ten seconds.
   *
   * @returns how long it took, in milliseconds
   */
  stop(signal?: NodeJS.Signals): Promise<number>;
}

const RUN_TIMEOUT = 300_000;
const STOP_TIMEOUT = 10_000;
const ANSWER_TIMEOUT = 20_000;

/**
 * Runs a process to its end.
 *
 * @throws Error with the whole output when it takes too long or ends otherwise than `expect` says
 */
export async function runProcess(argv: readonly string[], options: RunOptions): Promise<RunResult> {
  const { timeout = RUN_TIMEOUT, expect = "success", input = "" } = options;
  const child = spawnGroup(argv, options, "pipe");
  let stdout = "";
  let stderr = "";
  child.stdout?.setEncoding("utf8").on("data", (text: string) => (stdout += text));
  child.stderr?.setEncoding("utf8").on("data", (text: string) => (stderr += text));
  // A process that does not read its input closes it early, which is no failure.
  child.stdin?.on("error", () => undefined).end(input);
  let timedOut = false;
  const timer = setTimeout(() => {
    timedOut = true;
    killGroup(child);
  }, timeout);
  const code = await new Promise<number>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (exitCode) => resolve(exitCode ?? -1));
  }).finally(() => clearTimeout(timer));
  const asExpected = expect === "either" || (code === 0) === (expect === "success");
  if (timedOut || !asExpected) {
    const end = timedOut ? `took more than ${timeout} ms` : `ended with ${code}, expected ${expect}`;
    throw new Error(`${argv.join(" ")} ${end}\ncwd: ${options.cwd}\n--- stdout\n${stdout}\n--- stderr\n${stderr}`);
  }
  return { stdout, stderr, code };
}

/** Starts a process that goes on until it is stopped. */
export function startProcess(argv: readonly string[], options: Pick<RunOptions, "cwd" | "env">): RunningProcess {
  const child = spawnGroup(argv, options, "ignore");
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding("utf8").on("data", (text: string) => (output += text));
  }
  const ended = new Promise<void>((resolve) => {
    child.once("close", () => resolve());
    child.once("error", (error) => {
      output += error.message;
      resolve();
    });
  });
  const exitCode = () => child.exitCode ?? (child.signalCode === null ? undefined : -1);
  return {
    pid: child.pid ?? -1,
    output: () => output,
    exitCode,
    async stop(signal = "SIGTERM") {
      const start = Date.now();
      child.kill(signal);
      await Promise.race([ended, sleep(STOP_TIMEOUT, undefined, { ref: false })]);
      killGroup(child);
      return Date.now() - start;
    },
  };
}

/**
 * Asks until something answers, whatever its status.
 *
 * @param timeout - milliseconds until it has to; by default twenty seconds
 * @throws Error with the process's output when it ends before it answers, or does not answer in time
 */
export async function waitForAnswer(url: string, server: RunningProcess, timeout = ANSWER_TIMEOUT): Promise<Response> {
  const deadline = Date.now() + timeout;
  while (Date.now() < deadline && server.exitCode() === undefined) {
    const answer = await fetch(url, { signal: AbortSignal.timeout(2_000) }).catch(() => undefined);
    if (answer !== undefined) return answer;
    await sleep(50);
  }
  throw new Error(`${url} does not answer; exit code ${server.exitCode() ?? "none"}\n${server.output()}`);
}

/** In a group of its own, so that the end of it is the end of its children too. Ends at the latest with this process. */
function spawnGroup(
  [command = "", ...args]: readonly string[],
  { cwd, env }: Pick<RunOptions, "cwd" | "env">,
  stdin: "pipe" | "ignore",
): ChildProcess {
  const child = spawn(command, args, { cwd, env, stdio: [stdin, "pipe", "pipe"], detached: true });
  const kill = () => killGroup(child);
  process.once("exit", kill);
  child.once("close", () => process.removeListener("exit", kill));
  return child;
}

function killGroup({ pid }: ChildProcess): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, "SIGKILL");
  } catch {
    // The group has no member left.
  }
}
