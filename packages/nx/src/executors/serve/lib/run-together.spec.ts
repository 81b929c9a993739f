import { createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { isListening } from "./listening.js";
import { runTogether } from "./run-together.js";
import type { ServedProcess } from "./serve-plan.js";

const LISTEN = "require('node:http').createServer((_, answer) => answer.end(process.env.NAME)).listen(process.env.PORT, '127.0.0.1', () => console.log('up'))";
const FOREVER = "setInterval(() => {}, 1000)";

let lines: string[];
let ports: number[];

/** Ports that are free now. */
async function findPorts(count: number): Promise<number[]> {
  const servers = await Promise.all(Array.from({ length: count }, () => listen(0)));
  const found = servers.map((server) => (server.address() as { port: number }).port);
  await Promise.all(servers.map(close));
  return found;
}

function listen(port: number): Promise<Server> {
  return new Promise((resolve, reject) => {
    const server = createServer().once("error", reject);
    server.listen(port, "127.0.0.1", () => resolve(server));
  });
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => void server.close(() => resolve()));
}

function serve(name: string, index: number, script = LISTEN): ServedProcess {
  const port = ports[index] ?? 0;
  return { name, root: ".", argv: [process.execPath, "-e", script], env: { NAME: name, PORT: String(port) }, host: "127.0.0.1", port };
}

/** Runs an app with services until `until` has happened. */
async function run(services: readonly ServedProcess[], app: ServedProcess, until?: () => Promise<void>, bootTimeout = 20_000): Promise<void> {
  const interruption = new AbortController();
  const write = (line: string): void => {
    lines.push(line);
    if (line.startsWith(`${app.name} listens`)) void until?.().finally(() => interruption.abort());
  };
  await runTogether({ services, app, absent: [] }, { workspaceRoot: tmpdir(), bootTimeout, write, signal: interruption.signal });
}

beforeEach(async () => {
  lines = [];
  ports = await findPorts(3);
});

afterEach(async () => {
  expect(await Promise.all(ports.map((port) => isListening("127.0.0.1", port)))).toEqual([false, false, false]);
});

describe("an app and its services", () => {
  it("answer together, the app last, say whose each line is, and end together", async () => {
    const answers: string[] = [];
    await run([serve("billing", 0), serve("orders", 1)], serve("app", 2), async () => {
      for (const port of ports) answers.push(await (await fetch(`http://127.0.0.1:${port}`)).text());
    });
    expect(answers).toEqual(["billing", "orders", "app"]);
    expect(lines).toEqual(expect.arrayContaining(["[billing] up", "[orders] up", "[app] up"]));
    expect(lines.indexOf("[app] up")).toBeGreaterThan(lines.findIndex((line) => line.startsWith("orders listens")));
  });

  it("are not started where a port is taken", async () => {
    const squatter = await listen(ports[1] ?? 0);
    await expect(run([serve("billing", 0), serve("orders", 1)], serve("app", 2))).rejects.toMatchObject({ code: "PORT_TAKEN", what: expect.stringContaining(`port ${ports[1]} of orders`) as string });
    expect(lines).toEqual([]);
    await close(squatter);
  });

  it("are stopped where one does not boot", async () => {
    const failing = serve("orders", 1, "console.error('no database'); process.exit(3)");
    await expect(run([serve("billing", 0), failing], serve("app", 2))).rejects.toMatchObject({ code: "SERVICE_NOT_STARTED", what: expect.stringContaining("orders ended with exit code 3") as string });
    expect(lines).toContain("[orders] no database");
  });

  it("are stopped where one never listens", async () => {
    await expect(run([serve("billing", 0), serve("orders", 1, FOREVER)], serve("app", 2), undefined, 2_000)).rejects.toMatchObject({ code: "SERVICE_NOT_STARTED", what: expect.stringContaining("orders does not listen") as string });
  });

  it("are stopped where one ends later", async () => {
    const brief = serve("orders", 1, `${LISTEN}; process.on('SIGUSR2', () => process.exit(4)); console.log('pid ' + process.pid)`);
    const running = run([serve("billing", 0), brief], serve("app", 2), async () => {
      const pid = Number(/pid (\d+)/.exec(lines.join("\n"))?.[1]);
      process.kill(pid, "SIGUSR2");
      await new Promise(() => undefined);
    });
    await expect(running).rejects.toMatchObject({ code: "SERVICE_ENDED", what: expect.stringContaining("orders has ended with exit code 4") as string });
  });

  it("are stopped where one is killed, and the signal is said", async () => {
    const brief = serve("orders", 1, `${LISTEN}; process.on('SIGUSR2', () => process.kill(process.pid, 'SIGKILL')); console.log('pid ' + process.pid)`);
    const running = run([serve("billing", 0), brief], serve("app", 2), async () => {
      process.kill(Number(/pid (\d+)/.exec(lines.join("\n"))?.[1]), "SIGUSR2");
      await new Promise(() => undefined);
    });
    await expect(running).rejects.toMatchObject({ code: "SERVICE_ENDED", what: expect.stringContaining("orders has ended by SIGKILL") as string });
  });

  it("are killed where they do not end by themselves", async () => {
    await run([serve("billing", 0, `process.on('SIGTERM', () => {}); ${LISTEN}`)], serve("app", 2), () => Promise.resolve());
  });

  it("tell of a program that is not there", async () => {
    const missing: ServedProcess = { ...serve("orders", 1), argv: ["no-such-program-here"] };
    await expect(run([missing], serve("app", 2))).rejects.toMatchObject({ code: "PROGRAM_MISSING" });
  });
});
