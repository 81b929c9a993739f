import { OoneexNxError } from "../../../errors.js";
import type { BuildPlan, Command } from "../../../image/build-plan.js";
import { isInterrupt } from "../../../image/engine.js";

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
