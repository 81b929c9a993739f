import { OoneexNxError } from "../../../errors.js";
import { type Child, describeEnd, startChild } from "./child.js";
import { isListening, waitUntilListening } from "./listening.js";
import type { ServedProcess, ServePlan } from "./serve-plan.js";

/** What decides how processes are run together. */
export interface RunTogether {
  /** Absolute path. */
  readonly workspaceRoot: string;
  /** Milliseconds that a process may take until it listens. */
  readonly bootTimeout: number;
  /** Is given what is printed, a line at a time. */
  readonly write: (line: string) => void;
  /** Ends all of them. */
  readonly signal: AbortSignal;
}

/**
 * Starts the services, then the API once all of them listen, and runs them until the signal comes or one of them ends. None
 * is left behind, however that ends.
 *
 * @throws OoneexNxError `PORT_TAKEN` before anything is started, `SERVICE_NOT_STARTED` and `SERVICE_ENDED`
 */
export async function runTogether({ services, app }: ServePlan, run: RunTogether): Promise<void> {
  for (const served of [...services, app]) if (await isListening(served.host, served.port)) throw portTaken(served);
  const over = new AbortController();
  const interrupted = new Promise<void>((resolve) => {
    if (run.signal.aborted) resolve();
    else run.signal.addEventListener("abort", () => resolve(), { once: true });
  });
  const running: { readonly served: ServedProcess; readonly child: Child }[] = [];
  const boot = async (served: ServedProcess): Promise<void> => {
    const child = startChild(served, run.workspaceRoot, run.write);
    running.push({ served, child });
    const isUp = await Promise.race([waitUntilListening(served.host, served.port, run.bootTimeout, over.signal), child.ended.then((end) => notStarted(served, `ended ${describeEnd(end)}`))]);
    if (isUp === true) run.write(`${served.name} listens on http://${served.host}:${served.port}`);
    else if (isUp !== false) throw isUp;
    else if (!over.signal.aborted) throw notStarted(served, `does not listen on port ${served.port} after ${run.bootTimeout / 1000} s`);
  };
  const bootAll = async (): Promise<void> => {
    await Promise.all(services.map(boot));
    if (!over.signal.aborted) await boot(app);
  };
  try {
    await Promise.race([interrupted, bootAll()]);
    const ends = running.map(async ({ served, child }) => {
      const end = await child.ended;
      throw new OoneexNxError({ code: "SERVICE_ENDED", what: `${served.name} has ended ${describeEnd(end)}, and so all are stopped`, where: served.root, remedy: "see what it printed above" });
    });
    await Promise.race([interrupted, ...ends]);
  } finally {
    over.abort();
    await Promise.all(running.map(({ child }) => child.stop()));
  }
}

function portTaken({ name, port, root }: ServedProcess): OoneexNxError {
  return new OoneexNxError({
    code: "PORT_TAKEN",
    what: `port ${port} of ${name} is taken by another process, and nothing is started`,
    where: root,
    remedy: `stop what listens there, or give ${name} another port in ${root}/${name}.yml and ${root}/.env.yml`,
  });
}

function notStarted({ name, root }: ServedProcess, what: string): OoneexNxError {
  return new OoneexNxError({ code: "SERVICE_NOT_STARTED", what: `${name} ${what}, and so all are stopped`, where: root, remedy: `see what it printed above; nx serve ${name} starts it alone` });
}
