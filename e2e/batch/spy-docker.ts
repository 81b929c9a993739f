import { existsSync } from "node:fs";
import { readFile, rm, writeFile } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { linkPrograms } from "../image/path.js";
import type { Workspace } from "../workspace/workspace.js";

/** A docker that writes down what it is asked, and does it unless it is told otherwise. */
export interface SpyDocker {
  /** What makes a command use it. */
  readonly env: Readonly<Record<string, string>>;
  /** The builds and bakes since the last call, without the flags. */
  takeBuilds(): Promise<string[]>;
  /** What the last bake read from its standard input. */
  readDefinition(): Promise<string>;
}

/**
 * Puts one on the PATH.
 *
 * @param folder - below the workspace
 * @param before - shell commands that run before, such as a refusal; `$DOCKER` is the real one
 */
export async function installSpyDocker(workspace: Workspace, folder: string, before = ""): Promise<SpyDocker> {
  const bin = await linkPrograms(join(workspace.root, folder), ["node", "git", "sh", "bash", "ps", "tee", "cat", "env", "getconf"]);
  const real = (await workspace.run(["which", "docker"])).stdout.trim();
  const log = join(bin, "builds.log");
  const input = join(bin, "definition.json");
  const script = `#!/bin/sh
DOCKER='${real}'
case "$1 $2" in
  "buildx build"|"buildx bake") echo "$1 $2" >> '${log}' ;;
  "build "*) echo "$1" >> '${log}' ;;
esac
${before}
if [ "$1 $2" = "buildx bake" ]; then
  cat > '${input}'
  exec "$DOCKER" "$@" < '${input}'
fi
exec "$DOCKER" "$@"
`;
  await writeFile(join(bin, "docker"), script, { mode: 0o755 });
  return {
    env: { PATH: [bin, join(workspace.root, "node_modules", ".bin")].join(delimiter) },
    async takeBuilds() {
      if (!existsSync(log)) return [];
      const lines = (await readFile(log, "utf8")).trim().split("\n");
      await rm(log);
      return lines;
    },
    readDefinition: () => readFile(input, "utf8"),
  };
}
