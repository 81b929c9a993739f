import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

/** What is wrong with a server, as a registry may be. */
export type Fault = "answers 500" | "breaks off its answers" | "hangs up" | "never answers";

export interface BrokenServer {
  /** Such as `127.0.0.1:41234`. */
  readonly host: string;
  /** How many requests have come. */
  asked(): number;
  stop(): void;
}

/** Starts a server on this machine that answers nothing as it should. */
export async function startBrokenServer(fault: Fault): Promise<BrokenServer> {
  let asked = 0;
  const server = createServer((request, response) => {
    asked += 1;
    if (fault === "never answers") return;
    if (fault === "hangs up") return void request.socket.destroy();
    if (fault === "answers 500") return void response.writeHead(500, { "content-type": "application/json" }).end('{"errors":[]}');
    response.writeHead(200, { "content-type": "application/json", "content-length": 4096 });
    response.write('{"name":"@private/ledger","versions":{', () => request.socket.destroy());
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  return {
    host: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked: () => asked,
    stop() {
      server.close();
      server.closeAllConnections();
    },
  };
}
