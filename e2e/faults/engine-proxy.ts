import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { connect, createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** An engine's address that can be taken away while the engine itself, which others use too, goes on. */
export interface EngineProxy {
  /** What makes a client use it. */
  readonly env: Readonly<Record<string, string>>;
  /** Breaks every connection and takes no new one, as when an engine is killed. */
  cut(): void;
  stop(): Promise<void>;
}

const DEFAULT = "unix:///var/run/docker.sock";

/** @throws Error where the engine is not reached through a socket of this machine */
export async function startEngineProxy(): Promise<EngineProxy> {
  const [, socket] = /^unix:\/\/(.+)$/.exec(process.env["DOCKER_HOST"] ?? DEFAULT) ?? [];
  if (socket === undefined) throw new Error("the engine is not behind a socket of this machine");
  // A socket's path may have no more than about a hundred letters.
  const folder = await mkdtemp(join(tmpdir(), "engine-"));
  const open = new Set<Socket>();
  const server = createServer({ allowHalfOpen: true }, (client) => {
    const engine = connect({ path: socket, allowHalfOpen: true });
    for (const [from, to] of [[client, engine], [engine, client]] as const) {
      open.add(from);
      from.once("close", () => open.delete(from)).on("error", () => to.destroy());
      from.pipe(to);
    }
  });
  const path = join(folder, "engine.sock");
  await once(server.listen(path), "listening");
  const cut = (): void => {
    server.close();
    for (const each of open) each.destroy();
  };
  return {
    env: { DOCKER_HOST: `unix://${path}` },
    cut,
    async stop() {
      cut();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
