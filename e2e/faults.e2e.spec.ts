import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, describe, expect, inject, it } from "vitest";
import { type BrokenServer, type Fault, startBrokenServer } from "./faults/broken-server.js";
import { startEngineProxy } from "./faults/engine-proxy.js";
import { recordTest } from "./figure.js";
import { dockerSuite } from "./image/docker-suite.js";
import { findProcesses } from "./image/processes.js";
import { makeServiceWorkspace, type ServiceWorkspace } from "./image/service-workspace.js";

/** TORTURE_SCALE=1 runs everything, which takes minutes; beside the other tests a part of it is run, that of the quickest fault. */
const SCALE = Number(process.env["TORTURE_SCALE"] ?? "0");

/** At how many points of a build each signal comes. */
const POINTS = Math.max(1, Math.round(10 * SCALE));

const FAULTS: readonly Fault[] = SCALE < 1 ? ["hangs up"] : ["answers 500", "breaks off its answers", "hangs up"];

/** How long a build that cannot work may take, in milliseconds; an engine tries a push several times. */
const BOUND = 150_000;

const INSTALL = /bun install --frozen-lockfile$/m;

// A client without buildx, two builds at once, a bake whose time is over, and a registry that does not answer when it is asked
// for a key are in docker-build, batch, up-to-date and registry.
dockerSuite("a build that meets a fault", () => {
  let made: ServiceWorkspace;
  let dockerfile: string;
  /** The image of the source as it is: the same contents are the same id. */
  let whole: string;
  /** Milliseconds that a build of it took. */
  let duration: number;

  const path = () => `modules/${made.service}/Dockerfile`;
  const write = (text: string) => made.workspace.write(path(), text);
  const before = (stage: string, step: string) => write(dockerfile.replace(stage, `${stage}${step}\n`));

  /** Its id; `undefined` where there is no image of that name. */
  const find = async (): Promise<string | undefined> => {
    const { stdout, code } = await made.containers.docker(["image", "inspect", "--format", "{{.Id}}", made.image], { expect: "either" });
    return code === 0 ? stdout.trim() : undefined;
  };

  const wipe = async (): Promise<void> => {
    const id = await find();
    if (id !== undefined) await made.containers.docker(["rmi", "--force", id]);
  };

  const fail = async (flags: readonly string[], env: Record<string, string> = {}): Promise<string> => {
    const argv = ["nx", "docker-build", made.service, "--progress=plain", ...flags];
    const { stdout, stderr, code } = await made.workspace.run(argv, { env, expect: "failure", timeout: BOUND });
    expect(code).toBe(1);
    return stdout + stderr;
  };

  /** One error of ours, with no stack. */
  const expectOneError = (output: string, code: string): void => {
    expect(output.match(/^[A-Z]+(_[A-Z]+)+: /gm)).toEqual([`${code}: `]);
    expect(output).not.toMatch(/^ {4}at /m);
  };

  /** Runs a test beside a server that something has to ask. */
  const withServer = async (fault: Fault, act: (server: BrokenServer) => Promise<void>): Promise<void> => {
    const server = await startBrokenServer(fault);
    try {
      await act(server);
      expect(server.asked()).toBeGreaterThan(0);
    } finally {
      server.stop();
    }
  };

  const done = (): string => `${made.service}-is-installed`;

  /** Has the build install a package that only the server could have. */
  const installFrom = async ({ host }: BrokenServer): Promise<void> => {
    await made.workspace.write("bunfig.toml", `${await made.workspace.read("bunfig.toml")}"@private" = "http://${host}/"\n`);
    await write(dockerfile.replace(INSTALL, `bun add @private/ledger && echo ${done()}`));
    await wipe();
  };

  const pushTo = ({ host }: BrokenServer): string[] => ["--push", `--repository=${host}/acme/${made.service}`, "--tags=:1"];

  beforeAll(async () => {
    made = await makeServiceWorkspace(inject("host"), "mishap");
    dockerfile = await made.workspace.read(path());
    await made.build();
    await wipe();
    const start = Date.now();
    await made.build("--no-cache");
    duration = Date.now() - start;
    whole = await made.id();
  });

  afterEach(async (context) => {
    await made.workspace.run(["git", "checkout", "--quiet", "."]);
    // Without any help.
    await made.build();
    expect(await made.id()).toBe(whole);
    recordTest(context);
  });

  afterAll(() => made.dispose());

  it("whose engine is gone ends with one error, and with it ends what it ran", async () => {
    const step = `sleep 61 && echo ${made.service}-is-cut`;
    await wipe();
    await before("FROM deps AS build\n", `RUN echo build-has-begun && ${step}`);
    const engine = await startEngineProxy();
    try {
      const build = made.workspace.start(["nx", "docker-build", made.service, "--progress=plain"], { env: engine.env });
      await expect.poll(() => build.output(), { timeout: 60_000 }).toMatch(/^#\d+ [\d.]+ build-has-begun$/m);
      engine.cut();
      await expect.poll(() => build.exitCode(), { timeout: 30_000 }).toBe(1);
      expectOneError(build.output(), "BUILD_FAILED");
      await expect.poll(() => findProcesses(step), { timeout: 30_000 }).toEqual([]);
      expect(await find()).toBeUndefined();
      // It stays away.
      expectOneError(await fail(["--engine=docker"], engine.env), "ENGINE_DOWN");
    } finally {
      await engine.stop();
    }
  });

  it("for which there is no room ends with one error, which the engine explains", async () => {
    await wipe();
    await before("FROM deps AS build\n", "RUN --mount=type=tmpfs,target=/small,size=65536 head -c 1000000 /dev/zero > /small/file");
    const output = await fail([]);
    expectOneError(output, "BUILD_FAILED");
    expect(output).toContain("No space left on device");
    expect(await find()).toBeUndefined();
  });

  it("that cannot be staged ends with one error, and changes nothing", async () => {
    await made.workspace.remove(".nx/ooneex");
    // Permissions do not stop the root user, whom tests in a container run as.
    await made.workspace.write(".nx/ooneex", "in the way\n");
    try {
      expectOneError(await fail(["--force"]), "STAGE_UNWRITABLE");
      expect(await made.workspace.read(".nx/ooneex")).toBe("in the way\n");
      expect(await find()).toBe(whole);
    } finally {
      await made.workspace.remove(".nx/ooneex");
    }
  });

  it("whose source cannot be read ends with one error that names it", async () => {
    const source = `modules/${made.service}/src/domain.ts`;
    await made.workspace.remove(source);
    await made.workspace.run(["ln", "-s", "domain.ts", source]);
    const output = await fail([]);
    expect(output.match(/^[A-Z]+(_[A-Z]+)+: /gm)).toHaveLength(1);
    expect(output).toContain("domain");
    expect(output).not.toMatch(/^ {4}at /m);
    expect(await find()).toBe(whole);
    await made.workspace.remove(source);
  });

  describe.each(FAULTS)("with a registry that %s", (fault) => {
    it("installs nothing from it, and ends", () =>
      withServer(fault, async (server) => {
        await installFrom(server);
        expectOneError(await fail([]), "BUILD_FAILED");
        expect(await find()).toBeUndefined();
      }));

    it("pushes nothing to it, and ends", () =>
      withServer(fault, async (server) => {
        expectOneError(await fail(pushTo(server)), "BUILD_FAILED");
      }));
  });

  describe("with a registry that never answers", () => {
    /** Bounds what waits for a server that never answers: long enough to come to that, in seconds. */
    const bound = (): string => `--timeout=${Math.max(8, Math.ceil((4 * duration) / 1_000))}`;
    const expectNothingLeft = async (): Promise<void> => {
      await expect.poll(() => findProcesses(done()), { timeout: 30_000 }).toEqual([]);
      await expect.poll(() => findProcesses(`--label dev.ooneex.nx.e2e=${made.service}`), { timeout: 30_000 }).toEqual([]);
    };

    it("is given up in time by an install, of which nothing is left", () =>
      withServer("never answers", async (server) => {
        await installFrom(server);
        expectOneError(await fail([bound()]), "BUILD_TIMEOUT");
        await expectNothingLeft();
        expect(await find()).toBeUndefined();
      }));

    it("is given up in time by a push", () =>
      withServer("never answers", async (server) => {
        // Docker itself gives a registry up that does not even say that it is one, some time later.
        expectOneError(await fail([...pushTo(server), "--timeout=5"]), "BUILD_TIMEOUT");
        await expectNothingLeft();
      }));
  });

  describe.each(["SIGINT", "SIGTERM"] as const)("and gets %s", (signal) => {
    it.each(Array.from({ length: POINTS }, (_, index) => (index + 1) / (POINTS + 1)))("after %f of its time, leaves the whole image or none", async (part) => {
      await wipe();
      const build = made.workspace.start(["nx", "docker-build", made.service, "--no-cache"]);
      await sleep(part * duration);
      if (build.exitCode() === undefined) process.kill(build.pid, signal);
      await expect.poll(() => build.exitCode(), { timeout: 30_000 }).toBeDefined();
      await expect.poll(() => findProcesses(`--label dev.ooneex.nx.e2e=${made.service}`), { timeout: 30_000 }).toEqual([]);
      // An engine that was asked to stop may have been done.
      expect([undefined, whole]).toContain(await find());
    });
  });
});
