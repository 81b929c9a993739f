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

/** @param code - exit code of the command */
export function buildFailed({ file, platforms }: BuildPlan, { argv: [engine] }: Command, code: number): OoneexNxError {
  if (code === TIMED_OUT) return buildTimedOut(file, engine);
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

function buildTimedOut(file: string, engine: string): OoneexNxError {
  return new OoneexNxError({
    code: "BUILD_TIMEOUT",
    what: `${engine} was not done in time and has been ended; nothing half-built counts`,
    where: file,
    remedy: "see at which step it stood: a registry may not answer; --timeout=<seconds> gives it longer, --timeout=0 sets no bound",
  });
}
