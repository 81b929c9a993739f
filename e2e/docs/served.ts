import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { findFreePort } from "../../tools/registry/free-port.js";
import { waitForAnswer } from "../process.js";
import type { Workspace } from "../workspace/workspace.js";

/** For an image to be built before it runs, on a machine with other work. In milliseconds. */
const PATIENCE = 120_000;

/** The module that a command of the documentation serves, until somebody stops it; `undefined` for one that ends by itself. */
export function readServed(command: string): string | undefined {
  if (command === "bun run serve") return "app";
  return /^(?:bunx )?nx (?:serve|docker-run) (\S+)/.exec(command)?.[1];
}

/**
 * Runs a command that serves a module, on ports that nobody else on this machine has, until it answers that it is healthy.
 *
 * @param name - of the module's folder
 */
export async function serve(workspace: Workspace, command: string, name: string): Promise<void> {
  await onFreePorts(workspace, async () => {
    const port = /port: (\d+)/.exec(await workspace.read(`modules/${name}/.env.yml`))?.[1] ?? "";
    const server = workspace.start(["bash", "-c", `exec ${command}`]);
    const answer = await waitForAnswer(`http://localhost:${port}/api/v1/healthcheck`, server, PATIENCE);
    await server.stop("SIGINT");
    if (answer.status !== 200) throw new Error(`${command}: ${answer.status}\n${server.output()}`);
  });
}

/** Gives back what the files said. */
async function onFreePorts(workspace: Workspace, run: () => Promise<void>): Promise<void> {
  const before = new Map<string, string>();
  const ports = new Map<string, number>();
  for (const path of await listSettings(workspace)) {
    const text = await workspace.read(path);
    before.set(path, text);
    for (const [port] of text.matchAll(/\b30\d\d\b/g)) if (!ports.has(port)) ports.set(port, await findFreePort());
    await workspace.write(path, text.replaceAll(/\b30\d\d\b/g, (port) => String(ports.get(port) ?? port)));
  }
  await run().finally(() => Promise.all([...before].map(([path, text]) => workspace.write(path, text))));
}

/** Where ports and addresses are: manifests and environments, in git or not. */
export async function listSettings(workspace: Workspace): Promise<string[]> {
  const paths = await readdir(join(workspace.root, "modules"), { recursive: true });
  return paths.filter((path) => /^[^/]+\/[\w.-]+\.yml$/.test(path) && !path.endsWith("roles.yml")).map((path) => `modules/${path}`);
}
