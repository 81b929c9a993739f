import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";

/** Place of the start time among the fields after the program's name, which may hold anything; see proc_pid_stat(5). */
const START = 19;

/**
 * Tells when a process has started, so that it is not taken for another one of the same number.
 *
 * @returns a text to compare with one of the same machine; `undefined` where the system does not tell
 */
export function startOf(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
    return stat.slice(stat.lastIndexOf(")") + 2).split(" ")[START];
  } catch {
    if (process.platform === "linux" || process.platform === "win32") return undefined;
  }
  const { status, stdout } = spawnSync("ps", ["-o", "lstart=", "-p", String(pid)], { encoding: "utf8", env: { ...process.env, LC_ALL: "C", TZ: "UTC" } });
  return status === 0 ? stdout.trim() : undefined;
}

/** Whether a process of this machine has ended. */
export function isGone(pid: number, started: string | undefined): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EPERM") return true;
  }
  const now = startOf(pid);
  return started !== undefined && now !== undefined && started !== now;
}
