import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { setTimeout as sleep } from "node:timers/promises";
import { makeAcme } from "./acme.js";
import { openContainers, type Containers } from "./image/containers.js";
import { dockerSuite } from "./image/docker-suite.js";
import { searchImage } from "./image/search-image.js";
import { BEHAVIOURS, portOf, REFUSING_PORT, SERVERS } from "./image/servers.js";
import { equip, SECRETS } from "./image/service.js";
import type { Workspace } from "./workspace/workspace.js";

const DOCKERFILE = "modules/billing/Dockerfile";

const HARDENED = ["--read-only", "--tmpfs", "/tmp", "--cap-drop", "ALL", "--security-opt", "no-new-privileges"];

const ENVIRONMENT = ["APP_ENV=production", "CACHE_REDIS_URL=redis://127.0.0.1:6379", "RATE_LIMIT_REDIS_URL=redis://127.0.0.1:6379"];

const variables = ENVIRONMENT.flatMap((variable) => ["--env", variable]);

/** A stop that the engine does not have to enforce, which it does after ten seconds. */
const STOPPED_BY_ITSELF = 8_000;

dockerSuite("the generated Dockerfile", () => {
  let workspace: Workspace;
  let containers: Containers;
  let billing: string;
  const images: string[] = [];

  /** Builds as someone does who has no Nx, and returns the image's name, which no other build takes away from it. */
  const build = async (...flags: string[]): Promise<string> => {
    const image = `${containers.image}:${images.length}`;
    images.push(image);
    // The packages come from a registry on this machine, so the build has to use this machine's network.
    const argv = ["docker", "build", "-f", DOCKERFILE, "--target", "production", "-t", image, "--network", "host", ...flags, "."];
    await workspace.run(argv);
    return image;
  };

  const start = (...flags: string[]) => containers.start([...HARDENED, ...variables, ...flags], billing);

  beforeAll(async () => {
    workspace = await makeAcme(inject("host"));
    containers = openContainers(workspace.root);
    await equip(workspace);
    billing = await build();
  });

  afterAll(async () => {
    await containers.remove(images);
    await workspace.dispose();
  });

  it("needs no frontend from a registry", async () => {
    expect(await workspace.read(DOCKERFILE)).not.toMatch(/^#\s*syntax\s*=/im);
  });

  it.each(["base", "deps", "prod-deps", "build", "production"])("has the stage %s, which builds by itself", async (stage) => {
    const argv = ["docker", "build", "-f", DOCKERFILE, "--target", stage, "--network", "host", "--output", "type=cacheonly", "."];
    await workspace.run(argv);
  });

  it("says how the service is run", async () => {
    const config: unknown = JSON.parse(await containers.inspect(billing, "{{json .Config}}"));
    expect(config).toMatchObject({
      User: "bun",
      ExposedPorts: { "3500/tcp": {} },
      Env: expect.arrayContaining(["NODE_ENV=production", "HOST_NAME=0.0.0.0", "PORT=3500"]),
      Healthcheck: { Interval: 10e9, Timeout: 3e9, StartPeriod: 30e9, StartInterval: 250e6, Retries: 3 },
    });
  });

  describe("a container of it, run as strictly as can be", () => {
    it("becomes healthy soon, and runs what it imports from other modules, packages and npm", async () => {
      const container = await start("--publish", "127.0.0.1::3500");
      // Well below the ten seconds of the check's interval: it is the start interval that counts.
      expect(await container.healthy()).toBeLessThan(9_000);
      const answer = await fetch(`${await container.url(3500)}/api/v1/quote`);
      expect(await answer.json()).toMatchObject({
        data: { id: expect.stringMatching(/^quote_[\w-]{10}$/), total: "19.99 EUR", validFor: "5m" },
      });
      expect((await container.exec(["id", "-u", "-n"])).stdout.trim()).toBe("bun");
      expect((await container.exec(["id", "-u"])).stdout.trim()).toBe("1000");
      expect((await container.exec(["touch", "/app/file"])).code).not.toBe(0);
      const { exitCode, milliseconds } = await container.stop();
      expect(exitCode).toBe(0);
      expect(milliseconds).toBeLessThan(STOPPED_BY_ITSELF);
    });

    it("listens on the PORT that it is given, where its health check looks too", async () => {
      const container = await start("--publish", "127.0.0.1::4100", "--env", "PORT=4100");
      await container.healthy();
      expect((await fetch(`${await container.url(4100)}/api/v1/healthcheck`)).status).toBe(200);
    });

    it("answers the request in flight when it is stopped", async () => {
      const container = await start("--publish", "127.0.0.1::3500");
      await container.healthy();
      const answer = fetch(`${await container.url(3500)}/api/v1/slow`);
      await sleep(300);
      const stopped = container.stop();
      expect(await (await answer).json()).toMatchObject({ data: { status: "done" } });
      const { exitCode, milliseconds } = await stopped;
      expect(exitCode).toBe(0);
      expect(milliseconds).toBeLessThan(STOPPED_BY_ITSELF);
    });

    it("ends with 1 and the runtime's message where a variable is missing", async () => {
      const { code, stdout, stderr } = await containers.docker(["run", "--rm", ...HARDENED, billing], { expect: "failure" });
      expect(code).toBe(1);
      expect(stdout + stderr).toContain("APP_ENV");
    });
  });

  it("has a health check that fails on refusal, on a time-out and on 5xx, and on nothing else", async () => {
    const [kind, ...command] = JSON.parse(await containers.inspect(billing, "{{json .Config.Healthcheck.Test}}")) as string[];
    expect(kind).toBe("CMD");
    const container = await containers.start(["--no-healthcheck"], billing, ["bun", "-e", SERVERS]);
    const check = async (port: number) => (await container.exec(command, ["--env", `PORT=${port}`])).code;
    // Its first server that answers shows that they listen; they all started together.
    await expect.poll(() => check(portOf(0)), { timeout: 20_000 }).toBe(0);
    const codes = await Promise.all(BEHAVIOURS.map((_, index) => check(portOf(index))));
    const verdicts = BEHAVIOURS.map(({ name }, index) => [name, codes[index] === 0]);
    expect(verdicts).toEqual(BEHAVIOURS.map(({ name, healthy }) => [name, healthy]));
    expect(await check(REFUSING_PORT)).not.toBe(0);
  });

  it("holds no secret of the workspace, nor one that a build is given", async () => {
    const secrets = Object.values(SECRETS);
    for (const image of [billing, await build("--no-cache", "--secret", "id=npmrc,src=.npmrc")]) {
      // The bundle's own route shows that the search finds what is there.
      expect(await searchImage(containers, image, [...secrets, "billing.quote"])).toEqual(["billing.quote"]);
    }
  });

  it("installs with the token of a private registry that a build is given", async () => {
    const asked: (string | undefined)[] = [];
    const registry = createServer(({ headers }, response) => {
      asked.push(headers.authorization);
      response.writeHead(404).end("{}");
    });
    await once(registry.listen(0, "127.0.0.1"), "listening");
    const host = `127.0.0.1:${(registry.address() as AddressInfo).port}`;
    await workspace.write("private.npmrc", `@private:registry=http://${host}/\n//${host}/:_authToken=token-of-a-build\n`);
    // The stage as it is, with a package that only the private registry can have.
    const dockerfile = await workspace.read(DOCKERFILE);
    const install = /bun install --frozen-lockfile$/m;
    expect(dockerfile).toMatch(install);
    await workspace.write(`${DOCKERFILE}.private`, dockerfile.replace(install, "cd /tmp && bun add @private/ledger"));
    const flags = ["--target", "deps", "--network", "host", "--no-cache", "--secret", "id=npmrc,src=private.npmrc"];
    try {
      await workspace.run(["docker", "build", "-f", `${DOCKERFILE}.private`, ...flags, "."], { expect: "failure" });
    } finally {
      registry.close();
      await workspace.remove("private.npmrc");
      await workspace.remove(`${DOCKERFILE}.private`);
    }
    expect(new Set(asked)).toEqual(new Set(["Bearer token-of-a-build"]));
  });

  describe("a rebuild", () => {
    const rebuild = async (): Promise<string> => containers.inspect(await build(), "{{.Id}}");
    let before: string;

    beforeAll(async () => {
      before = await rebuild();
    });

    const append = async (file: string, text: string): Promise<void> =>
      workspace.write(file, `${workspace.exists(file) ? await workspace.read(file) : ""}${text}\n`);

    it("without a change gives the same image", async () => {
      expect(await rebuild()).toBe(before);
    });

    it.each([
      ["its README", "modules/billing/README.md", "# Billing"],
      ["its tests", "modules/billing/tests/BillingModule.spec.ts", "// changed"],
      ["a module that it does not import", "modules/notifications/src/domain.ts", "export const changed = true;"],
      ["the workspace's README", "README.md", "changed"],
    ])("after a change to %s gives the same image", async (_, file, text) => {
      await append(file, text);
      expect(await rebuild()).toBe(before);
    });

    it.each([
      ["its source", "modules/billing/src/domain.ts"],
      ["a module that it imports", "modules/shared/src/identifiers.ts"],
    ])("after a change to %s gives a new one", async (_, file) => {
      await append(file, 'console.log("changed");');
      expect(await rebuild()).not.toBe(before);
    });
  });
});
