import { spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { closeSync, openSync, readFileSync, unlinkSync, writeFileSync } from "node:fs";
import { constants, tmpdir } from "node:os";
import { join } from "node:path";
import { coerce, lt } from "semver";
import { OoneexNxError } from "../errors.js";
import { type Builder, type Command, type EngineKind, engineOf, type FilteredFile } from "./build-plan.js";

/** How long an engine may take to say that it is there, in milliseconds. A daemon that hangs answers nothing at all. */
const PROBE_TIMEOUT = 10_000;

/**
 * How long an interrupted command may take to end before it is killed, in milliseconds. An engine that stops a container
 * waits 10 s for it.
 */
const GRACE = 15_000;

/** How long the output of a command that was ended is waited for, in milliseconds. */
const DRAIN = 1_000;

/** What a timer counts at most, in milliseconds: some 24 days. */
const LONGEST_TIMER = 2 ** 31 - 1;

/** The newest Docker client that carries its own BuildKit; later ones need the buildx plugin. */
const LAST_CLIENT_WITH_BUILDKIT = 22;

const ASK_DOCKER = ["docker", "version", "--format", "{{json .}}"] as const;

/** The first Podman that knows every flag of HEALTHCHECK. */
const FIRST_WHOLE_PODMAN = "5.1.0";

/** The signals that ask a command to end. */
export const INTERRUPTS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** Stands for the exit code of a command whose time was over. No process can end with it, as it can with the 124 of `timeout`. */
export const TIMED_OUT = -1;

/** Tells whether an exit code is that of a command which was asked to end, 128 + the signal's number. */
export function isInterrupt(code: number): boolean {
  return INTERRUPTS.some((signal) => code === 128 + constants.signals[signal]);
}

/** What a short command said. `code` is `undefined` where the program does not exist, {@link TIMED_OUT} where its time was over. */
export interface ProbeResult {
  readonly code: number | undefined;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a short command and reads what it says; replaced in tests. */
export type Probe = (argv: Command["argv"]) => Promise<ProbeResult>;

/** A {@link Probe} that may be given its time, in milliseconds. */
export type TimedProbe = (argv: Command["argv"], timeout?: number) => Promise<ProbeResult>;

/**
 * Finds out what can build here.
 *
 * @param engine - the engine to use; `auto` takes Docker where it answers, else Podman
 * @param probe - how engines are asked
 * @throws OoneexNxError `ENGINE_MISSING`, `ENGINE_DOWN` or `BUILDX_MISSING`
 */
export async function detectBuilder(engine: EngineKind | "auto", probe: Probe = runProbe): Promise<Builder> {
  if (engine === "podman") return await requirePodman(probe);
  const [client, docker, buildx] = await Promise.all([
    probe(["docker", "--version"]),
    probe(ASK_DOCKER),
    probe(["docker", "buildx", "version"]),
  ]);
  // The `docker` command may be Podman's, which takes Podman's flags. What the server is does not matter.
  if (/^podman version/i.test(client.stdout)) return await requirePodman(probe);
  const reachable = docker.code === 0;
  if (!reachable && engine === "auto" && (await probe(["podman", "version"])).code === 0) return await requirePodman(probe);
  if (docker.code === undefined) throw engineMissing(engine);
  if (!reachable) throw engineDown("docker", docker.stderr);
  if (buildx.code === 0) return "buildx";
  const version = coerce(readVersions(docker.stdout).Client?.Version);
  if (version !== null && version.major <= LAST_CLIENT_WITH_BUILDKIT) return "docker-buildkit";
  throw new OoneexNxError({
    code: "BUILDX_MISSING",
    what: "this docker client builds with BuildKit only through its buildx plugin, which is not installed",
    where: "docker buildx version",
    remedy: "install the docker-buildx (or docker-buildx-plugin) package of your distribution",
  });
}

/**
 * Reads the version of the Docker Engine that answers, which may be older than the client that asks it.
 *
 * @param probe - how engines are asked
 * @returns `undefined` where none answers, or where it does not say
 */
export async function readDockerEngineVersion(probe: Probe = runProbe): Promise<string | undefined> {
  return readVersions((await probe(ASK_DOCKER)).stdout).Server?.Version;
}

/**
 * Reads which platform an engine builds for unless it is told, such as `linux/arm64`.
 *
 * @returns `undefined` where no engine answers
 * @see https://docs.docker.com/reference/cli/docker/#environment-variables for DOCKER_DEFAULT_PLATFORM
 */
export async function readDefaultPlatform(builder: Builder, probe: Probe = runProbe): Promise<string | undefined> {
  const isPodman = engineOf(builder) === "podman";
  const { Client: client, Server: server } = readVersions((await probe(isPodman ? ["podman", "version", "--format", "json"] : ASK_DOCKER)).stdout);
  if (isPodman) return server?.OsArch ?? client?.OsArch;
  const own = server?.Os === undefined || server.Arch === undefined ? undefined : `${server.Os}/${server.Arch}`;
  return process.env["DOCKER_DEFAULT_PLATFORM"] ?? own;
}

async function requirePodman(probe: Probe): Promise<Builder> {
  const podman = await probe(["podman", "version", "--format", "json"]);
  if (podman.code === undefined) throw engineMissing("podman");
  if (podman.code !== 0) throw engineDown("podman", podman.stderr);
  const { Client: client, Server: server } = readVersions(podman.stdout);
  // A remote client's builds run on the server.
  const version = coerce(server?.Version ?? client?.Version);
  return version !== null && lt(version, FIRST_WHOLE_PODMAN) ? "podman-4" : "podman";
}

interface Versions {
  readonly Client?: VersionOf;
  readonly Server?: VersionOf | null;
}

interface VersionOf {
  readonly Version?: string;
  /** Docker's. */
  readonly Os?: string;
  readonly Arch?: string;
  /** Podman's. */
  readonly OsArch?: string;
}

function readVersions(json: string): Versions {
  try {
    return JSON.parse(json) as Versions;
  } catch {
    return {};
  }
}

function engineMissing(engine: EngineKind | "auto"): OoneexNxError {
  const names = engine === "auto" ? "neither docker nor podman is" : `${engine} is not`;
  return new OoneexNxError({
    code: "ENGINE_MISSING",
    what: `${names} on the PATH`,
    where: "engine",
    remedy: "install Docker Engine with buildx, or Podman; --dry-run prints the command without running it",
  });
}

function engineDown(engine: EngineKind, reason: string): OoneexNxError {
  return new OoneexNxError({
    code: "ENGINE_DOWN",
    what: `${engine} does not answer: ${reason.trim() === "" ? `no word within ${PROBE_TIMEOUT / 1000} s` : reason.trim()}`,
    where: process.env["DOCKER_HOST"] ?? "its default address",
    remedy: `start the engine, then try: ${engine} version`,
  });
}

/**
 * Runs a short command with nothing on its standard input.
 *
 * @param timeout - how long it may take, in milliseconds; after that it is killed and has failed
 */
export function runProbe([program, ...args]: Command["argv"], timeout = PROBE_TIMEOUT): Promise<ProbeResult> {
  return new Promise((resolve) => {
    const child = spawn(program, args, { stdio: ["ignore", "pipe", "pipe"] });
    let stdout = "";
    let stderr = "";
    const settle = (code: number | undefined): void => {
      clearTimeout(timer);
      resolve({ code, stdout, stderr });
    };
    // A wrapper's own child may hold the pipes open after the wrapper is gone, so the end of the pipes is not waited for.
    const timer = setTimeout(() => {
      child.kill("SIGKILL");
      child.stdout.destroy();
      child.stderr.destroy();
      settle(TIMED_OUT);
    }, timeout);
    child.stdout.setEncoding("utf8").on("data", (chunk: string) => (stdout += chunk));
    child.stderr.setEncoding("utf8").on("data", (chunk: string) => (stderr += chunk));
    child.on("error", (error: NodeJS.ErrnoException) => settle(error.code === "ENOENT" ? undefined : 1));
    child.on("close", (code) => settle(code ?? 1));
  });
}

export type OutputStream = "stdout" | "stderr";

/** How a command is run, where not with the terminal as its own. */
export interface RunOptions {
  /** What it reads from its standard input, in place of the command's own `input`. */
  readonly stdin?: string;
  /** Is given what it writes, both streams in the order they come; the terminal then sees nothing of it. */
  readonly onOutput?: (text: string, stream: OutputStream) => void;
  /** Ends it as SIGTERM does. */
  readonly signal?: AbortSignal;
  /** How long it may take, in milliseconds; after that it is ended as SIGTERM does. Without it there is no bound. */
  readonly timeout?: number | undefined;
}

/**
 * Runs a command to its end, with the terminal as its own, so that the engine shows its progress as it always does.
 *
 * An interrupt is handed on; a child that does not end within the grace time is killed, so none is ever left behind.
 *
 * @param command - what to run
 * @param cwd - absolute path of the working directory
 * @returns the exit code, 128 + the signal's number where a signal ended it (as shells count), {@link TIMED_OUT} where its time was over
 * @throws OoneexNxError `ENGINE_MISSING` where the program does not exist
 */
export function runCommand(command: Command, cwd: string, { stdin, onOutput, signal: aborted, timeout }: RunOptions = {}): Promise<number> {
  const { env, input } = command;
  const [program, ...args] = command.argv;
  const text = stdin ?? (input === undefined ? undefined : filterFile(input, cwd));
  const descriptor = text === undefined ? "inherit" : openText(text);
  const output = onOutput === undefined ? "inherit" : "pipe";
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { cwd, env: { ...process.env, ...env }, stdio: [descriptor, output, output] });
    if (descriptor !== "inherit") closeSync(descriptor);
    let broken: Error | undefined;
    const handOut = (chunk: string, stream: OutputStream): void => {
      try {
        onOutput?.(chunk, stream);
      } catch (error) {
        broken ??= error as Error;
        child.kill("SIGKILL");
      }
    };
    for (const name of ["stdout", "stderr"] as const) child[name]?.setEncoding("utf8").on("data", (chunk: string) => handOut(chunk, name));
    let interruptedBy: NodeJS.Signals | undefined;
    let kill: NodeJS.Timeout | undefined;
    const forward = (signal: NodeJS.Signals): void => {
      interruptedBy ??= signal;
      // Ctrl-C reaches every process of a terminal by itself, and a second one means «at once» to engines.
      if (signal !== "SIGINT" || !process.stdin.isTTY) child.kill(signal);
      kill ??= setTimeout(() => child.kill("SIGKILL"), GRACE);
    };
    const abort = (): void => forward("SIGTERM");
    let isOver = false;
    const endOfTime = (): void => {
      isOver = interruptedBy === undefined;
      forward("SIGTERM");
    };
    const timer = timeout === undefined ? undefined : setTimeout(endOfTime, Math.min(timeout, LONGEST_TIMER));
    const killNow = (): boolean => child.kill("SIGKILL");
    for (const signal of INTERRUPTS) process.on(signal, forward);
    process.on("exit", killNow);
    aborted?.addEventListener("abort", abort);
    if (aborted?.aborted === true) abort();
    let drain: NodeJS.Timeout | undefined;
    const settle = (): void => {
      clearTimeout(timer);
      clearTimeout(kill);
      clearTimeout(drain);
      for (const signal of INTERRUPTS) process.off(signal, forward);
      process.off("exit", killNow);
      aborted?.removeEventListener("abort", abort);
    };
    // A wrapper's own child may hold the pipes open after the wrapper was ended.
    child.on("exit", () => {
      if (interruptedBy === undefined) return;
      drain = setTimeout(() => {
        child.stdout?.destroy();
        child.stderr?.destroy();
      }, DRAIN);
    });
    child.on("error", (error: NodeJS.ErrnoException) => {
      settle();
      reject(error.code === "ENOENT" ? engineMissing(program as EngineKind) : error);
    });
    child.on("close", (code, signal) => {
      settle();
      if (broken !== undefined) return reject(broken);
      if (isOver) return resolve(code === 0 ? 0 : TIMED_OUT);
      const endedBy = interruptedBy ?? signal;
      resolve(endedBy === null ? (code ?? 1) : 128 + constants.signals[endedBy]);
    });
  });
}

function filterFile({ file, without }: FilteredFile, cwd: string): string {
  return readFileSync(join(cwd, file), "utf8").replaceAll(new RegExp(without, "g"), "");
}

/**
 * Opens a text, to be read once. Not through a pipe, which is a socket in Node: Podman opens its standard input by the
 * path /dev/stdin, and a socket has none.
 */
function openText(text: string): number {
  const copy = join(tmpdir(), `ooneex-nx-${randomUUID()}`);
  writeFileSync(copy, text, { flag: "wx", mode: 0o600 });
  const descriptor = openSync(copy, "r");
  unlinkSync(copy);
  return descriptor;
}
