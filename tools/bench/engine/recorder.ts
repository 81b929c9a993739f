import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { readBuildLog, type BuildLog } from "./build-log.js";

/**
 * Listens to what the engine says about each build, whoever runs it and whatever that one shows of it.
 *
 * A program called `docker` comes before the real one on the PATH of what is measured. It keeps a copy of what builds
 * write to their standard error, and is replaced by the real one: all subjects pay the same few milliseconds for it.
 */
export interface Recorder {
  /** The PATH with the listening program in front. */
  path(path: string): string;
  /** What each of the builds since the last call did. */
  take(): Promise<readonly BuildLog[]>;
}

/** Milliseconds for the copies to be complete after the last build has ended. */
const SETTLE = 100;

/**
 * Makes the listening program.
 *
 * @param folder - an empty folder for it and for its copies
 * @param docker - absolute path of the real program
 */
export async function openRecorder(folder: string, docker: string): Promise<Recorder> {
  const [programs, logs] = [join(folder, "bin"), join(folder, "logs")];
  await mkdir(programs, { recursive: true });
  await mkdir(logs, { recursive: true });
  await writeFile(join(programs, "docker"), buildProgram(docker, logs), { mode: 0o755 });
  return {
    path: (path) => [programs, path].join(delimiter),
    async take() {
      await sleep(SETTLE);
      const taken: BuildLog[] = [];
      for (const name of await readdir(logs)) {
        taken.push(readBuildLog(await readFile(join(logs, name), "utf8")));
        await rm(join(logs, name));
      }
      return taken;
    },
  };
}

function buildProgram(docker: string, logs: string): string {
  return [
    "#!/usr/bin/env bash",
    'case " $* " in',
    `  *" build "* | *" bake "*) exec '${docker}' "$@" 2> >(exec tee "$(mktemp '${logs}/XXXXXXXX')" >&2) ;;`,
    "esac",
    `exec '${docker}' "$@"`,
    "",
  ].join("\n");
}
