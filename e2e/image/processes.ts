import { runProcess } from "../process.js";

/** The command lines of the processes of this machine that hold a text. */
export async function findProcesses(text: string): Promise<string[]> {
  const { stdout } = await runProcess(["ps", "-A", "-o", "args="], { cwd: "/", env: process.env });
  return stdout.split("\n").filter((line) => line.includes(text));
}
