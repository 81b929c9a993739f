import { chmodSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from "vitest";
import { createExecutorContext } from "../../testing/executor-context.js";
import { writeWorkspace } from "../../testing/temporary-workspace.js";
import { logger } from "../logger.js";
import deploy from "./executor.js";
import type { DeployOptions } from "./schema.js";

const FILE = "docker-compose.production.yml";
const REGISTRY_IMAGE = "registry.example.com/acme/billing:2";

/** What an engine with compose finds and does. */
interface World {
  /** Id of the image that runs; none where there is no container. */
  running?: string | undefined;
  /** Id by reference. */
  images: Record<string, string>;
  /** Ids of images that become healthy. */
  healthy: string[];
  /** Reference that the compose file names. */
  image: string;
  /** Version of the program docker-compose. */
  alone?: string;
  /** Address of the engine in the context that docker uses. */
  context?: string;
  /** Whether docker has the plugin. */
  plugin: boolean;
  /** Whether a container is known to be healthy. */
  health?: boolean;
  /** What compose makes of the service's block, beside its image. */
  block?: Record<string, unknown>;
  /** Whether the settings have changed since the container was made. */
  changed?: boolean;
  /** Whether the new container is healthy only at first. */
  fades?: boolean;
  /** Id of the image of a second container. */
  added?: string | undefined;
  /** State of that container, where an earlier deployment has left it. */
  left?: string;
  /** Whether a container of `compose run` is there, too. */
  oneOff?: boolean;
  /** How often compose says what runs before the engine is gone. */
  answers?: number;
  /** When the one who deploys is interrupted: while compose runs, or while the new container is looked for. */
  interrupt?: "up" | "ps";
  /** Whether compose knows `--dry-run`. */
  dryRun?: boolean;
  containers: number;
}

const PROGRAM = `#!${process.execPath}
const fs = require("fs");
const state = __dirname + "/world.json";
const text = fs.readFileSync(state, "utf8");
const world = JSON.parse(text);
// Containers are asked about side by side, so what only reads must not write.
const save = () => JSON.stringify(world) === text || fs.writeFileSync(state, JSON.stringify(world));
const isPlugin = process.argv[2] === "compose" && !__filename.endsWith("docker-compose");
const isCompose = isPlugin || __filename.endsWith("docker-compose");
const args = process.argv.slice(isPlugin ? 3 : 2);
const end = (code, text = "", error = "") => { save(); fs.writeSync(1, text); fs.writeSync(2, error); process.exit(code); };
if (isPlugin && !world.plugin) end(1);
if (!isCompose) {
  const reference = args.at(-1);
  if (args[0] === "tag") { fs.appendFileSync(__dirname + "/log", "tag " + args.slice(1).join(" ") + "\\n"); end(0); }
  if (args[0] === "context") end(0, process.env.DOCKER_HOST || world.context || "unix:///var/run/docker.sock");
  if (args[0] === "inspect" && args[2].includes(".Mounts")) end(0, "[]\\n");
  if (args[0] === "inspect" && reference === "once") end(0, "2026-01-03T00:00:00Z True sha256:2 running, healthy");
  if (args[0] === "inspect" && reference === "second") end(0, "2026-01-02T00:00:00.5Z False sha256:" + world.added + " " + (world.left ?? "running, " + (world.fades ? "unhealthy" : "healthy")));
  if (args[0] === "inspect") end(0, "2026-01-01T00:00:00.25Z False sha256:" + world.running + " running" + (world.health ? ", healthy" : ""));
  if (args[0] === "logs") end(0, "the ledger is missing\\n");
  if (args[0] === "stop" || args[0] === "rm") {
    fs.appendFileSync(__dirname + "/log", args[0] + " " + reference + "\\n");
    if (args[0] === "rm" && reference !== "second") world.running = world.added;
    if (args[0] === "rm") world.added = undefined;
    end(0);
  }
  if (args[0] === "image") world.images[reference] === undefined ? end(1) : end(0, "sha256:" + world.images[reference]);
}
if (args[0] === "version") world.alone === undefined && !isPlugin ? end(1) : end(0, isPlugin ? "2.26.1" : world.alone);
const hasOverride = args.indexOf("-") > 0;
const image = hasOverride ? JSON.parse(fs.readFileSync(0, "utf8")).services.billing.image : world.image;
const verb = args.slice(args.lastIndexOf("--file") + 2);
if (verb[1] === "--dry-run" && world.dryRun === false) end(16, "unknown flag: --dry-run");
if (verb[1] === "--dry-run") end(0, " DRY-RUN MODE -  Container billing  " + (world.changed ? "Recreate" : "Running") + "\\n");
if (verb[0] === "config") end(0, JSON.stringify({ name: "acme", services: { billing: { image: world.image, ...world.block } } }));
if (verb[0] === "ps" && world.answers === 0) end(1, "", "Cannot connect to the Docker daemon");
if (verb[0] === "ps" && world.answers !== undefined) world.answers--;
if (verb[0] === "ps" && world.interrupt === "ps" && world.added !== undefined) process.kill(process.ppid, "SIGTERM");
if (verb[0] === "ps") end(0, (world.oneOff ? "once\\n" : "") + (world.running === undefined ? "" : "container" + world.containers + "\\n") + (world.added === undefined ? "" : "second\\n"));
if (verb[0] === "logs") end(0, "the ledger is missing\\n");
const isScaled = verb.includes("--scale");
fs.appendFileSync(__dirname + "/log", verb[0] + " " + image + (isScaled ? " beside" : "") + "\\n");
if (verb[0] === "pull") end(world.images[image] === undefined ? 1 : 0);
const id = image.startsWith("sha256:") ? image.slice(7) : world.images[image];
if (isScaled) world.added = id;
else if (id !== world.running) { world.running = id; world.containers++; }
if (world.interrupt === "up") { process.on("SIGTERM", () => end(130)); process.kill(process.ppid, "SIGTERM"); setTimeout(() => end(130), 5000); }
else end(world.healthy.includes(id) ? 0 : 1);
`;

let info: string[];
let errors: string[];

beforeEach(() => {
  [info, errors] = [[], []];
  vi.spyOn(logger, "info").mockImplementation((line: string) => void info.push(line));
  vi.spyOn(logger, "warn").mockReturnValue();
  vi.spyOn(logger, "error").mockImplementation((line: string) => void errors.push(line));
});

afterEach(() => {
  vi.restoreAllMocks();
});

/** Deploys billing, whose image 1 runs and whose image 2 is new. */
async function run(options: DeployOptions, change: Partial<World> = {}, files: Readonly<Record<string, string>> = {}): Promise<{ success: boolean; log: string[]; running: string | undefined }> {
  const world: World = {
    running: "1",
    images: { "billing:latest": "2", [REGISTRY_IMAGE]: "2", "acme-billing:previous": "0" },
    healthy: ["0", "1", "2"],
    image: "billing:latest",
    plugin: true,
    containers: 1,
    ...change,
  };
  const root = writeWorkspace({ [FILE]: "services: {}\n", ...files, "bin/docker": PROGRAM, "bin/docker-compose": PROGRAM });
  const at = (name: string): string => join(root, "bin", name);
  for (const name of ["docker", "docker-compose"]) chmodSync(at(name), 0o755);
  writeFileSync(at("world.json"), JSON.stringify(world));
  vi.stubEnv("PATH", join(root, "bin"));
  onTestFinished(() => void vi.unstubAllEnvs());
  const { success } = await deploy(options, { ...createExecutorContext(root), targetName: "deploy" });
  const log = existsSync(at("log")) ? readFileSync(at("log"), "utf8").trim().split("\n") : [];
  return { success, log, running: (JSON.parse(readFileSync(at("world.json"), "utf8")) as World).running };
}

describe("deploy", () => {
  it("swaps the service for the image that the compose file names, and keeps the one before by name", async () => {
    expect(await run({})).toEqual({ success: true, log: ["tag sha256:1 acme-billing:previous", "up billing:latest"], running: "2" });
    expect(info).toEqual([
      "billing: sha256:1 runs. Should this be interrupted, it is brought back by: nx deploy billing --image=acme-billing:previous --pull=false",
      "billing: swapped at once, and not there meanwhile: the one that runs is not known to be healthy (running)",
      "billing: billing:latest runs (sha256:2, running)",
    ]);
  });

  it("pulls an image that names a registry, unless told not to, and one that names none if told to", async () => {
    expect((await run({ image: REGISTRY_IMAGE })).log).toEqual([`pull ${REGISTRY_IMAGE}`, "tag sha256:1 acme-billing:previous", `up ${REGISTRY_IMAGE}`]);
    expect((await run({ image: REGISTRY_IMAGE, pull: false })).log).not.toContain(`pull ${REGISTRY_IMAGE}`);
    expect((await run({ pull: true })).log).toContain("pull billing:latest");
  });

  it("says so where the image runs already", async () => {
    expect(await run({}, { running: "2" })).toEqual({ success: true, log: ["up billing:latest"], running: "2" });
    expect(info).toEqual(["billing: billing:latest ran already (sha256:2, running)"]);
  });

  it("goes back by hand without losing the image that it goes back to", async () => {
    expect(await run({ image: "acme-billing:previous" })).toEqual({ success: true, log: ["up acme-billing:previous"], running: "0" });
  });

  it("goes back by itself, and names the last lines", async () => {
    const { success, log, running } = await run({ timeout: 5 }, { healthy: ["1"] });
    expect({ success, running }).toEqual({ success: false, running: "1" });
    expect(log.slice(1)).toEqual(["up billing:latest", "up sha256:1"]);
    expect(errors).toEqual([expect.stringMatching(/^DEPLOY_FAILED: not healthy within 5 s; its last lines:\n {4}the ledger is missing\n {2}rolled back: sha256:1 runs again\n/)]);
  });

  it("says that the way back failed too, and where the image before is", async () => {
    expect(await run({}, { healthy: [] })).toMatchObject({ success: false, running: "1" });
    expect(errors.join()).toMatch(/^ROLLBACK_FAILED: [^]*the image before was sha256:1: nx deploy billing --image=acme-billing:previous --pull=false/);
  });

  describe("beside the previous container", () => {
    const healthy = { health: true } satisfies Partial<World>;
    const soon = { settle: 0 } satisfies DeployOptions;

    it("starts the new one, and has the previous one finish only then", async () => {
      expect(await run(soon, healthy)).toEqual({
        success: true,
        log: ["tag sha256:1 acme-billing:previous", "up billing:latest beside", "stop container1", "rm container1"],
        running: "2",
      });
      expect(info.slice(1)).toEqual([
        "billing: billing:latest is healthy; sha256:1 is stopped in 0 s, when every caller knows of both",
        "billing: billing:latest runs (sha256:2, running, healthy)",
      ]);
    });

    it("does so for other settings of the same image, too, and for nothing new not at all", async () => {
      expect((await run(soon, { ...healthy, running: "2", changed: true })).log).toEqual(["up billing:latest beside", "stop container1", "rm container1"]);
      expect((await run(soon, { ...healthy, running: "2" })).log).toEqual(["up billing:latest"]);
      const unknown = await run({ ...soon, rolling: true }, { ...healthy, running: "2", dryRun: false });
      expect(unknown.log).toEqual(["up billing:latest beside", "stop container1", "rm container1"]);
    });

    it("takes the new one away where it does not become healthy, or stay so, and never stops the previous one", async () => {
      for (const change of [{ healthy: ["1"] }, { fades: true }]) {
        const { success, log, running } = await run(soon, { ...healthy, ...change });
        expect({ success, running }).toEqual({ success: false, running: "1" });
        expect(log.slice(1)).toEqual(["up billing:latest beside", "rm second"]);
      }
      expect(errors).toEqual([
        expect.stringMatching(/^DEPLOY_FAILED: not healthy within 120 s; its last lines:\n {4}the ledger is missing\n {2}rolled back: sha256:1 runs as before, and was never stopped\n/),
        expect.stringMatching(/^DEPLOY_FAILED: healthy at first, and running, unhealthy 0 s later; its last lines:/),
      ]);
    });

    it("takes it away where it is interrupted", async () => {
      expect(await run({ ...soon, image: "billing:latest" }, { ...healthy, interrupt: "up" })).toMatchObject({ success: false, running: "1" });
      expect(errors.join()).toMatch(/^DEPLOY_INTERRUPTED: interrupted: sha256:1 runs as before, and was never stopped[^]*to go on: nx deploy billing --image=billing:latest/);
    });

    it("takes it away where it is interrupted between two of its steps", async () => {
      expect(await run(soon, { ...healthy, interrupt: "ps" })).toMatchObject({ success: false, running: "1", log: [expect.any(String), "up billing:latest beside", "rm second"] });
      expect(errors.join()).toMatch(/^DEPLOY_INTERRUPTED: interrupted: sha256:1 runs as before, and was never stopped/);
    });

    it("finishes what a deployment that was killed has left, the newest healthy container being the one that stays", async () => {
      const finished = await run({ ...soon, rolling: true }, { ...healthy, added: "2" });
      expect(finished).toEqual({ success: true, log: ["stop container1", "rm container1", "up billing:latest"], running: "2" });
      expect(info[0]).toBe("billing: a container is left of an earlier deployment, and stopped in 0 s; sha256:2 (running, healthy) serves");
    });

    it.each(["exited", "running, unhealthy"])("takes away what such a deployment has left %s, and starts anew", async (left) => {
      const { log, running } = await run({ ...soon, rolling: true }, { ...healthy, added: "2", left });
      expect(log.slice(1)).toEqual(["stop second", "rm second", "up billing:latest beside", "stop container1", "rm container1"]);
      expect(running).toBe("2");
    });

    it("takes no container of compose run for one of the service", async () => {
      const { log, running } = await run({ ...soon, rolling: true }, { ...healthy, oneOff: true });
      expect({ log: log.slice(1), running }).toEqual({ log: ["up billing:latest beside", "stop container1", "rm container1"], running: "2" });
    });

    it.each([{ scale: 3 }, { deploy: { replicas: 3 } }])("leaves several containers to compose: %o", async (block) => {
      expect((await run(soon, { ...healthy, block })).log.slice(1)).toEqual(["up billing:latest"]);
      expect(info).toContain("billing: swapped at once, and not there meanwhile: it has 3 containers");
    });

    it("gives up the wait, too, where it is interrupted", async () => {
      vi.spyOn(logger, "info").mockImplementation((line: string) => void (line.includes("is stopped in 60 s") && setImmediate(() => process.kill(process.pid, "SIGTERM"))));
      const { log } = await run({ settle: 60 }, healthy);
      expect(log.slice(1)).toEqual(["up billing:latest beside", "rm second"]);
      expect(errors.join()).toMatch(/^DEPLOY_INTERRUPTED: /);
    });

    it("swaps it where two cannot run at once, says so, and does not where it must not", async () => {
      const world = { ...healthy, block: { ports: [{ target: 3500 }] } };
      expect(await run(soon, world)).toMatchObject({ success: true, log: [expect.any(String), "up billing:latest"], running: "2" });
      expect(info).toContain("billing: swapped at once, and not there meanwhile: it publishes a port");
      expect(await run({ ...soon, rolling: true }, world)).toMatchObject({ success: false, log: [], running: "1" });
      expect(errors.join()).toContain("ROLLING_IMPOSSIBLE: a second container cannot run beside the previous one: it publishes a port; nothing has changed");
    });

    it("swaps it where that is asked for", async () => {
      expect((await run({ ...soon, rolling: false }, healthy)).log.slice(1)).toEqual(["up billing:latest"]);
    });

    it("stops nothing where the engine does not say which one is new", async () => {
      expect(await run(soon, { ...healthy, answers: 1 })).toMatchObject({ success: false, log: [expect.any(String), "up billing:latest beside"], running: "1" });
      expect(errors.join()).toMatch(/^DEPLOY_FAILED: the engine does not say which container is the new one; sha256:1 was not stopped\n/);
    });

    it("starts the first one as ever", async () => {
      expect(await run({ ...soon, rolling: true }, { ...healthy, running: undefined })).toMatchObject({ success: true, log: ["up billing:latest"], running: "2" });
    });
  });

  it("changes nothing where the engine does not say what runs, which could not be brought back", async () => {
    expect(await run({}, { answers: 0 })).toEqual({ success: false, log: [], running: "1" });
    expect(errors.join()).toMatch(/^ENGINE_SILENT: what runs cannot be told: Cannot connect to the Docker daemon\n {2}where: {2}billing\n/);
  });

  it("leaves a first container that fails, and says how to take it away", async () => {
    expect(await run({}, { running: undefined, healthy: [] })).toMatchObject({ success: false, log: ["up billing:latest"] });
    expect(errors.join()).toMatch(/^DEPLOY_FAILED: [^]*nothing ran before; the container was left[^]*rm --stop --force billing/);
  });

  it("does not take the image for the fault where it ran before", async () => {
    expect(await run({}, { running: "2", healthy: ["1"], containers: 1 })).toMatchObject({ success: false, log: ["up billing:latest"], running: "2" });
    expect(errors.join()).toMatch(/^DEPLOY_FAILED: the service was not swapped, and is as it was/);
  });

  it("says what is left where it is interrupted, and how to go on and back", async () => {
    expect(await run({ image: "billing:latest" }, { interrupt: "up" })).toMatchObject({ success: false, running: "2" });
    expect(errors.join()).toMatch(
      /^DEPLOY_INTERRUPTED: interrupted: the service has the new container, sha256:2 \(running\)[^]*to go on: nx deploy billing --image=billing:latest; to go back: nx deploy billing --image=acme-billing:previous --pull=false/,
    );
  });

  it("names the options again that say which container it is about", async () => {
    await run({ projectName: "blue", file: FILE });
    expect(info[0]).toContain(`nx deploy billing --file=${FILE} --project-name=blue --image=acme-billing:previous --pull=false`);
  });

  it("runs what was pushed from this checkout, by its digest", async () => {
    const digest = `sha256:${"a".repeat(64)}`;
    const pushed = { ".nx/images/billing.json": JSON.stringify({ references: ["localhost:5000/acme/billing:sha-1"], digest }) };
    const image = `localhost:5000/acme/billing@${digest}`;
    expect((await run({ pushed: true }, { images: { [image]: "2" } }, pushed)).log).toEqual([`pull ${image}`, "tag sha256:1 acme-billing:previous", `up ${image}`]);
    const dockerfile = { "modules/billing/Dockerfile": "FROM scratch\n" };
    expect(await run({ pushed: true }, {}, dockerfile)).toMatchObject({ success: false, log: [] });
    expect(errors.join()).toMatch(/^PUSHED_MISSING: no image was pushed[^]*\.nx\/images\/billing\.json[^]*nx docker-push/);
    expect(await run({ pushed: true })).toMatchObject({ success: true, log: [] });
    expect(info.at(-1)).toContain("There is no modules/billing/Dockerfile");
  });

  describe("on another machine's engine", () => {
    const file = (envFile: string): Record<string, string> => ({ [FILE]: `services:\n  billing:\n    env_file: ${envFile}\n  tax:\n    env_file: tax.env\n` });
    const optional = file("[{ path: ./billing.env, required: false }]");

    it.each(["ssh://deploy@example.com", "tcp://docker:2376"])("refuses what would run without its settings: %s", async (host) => {
      vi.stubEnv("DOCKER_HOST", host);
      for (const files of [optional, file("billing.env"), file("[billing.env]")]) {
        expect(await run({}, {}, files)).toMatchObject({ success: false, log: [], running: "1" });
        expect(errors.pop()).toMatch(/^ENV_FILE_MISSING: the engine is on another machine[^]*has no (?:\.\/)?billing\.env; nothing has changed\n *where: {2}docker-compose\.production\.yml, env_file of billing\n/);
      }
    });

    it("refuses it where docker's context names that machine, too", async () => {
      // Where it is set, it is the engine whatever the context says.
      vi.stubEnv("DOCKER_HOST", undefined);
      expect(await run({}, { context: "ssh://deploy@example.com" }, optional)).toMatchObject({ success: false, log: [], running: "1" });
      expect(errors.pop()).toMatch(/^ENV_FILE_MISSING: the engine is on another machine/);
      expect(await run({}, { context: "unix:///run/user/1000/docker.sock" }, optional)).toMatchObject({ success: true });
    });

    it.each(["~/billing.env", "${HOME}/billing.env"])("leaves %s, which only compose can find, to compose", async (path) => {
      expect(await run({}, {}, file(path))).toMatchObject({ success: true });
    });

    it("takes them from files that are there, and looks for none on its own machine", async () => {
      vi.stubEnv("DOCKER_HOST", "ssh://deploy@example.com");
      expect(await run({}, {}, { ...optional, "billing.env": "" })).toMatchObject({ success: true });
      for (const host of ["unix:///var/run/docker.sock", "tcp://127.0.0.1:2375", ""]) {
        vi.stubEnv("DOCKER_HOST", host);
        expect(await run({}, {}, optional)).toMatchObject({ success: true });
      }
    });
  });

  it("takes docker-compose where docker has no plugin", async () => {
    expect(await run({}, { plugin: false, alone: "2.26.1" })).toMatchObject({ success: true, running: "2" });
  });

  it.each([
    ["no compose", {}, { plugin: false }, /^COMPOSE_MISSING: [^]*remedy: install the docker-compose-plugin/],
    ["compose of the first generation", {}, { plugin: false, alone: "1.29.2" }, /^COMPOSE_OUTDATED: docker-compose 1\.29\.2/],
    ["no compose file", { file: "other.yml" }, {}, /^COMPOSE_FILE_MISSING: [^]*other\.yml[^]*nx g @ooneex\/nx:compose/],
    ["no env file", { envFile: "other.env" }, {}, /^ENV_FILE_MISSING: [^]*other\.env/],
    ["a file of settings that is not there", {}, {}, /^ENV_FILE_MISSING: [^]*is not there: billing\.env; nothing has changed\n *where: {2}docker-compose\.production\.yml, env_file of billing\n *remedy: write billing\.env/, { [FILE]: "services:\n  billing:\n    env_file: [billing.env]\n" }],
    ["a service that the file has not", { service: "nothing" }, {}, /^SERVICE_MISSING: [^]*it has billing/],
    ["an image that is nowhere", { image: "nowhere:1" }, {}, /^IMAGE_MISSING: [^]*nothing has changed/],
    ["an image that cannot be pulled", { image: "example.com/nowhere:1" }, {}, /^PULL_FAILED: [^]*nothing has changed/],
    ["what is no reference", { image: "Upper Case" }, {}, /^IMAGE_ILLEGAL: "Upper Case"/],
  ])("refuses %s before anything changes", async (_, options, change, error, files: Record<string, string> = {}) => {
    const { success, log, running } = await run(options, change, files);
    expect({ success, running }).toEqual({ success: false, running: "1" });
    expect(log.filter((line) => !line.startsWith("pull") && line !== "")).toEqual([]);
    expect(errors).toEqual([expect.stringMatching(error)]);
  });

  it("prints what would run with --dry-run, without compose too, and runs nothing", async () => {
    expect(await run({ dryRun: true, image: REGISTRY_IMAGE, projectName: "acme" }, { plugin: false })).toEqual({ success: true, log: [], running: "1" });
    expect(info.slice(1)).toEqual([
      expect.stringMatching(/^ {2}docker compose --project-name acme --file docker-compose\.production\.yml --file - pull billing {2}# reads \{"services":/),
      expect.stringMatching(/--file - up --detach --no-deps --no-build --pull never --no-recreate --scale billing=2 --wait --wait-timeout 120 billing {2}# reads .* {2}# where two can run at once$/),
      "  docker stop <the previous container>  # 35 s later",
      expect.stringMatching(/--file - up --detach --no-deps --no-build --pull never --wait --wait-timeout 120 billing {2}# reads .* {2}# where they cannot$/),
    ]);
  });
});
