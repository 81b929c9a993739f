import { askCompose, type Inquiry, PATIENCE } from "./compose-calls.js";

/** How many lines are enough to see why a service ended. */
const TAIL = ["--tail", "20"] as const;

/** The last lines that a service's containers wrote, both streams, as the end of a sentence about what failed. */
export async function quoteLastLines(inquiry: Inquiry): Promise<string> {
  return quote(await askCompose(inquiry, ["logs", "--no-color", "--no-log-prefix", ...TAIL, inquiry.plan.service]));
}

/** The same of one container. */
export async function quoteLastLinesOf(container: string, { probe }: Inquiry): Promise<string> {
  return quote(await probe(["docker", "logs", ...TAIL, container], PATIENCE));
}

function quote({ stdout, stderr }: { readonly stdout: string; readonly stderr: string }): string {
  const lines = `${stdout}${stderr}`.trimEnd();
  return lines === "" ? ", and wrote nothing" : `; its last lines:\n${lines.replaceAll(/^/gm, "    ")}`;
}
