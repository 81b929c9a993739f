import type { PromiseExecutor } from "@nx/devkit";
import { OoneexNxError } from "../../errors.js";
import { readDisk } from "../disk-reader.js";
import { logger } from "../logger.js";
import { readProject } from "../project.js";
import { reportErrors } from "../report-errors.js";
import { describeEnd, startChild } from "./lib/child.js";
import { endHeard } from "./lib/heard-exit.js";
import { runTogether } from "./lib/run-together.js";
import { resolveServePlan, type ServedProcess } from "./lib/serve-plan.js";
import type { ServeOptions } from "./schema.js";

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** Seconds, where nothing else is said. */
const BOOT_TIMEOUT = 30;

/** Runs an API from source until it is interrupted, alone or with the services that app.yml declares. */
const serve: PromiseExecutor<ServeOptions> = async (options, context) => {
  const result = await run(options, context);
  if (!result.success) endHeard(context);
  return result;
};

const run: PromiseExecutor<ServeOptions> = reportErrors(async (options, context) => {
  const plan = resolveServePlan(options, readProject(context).root, readDisk(context.root));
  const interruption = new AbortController();
  const interrupt = (): void => interruption.abort();
  for (const signal of SIGNALS) process.on(signal, interrupt);
  // Nx is gone without a word.
  process.once("disconnect", interrupt);
  try {
    if (options.withServices !== true) await runAlone(plan.app, context.root, interruption.signal);
    else {
      for (const name of plan.absent) logger.warn(`${name} is declared in app.yml and is not in this workspace, so it is not started`);
      const bootTimeout = (options.bootTimeout ?? BOOT_TIMEOUT) * 1000;
      await runTogether(plan, { workspaceRoot: context.root, bootTimeout, write: (line) => void process.stdout.write(`${line}\n`), signal: interruption.signal });
    }
  } finally {
    for (const signal of SIGNALS) process.off(signal, interrupt);
    process.off("disconnect", interrupt);
  }
  return { success: true };
});

export default serve;

async function runAlone(app: ServedProcess, workspaceRoot: string, signal: AbortSignal): Promise<void> {
  // Nothing but its own environment decides, as where it is started by hand.
  const child = startChild({ ...app, env: {} }, workspaceRoot);
  const stop = (): void => void child.stop();
  signal.addEventListener("abort", stop, { once: true });
  const end = await child.ended;
  if (end === 0 || signal.aborted) return;
  throw new OoneexNxError({ code: "SERVICE_ENDED", what: `${app.name} has ended ${describeEnd(end)}`, where: app.root, remedy: "see what it printed above" });
}
