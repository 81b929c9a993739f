import { createServer, type AddressInfo } from "node:net";

/** Finds a port of 127.0.0.1 that nothing listens on now. Another process may take it before the caller does. */
export async function findFreePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve, reject) => probe.once("error", reject).listen(0, "127.0.0.1", resolve));
  const { port } = probe.address() as AddressInfo;
  await new Promise((resolve) => probe.close(resolve));
  return port;
}
