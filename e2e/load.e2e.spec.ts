import { readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, describe, expect, inject, it } from "vitest";
import { findFreePort } from "../tools/registry/free-port.js";
import { recordTest } from "./figure.js";
import type { Container } from "./image/containers.js";
import { dockerSuite } from "./image/docker-suite.js";
import { makeServiceWorkspace, type ServiceWorkspace } from "./image/service-workspace.js";
import { equipApp } from "./load/equip-app.js";
import { equipService } from "./load/equip-service.js";
import { type RunningProcess, waitForAnswer } from "./process.js";

/** TORTURE_SCALE=1 sends all requests, which takes minutes; beside the other tests a tenth of them is sent. */
const SCALE = Math.max(0.1, Number(process.env["TORTURE_SCALE"] ?? "0"));

const REQUESTS = Math.round(200_000 * SCALE);

/** The requests are sent in so many parts, and memory is read after each. */
const PARTS = 10;

/** By how much a service may grow over all requests but those of the first parts, in bytes: less than 200 for each of 160,000. */
const GROWTH = 32_000_000;

const FILE = "docker-compose.production.yml";
const BROKEN = 'console.error("the ledger is missing");\nprocess.exit(1);\nexport {};\n';

/** What a container of the service needs that no compose file starts. */
const ALONE = ["APP_ENV=production", "CACHE_REDIS_URL=redis://nowhere:6379", "RATE_LIMIT_REDIS_URL=redis://nowhere:6379"].flatMap((each) => ["--env", each]);

interface Outcome {
  /** How many requests each container answered, by its host name. */
  readonly answers: Readonly<Record<string, number>>;
  /** How many had no answer, by the error's code. */
  readonly failures: Readonly<Record<string, number>>;
}

// The clients are containers of the compose project's network. What an app calls is published on loopback.
dockerSuite("a service under load", () => {
  let made: ServiceWorkspace;
  /** The port that the compose file gives the service. */
  let port: string;
  const images: string[] = [];
  /** Requests of the test that runs; `undefined` where they are not what counts. */
  let sent: number | undefined;

  const compose = async (...argv: string[]): Promise<string> => (await made.workspace.run(["docker", "compose", "--file", FILE, ...argv])).stdout.trim();
  const container = (): Promise<string> => compose("ps", "--quiet", made.service);
  const network = () => `${made.service}_default`;
  const url = () => `http://${made.service}:${port}`;
  const build = async (text: string): Promise<void> => {
    await made.use(text);
    await made.build();
    images.push(await made.id());
  };
  const client = (script: "steady" | "crowd", env: Readonly<Record<string, string>>, where = network()): string[] => [
    ...["--init", "--network", where],
    ...Object.entries(env).flatMap(([name, value]) => ["--env", `${name}=${value}`]),
    ...[images[0] ?? "", "bun", "--eval", readFileSync(join(import.meta.dirname, "load", `${script}.js`), "utf8")],
  ];
  const runClient = async <Result>(...given: Parameters<typeof client>): Promise<Result> =>
    JSON.parse((await made.containers.docker(["run", "--rm", ...client(...given)])).stdout) as Result;
  const startClient = async (env: Readonly<Record<string, string>>, where?: string): Promise<{ stop: () => Promise<Outcome> }> => {
    const { docker } = made.containers;
    const argv = client("steady", env, where);
    const image = argv.findIndex((each) => each === images[0]);
    const { id } = await made.containers.start(argv.slice(0, image), images[0] ?? "", argv.slice(image + 1));
    return {
      async stop() {
        await docker(["stop", id]);
        return JSON.parse((await docker(["logs", id])).stdout) as Outcome;
      },
    };
  };

  beforeAll(async () => {
    made = await makeServiceWorkspace(inject("host"), "load");
    const { workspace, service } = made;
    await equipService(made);
    const redis = "redis://nowhere:6379";
    await workspace.write(`${service}.env`, `CACHE_REDIS_URL=${redis}\nRATE_LIMIT_REDIS_URL=${redis}\n`);
    await workspace.write(".env", `COMPOSE_PROJECT_NAME=${service}\n`);
    await workspace.run(["nx", "g", "@ooneex/nx:compose", "--datastores=false"]);
    port = /^ {2}load\w+:\n[^]*?PORT: "(\d+)"/m.exec(await workspace.read(FILE))?.[1] ?? "";
    await build("export {};\n");
    await compose("up", "--detach", "--no-deps", "--wait", service);
  });

  afterEach((context) => {
    recordTest(context, sent);
    sent = undefined;
  });

  afterAll(async () => {
    await made.containers.remove([]);
    if (made.workspace.exists(FILE)) await compose("down", "--volumes", "--timeout", "1");
    await made.containers.docker(["rmi", "--force", `${made.service}-${made.service}:previous`, ...images], { expect: "either" });
    await made.dispose();
  });

  it("loses no request while nx deploy replaces it, nor while it fails to", async () => {
    const before = await container();
    const load = await startClient({ URL_OF_SERVICE: url() });
    await build("export const release = 2;\nconsole.log(release);\n");
    await made.workspace.run(["nx", "deploy", made.service, "--rolling"]);
    const after = await container();
    expect(after).not.toBe(before);
    expect(await made.containers.inspect(after, "{{.Image}}")).toBe(images[1]);
    expect((await made.workspace.run(["nx", "deploy", made.service, "--rolling"])).stdout).toContain("ran already");
    await build(BROKEN);
    const { stdout, stderr } = await made.workspace.run(["nx", "deploy", made.service, "--rolling", "--timeout=5"], { expect: "failure" });
    expect(stdout + stderr).toMatch(/DEPLOY_FAILED: [^]*the ledger is missing[^]*runs as before, and was never stopped/);
    expect(await compose("ps", "--all", "--quiet", made.service)).toBe(after);
    const { answers, failures } = await load.stop();
    sent = Object.values(answers).reduce((sum, count) => sum + count, 0);
    expect(failures).toEqual({});
    expect(Object.keys(answers).sort()).toEqual([before, after].map((id) => id.slice(0, 12)).sort());
  });

  // A server that stops listening at once loses a request in one of three such stops.
  it("loses no request of callers that are never idle when it is stopped", async () => {
    sent = 0;
    for (let round = 0; round < 4; round++) {
      const service = await made.containers.start(["--init", "--network", "none", ...ALONE], images[0] ?? "");
      await service.healthy();
      const load = await startClient({ URL_OF_SERVICE: "http://127.0.0.1:3500", LANES: "16", BODIES: "all" }, `container:${service.id}`);
      await sleep(2_000);
      expect((await service.stop()).exitCode).toBe(0);
      const { answers, failures } = await load.stop();
      const host = service.id.slice(0, 12);
      sent += answers[host] ?? 0;
      expect(Object.keys(answers)).toEqual([host]);
      // Refused is not lost: a caller asks where else the service is.
      expect(Object.keys(failures).filter((code) => !/refused$/i.test(code))).toEqual([]);
    }
  });

  it("does not grow with the number of requests", async () => {
    const id = await container();
    const sizes: number[] = [];
    sent = REQUESTS;
    for (let part = 0; part < PARTS; part++) {
      const { answers, failures } = await runClient<Outcome>("steady", { URL_OF_SERVICE: url(), LANES: "32", COUNT: String(REQUESTS / PARTS) });
      expect({ answers, failures }).toEqual({ answers: { [id.slice(0, 12)]: REQUESTS / PARTS }, failures: {} });
      const { stdout } = await made.containers.docker(["top", id, "-eo", "pid,rss,args"]);
      sizes.push(Math.max(...[...stdout.matchAll(/^\s*\d+\s+(\d+) /gm)].map(([, kilobytes]) => Number(kilobytes) * 1024)));
    }
    // Of several readings, since a collection may come before or after any of them.
    expect(Math.min(...sizes.slice(-3)) - Math.max(...sizes.slice(0, 3))).toBeLessThan(GROWTH);
  });

  it("answers for its health beside clients that send a letter at a time", async () => {
    const statuses = await runClient<number[]>("crowd", { URL_OF_SERVICE: url(), KIND: "slow", COUNT: "500", PROBES: "8" });
    expect(statuses).toEqual(Array.from({ length: 8 }, () => 200));
  });

  it("answers for its health again, by itself, after its table of files was full", async () => {
    const service = await made.containers.start(["--init", "--network", "none", "--ulimit", "nofile=64:64", ...ALONE], images[0] ?? "");
    await service.healthy();
    const statuses = await runClient<number[]>("crowd", { URL_OF_SERVICE: "http://127.0.0.1:3500", KIND: "idle", COUNT: "80", PROBES: "8" }, `container:${service.id}`);
    expect([statuses[0], statuses.at(-1)]).toEqual([0, 200]);
    expect(await made.containers.inspect(service.id, "{{.State.Health.Status}} {{.RestartCount}}")).toBe("healthy 0");
  });

  describe("that an app calls", () => {
    let called: Container;
    let app: RunningProcess;
    let address: string;

    /** A call that hangs ends the test, long before a `fetch` without a signal of its own would. */
    const ask = async (): Promise<{ status: number; host: string | undefined }> => {
      const answer = await fetch(address, { signal: AbortSignal.timeout(20_000) });
      const { data } = (await answer.json()) as { data: { host?: string } | null };
      return { status: answer.status, host: data?.host };
    };
    const failed = { status: 500, host: undefined };
    const answered = () => ({ status: 200, host: called.id.slice(0, 12) });

    beforeAll(async () => {
      const ports = { app: await findFreePort(), service: await findFreePort() };
      await equipApp(made, ports);
      called = await made.containers.start(["--init", "--restart=unless-stopped", "--publish", `127.0.0.1:${ports.service}:3500`, ...ALONE], images[0] ?? "");
      await called.healthy();
      app = made.workspace.start(["nx", "serve", "app"]);
      address = `http://127.0.0.1:${ports.app}/api/v1/ask`;
      expect((await waitForAnswer(address, app)).status).toBe(200);
    });

    afterAll(() => app.stop());

    it("comes back after it was killed, and meanwhile the app answers with an error", async () => {
      expect(await ask()).toEqual(answered());
      // Through the engine it would count as stopped by hand, which no restart policy undoes.
      await called.exec(["bun", "--eval", "process.kill(-1, 'SIGKILL')"]).catch(() => undefined);
      expect(await ask()).toEqual(failed);
      await expect.poll(ask, { timeout: 30_000 }).toEqual(answered());
      expect(await made.containers.inspect(called.id, "{{.RestartCount}}")).toBe("1");
    });

    it("takes calls and never answers: the app does, with an error, and for its own health as ever", async () => {
      await made.containers.docker(["pause", called.id]);
      try {
        const asked = Promise.all(Array.from({ length: 8 }, ask));
        expect((await fetch(address.replace("/ask", "/healthcheck"), { signal: AbortSignal.timeout(20_000) })).status).toBe(200);
        expect(await asked).toEqual(Array.from({ length: 8 }, () => failed));
      } finally {
        await made.containers.docker(["unpause", called.id]);
      }
      await expect.poll(ask, { timeout: 30_000 }).toEqual(answered());
    });
  });
});
