import { chmodSync, existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { onTestFinished, vi } from "vitest";
import { writeWorkspace } from "./temporary-workspace.js";

/** Writes down what it is asked, and says it is a Docker with buildx. */
const DOCKER = `#!/bin/sh
echo "docker $*" >> "$FAKE_ENGINE_LOG"
case "$1 $2" in
  "version --format") echo '{"Client":{"Version":"28.5.0"}}' ;;
  "buildx build"|"run --rm") exit "$FAKE_ENGINE_EXIT" ;;
esac
`;

/** An engine that builds and runs nothing. */
export interface FakeEngine {
  /** The commands that did more than look for it, each as one line. */
  readonly readCommands: () => string[];
}

/**
 * Makes the PATH of the running test hold a Docker that only writes down what it is asked.
 *
 * @param exitCode - how a build or a run ends
 */
export function installFakeEngine(exitCode = 0): FakeEngine {
  const folder = writeWorkspace({ "bin/docker": DOCKER });
  const log = join(folder, "log");
  chmodSync(join(folder, "bin/docker"), 0o755);
  stubEnvironment({ PATH: join(folder, "bin"), FAKE_ENGINE_LOG: log, FAKE_ENGINE_EXIT: String(exitCode) });
  const isLook = (line: string): boolean => / (?:--)?version\b/.test(line);
  return {
    readCommands: () =>
      existsSync(log)
        ? readFileSync(log, "utf8")
            .split("\n")
            .filter((line) => line !== "" && !isLook(line))
        : [],
  };
}

/** Makes the PATH of the running test hold no engine at all. */
export function removeEngines(): void {
  stubEnvironment({ PATH: writeWorkspace({}) });
}

function stubEnvironment(variables: Readonly<Record<string, string>>): void {
  for (const [name, value] of Object.entries(variables)) vi.stubEnv(name, value);
  onTestFinished(() => void vi.unstubAllEnvs());
}
