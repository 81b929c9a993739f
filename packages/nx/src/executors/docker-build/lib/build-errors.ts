import { OoneexNxError } from "../../../errors.js";
import type { BuildPlan, Command } from "../../../image/build-plan.js";
import { isInterrupt, TIMED_OUT } from "../../../image/engine.js";

/** @param file - workspace-relative path where it was looked for */
export function dockerfileMissing(file: string): OoneexNxError {
  return new OoneexNxError({
    code: "DOCKERFILE_MISSING",
    what: "there is no Dockerfile to build",
    where: file,
    remedy: "write one, or say where it is with the option file",
  });
}

/** A command that a build has ended with before its time. */
export interface FailedCommand {
  readonly command: Command;
  /** As `runCommand` returns it. */
  readonly code: number;
  /** How long the build might take, in milliseconds; `undefined` for as long as it liked. */
  readonly timeout: number | undefined;
}

export function buildFailed({ file, platforms }: BuildPlan, { command, code, timeout = 0 }: FailedCommand): OoneexNxError {
  const [engine] = command.argv;
  if (code === TIMED_OUT) return buildTimedOut(file, `${engine} was not done within ${timeout / 1_000} s`);
  const wasInterrupted = isInterrupt(code);
  return new OoneexNxError({
    code: wasInterrupted ? "BUILD_INTERRUPTED" : "BUILD_FAILED",
    what: `${engine} ended with exit code ${code}`,
    where: file,
    remedy:
      platforms.length > 1 && !wasInterrupted
        ? "see the engine's own message above; for several platforms, name a builder of driver docker-container with --builder"
        : "see the engine's own message above",
  });
}

function buildTimedOut(file: string, reason: string): OoneexNxError {
  return new OoneexNxError({
    code: "BUILD_TIMEOUT",
    what: `${reason} and has been ended; nothing half-built counts`,
    where: file,
    remedy: "see above at which step it stood: a registry may not answer; --timeout=<seconds> gives it longer, --timeout=0 sets no bound",
  });
}
