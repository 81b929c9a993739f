import { execFile } from "node:child_process";
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { parseObjects, readAt } from "../packages/nx/src/testing/manifests.js";
import { isLogin, readGithubCommands, runScript } from "./ci/script.js";
import { startBrokenServer } from "./faults/broken-server.js";
import { makeDatastoreImages, readStores, writeStores } from "./image/datastores.js";
import { findProcesses } from "./image/processes.js";
import { makeServiceWorkspace, type ServiceWorkspace } from "./image/service-workspace.js";
import { runProcess, type RunningProcess } from "./process.js";
import { startImageRegistry, type ImageRegistry } from "./registry/image-registry.js";
import { registrySuite } from "./registry/registry-suite.js";
import { buildEnvironment } from "./workspace/environment.js";
import { openWorkspace, type Workspace } from "./workspace/workspace.js";

const host = inject("host");
const FILE = "docker-compose.production.yml";

/** A service that ends before it listens, and says why. */
const BROKEN = 'console.error("the ledger is missing");\nprocess.exit(1);\nexport {};\n';

/** Compose is a plugin of its own. With `REQUIRE_ENGINE=1` the tests fail without it. */
const hasCompose = await promisify(execFile)("docker", ["compose", "version"]).then(
  () => true,
  () => process.env["REQUIRE_ENGINE"] === "1",
);

registrySuite("compose and deploy", (program) => {
  if (!hasCompose) return void it.skip("needs docker's plugin compose", () => undefined);
  let made: ServiceWorkspace;
  let other: string;
  let project: string;
  let registry: ImageRegistry;
  const images: string[] = [];

  beforeAll(async () => {
    registry = await startImageRegistry(program);
    await makeDatastoreImages();
    made = await makeServiceWorkspace(host, "ship");
    other = `${made.service}x`;
    await made.workspace.run(["nx", "g", "@ooneex/nx:microservice", other]);
    const variables = [`COMPOSE_PROJECT_NAME=${made.service}`, `${made.service.toUpperCase()}_PUBLISH=127.0.0.1:`, `APP_IMAGE=${other}:latest`];
    for (const name of [made.service, other]) {
      const redis = `redis://${name}-redis:6379`;
      await made.workspace.write(`${name}.env`, `DATABASE_URL=${databaseUrl(name, name)}\nCACHE_REDIS_URL=${redis}\nRATE_LIMIT_REDIS_URL=${redis}\n`);
      variables.push(`${name.toUpperCase()}_POSTGRES_PASSWORD=${passwordOf(name)}`);
    }
    await made.workspace.write("app.env", "CACHE_REDIS_URL=redis://app-redis:6379\nRATE_LIMIT_REDIS_URL=redis://app-redis:6379\n");
    // A port that the engine chooses, on this machine alone, and a project that no other suite on this engine has. The app has
    // no image of its own.
    await made.workspace.write(".env", `${variables.join("\n")}\n`);
    await made.build();
    images.push(await made.id());
    await made.workspace.run(["nx", "docker-build", other]);
  });

  afterAll(async () => {
    if (made.workspace.exists(FILE)) await compose("--profile", "development", "down", "--volumes", "--timeout", "1");
    await made.containers.docker(["rmi", "--force", `${other}:latest`, ...images], { expect: "either" });
    await made.dispose();
    await registry.stop();
  });

  const passwordOf = (name: string): string => `of-${name}`;
  const databaseUrl = (user: string, database: string): string => `postgres://${user}:${passwordOf(user)}@${database}-postgres:5432/${database}`;
  const compose = async (...argv: string[]): Promise<string> => (await made.workspace.run(["docker", "compose", "--file", FILE, ...argv])).stdout.trim();
  const container = (name: string): Promise<string> => compose("ps", "--quiet", name);
  const runningImage = async (name: string): Promise<string> => made.containers.inspect(await container(name), "{{.Image}}");
  const answer = async (): Promise<number> => {
    const ports = await made.containers.inspect(await container(made.service), "{{json .NetworkSettings.Ports}}");
    const address = /"HostIp":"([^"]*)","HostPort":"(\d+)"/.exec(ports);
    expect(address?.[1]).toBe("127.0.0.1");
    return (await fetch(`http://127.0.0.1:${address?.[2]}/api/v1/healthcheck`)).status;
  };
  const deploy = async (expected: "success" | "failure", ...flags: string[]): Promise<string> => {
    const { stdout, stderr } = await made.workspace.run(["nx", "deploy", made.service, ...flags], { expect: expected });
    return stdout + stderr;
  };
  /** Builds what the service is from now on, and keeps its image. */
  const build = async (text: string): Promise<string> => {
    await made.use(text);
    await made.build();
    const id = await made.id();
    images.push(id);
    return id;
  };

  describe("the compose file", () => {
    it("is refused where it is missing, with the command that writes it", async () => {
      expect(await deploy("failure")).toMatch(/COMPOSE_FILE_MISSING[^]*nx g @ooneex\/nx:compose/);
    });

    it("is one that compose takes, and a second run changes nothing", async () => {
      await made.workspace.run(["nx", "g", "@ooneex/nx:compose", `--publish=${made.service}`]);
      expect((await compose("config", "--services")).split("\n").sort()).toEqual(["app", made.service, other].sort());
      expect(await compose("--profile", "development", "config", "--services")).toContain(`${other}-postgres`);
      const before = await made.workspace.tree();
      await made.workspace.run(["nx", "g", "@ooneex/nx:compose", `--publish=${made.service}`]);
      expect(await made.workspace.tree()).toEqual(before);
    });

    it("runs the services, healthy, as strictly as it says", async () => {
      await compose("--profile", "development", "up", "--detach", "--wait");
      project = await made.containers.inspect(await container(other), '{{index .Config.Labels "com.docker.compose.project"}}');
      images.push(`${project}-${made.service}:previous`);
      expect(await answer()).toBe(200);
      const { docker } = made.containers;
      expect((await docker(["exec", await container(other), "touch", "/app/file"], { expect: "failure" })).stderr).toContain("Read-only");
      expect(await made.containers.inspect(await container(other), "{{json .NetworkSettings.Ports}}")).not.toContain("HostPort");
    });
  });

  describe("the profile development", () => {
    const inside = (name: string) => (script: string) => compose("exec", "-T", name, "bun", "--eval", script);

    it("gives each service a Postgres and a Redis that it enters with its own variables, and finds its own data in", async () => {
      for (const name of [made.service, other]) await writeStores(inside(name), name);
      for (const name of [made.service, other]) {
        expect(await readStores(inside(name))).toEqual({ database: name, user: name, tables: [`of_${name}`], rows: [name], keys: [`of_${name}`] });
      }
    });

    it("lets no service into another one's Postgres", async () => {
      const enter = `await new Bun.SQL(${JSON.stringify(databaseUrl(made.service, other))})\`select 1\``;
      await expect(inside(made.service)(enter)).rejects.toThrow(`password authentication failed for user "${made.service}"`);
    });
  });

  describe("nx deploy", () => {
    it("prints what would run with --dry-run, and runs nothing", async () => {
      const before = await container(made.service);
      const output = await deploy("success", "--dry-run", "--image=ghcr.io/acme/x:1", "--timeout=7");
      expect(output).toContain(`docker compose --file ${FILE} --file - pull ${made.service}`);
      expect(output).toContain(`up --detach --no-deps --no-build --pull never --wait --wait-timeout 7 ${made.service}`);
      expect(await container(made.service)).toBe(before);
    });

    it("swaps the one service for its new image, and leaves what runs beside it", async () => {
      const [own, beside] = [await container(made.service), await container(other)];
      const old = await runningImage(made.service);
      const id = await build("export const release = 2;\nconsole.log(release);\n");
      await deploy("success");
      expect(await container(made.service)).not.toBe(own);
      expect(await runningImage(made.service)).toBe(id);
      expect(await container(other)).toBe(beside);
      expect(await answer()).toBe(200);
      expect(await made.containers.inspect(`${project}-${made.service}:previous`, "{{.Id}}")).toBe(old);
    });

    it("leaves the container that runs the image already", async () => {
      const before = await container(made.service);
      expect(await deploy("success")).toContain("ran already");
      expect(await container(made.service)).toBe(before);
    });

    it("goes back to the image before where the new one does not become healthy, and fails with its last lines", async () => {
      const beside = await container(other);
      const good = await runningImage(made.service);
      await build(BROKEN);
      const output = await deploy("failure", "--timeout=6");
      expect(output).toMatch(/DEPLOY_FAILED: not healthy within 6 s[^]*the ledger is missing[^]*rolled back: sha256:\w{12} runs again/);
      expect(await runningImage(made.service)).toBe(good);
      expect(await answer()).toBe(200);
      expect(await container(other)).toBe(beside);
    });

    it("says what it left where it is interrupted, and how to go back", async () => {
      const good = await runningImage(made.service);
      const running: RunningProcess = made.workspace.start(["nx", "deploy", made.service, "--timeout=300"]);
      // While they are swapped there may be none, or one that is gone before it is asked about.
      const started = (): Promise<string> =>
        compose("ps", "--all", "--quiet", made.service)
          .then((id) => made.containers.inspect(id, "{{.Image}} {{.State.StartedAt}}"))
          .catch(() => good);
      await expect.poll(started, { timeout: 60_000 }).not.toMatch(new RegExp(`${good}| 0001-`));
      await running.stop("SIGINT");
      expect(running.exitCode()).not.toBe(0);
      expect(await runningImage(made.service)).not.toBe(good);
      const back = `--image=${project}-${made.service}:previous`;
      expect(running.output()).toContain(back);
      await deploy("success", back, "--pull=false");
      expect(await runningImage(made.service)).toBe(good);
      expect(await answer()).toBe(200);
    });

    it("pulls what docker-push has pushed, by its digest, where this machine has no such image any more", async () => {
      const repository = `${registry.host}/acme/${made.service}`;
      await made.use("export const release = 3;\nconsole.log(release);\n");
      await made.workspace.commit("feat: three");
      await made.workspace.run(["nx", "docker-push", made.service], { env: { OONEEX_REGISTRY: `${registry.host}/acme` } });
      const { digest } = JSON.parse(await made.workspace.read(`.nx/images/${made.service}.json`)) as { digest: string };
      const { docker, inspect } = made.containers;
      const ids = (await docker(["image", "ls", "--quiet", "--no-trunc", repository])).stdout.split("\n").filter((id) => id !== "");
      if (ids.length > 0) await docker(["rmi", "--force", ...new Set(ids)]);
      await docker(["image", "inspect", `${repository}@${digest}`], { expect: "failure" });
      await deploy("success", "--pushed");
      expect(await inspect(await runningImage(made.service), "{{json .RepoDigests}}")).toBe(JSON.stringify([`${repository}@${digest}`]));
      expect(await answer()).toBe(200);
    });

    it("gives up a registry that never answers, and leaves what runs", async () => {
      const before = await container(made.service);
      const silent = await startBrokenServer("never answers");
      try {
        const output = await deploy("failure", `--image=${silent.host}/acme/${made.service}:1`, "--pull-timeout=5");
        expect(output).toMatch(/PULL_TIMEOUT[^]*nothing has changed[^]*--pull-timeout=/);
        expect(silent.asked()).toBeGreaterThan(0);
        await expect.poll(() => findProcesses(made.workspace.root), { timeout: 20_000 }).toEqual([]);
      } finally {
        silent.stop();
      }
      expect(await container(made.service)).toBe(before);
    });

    it.each([
      ["an image that is nowhere", ["--image=nowhere:1"], /IMAGE_MISSING[^]*nothing has changed[^]*nx docker-build/],
      ["an image that cannot be pulled", ["--image=127.0.0.1:9/acme/nowhere:1"], /PULL_FAILED[^]*nothing has changed/],
      ["a service that the file has not", ["--service=nothing"], /SERVICE_MISSING[^]*nx g @ooneex\/nx:compose/],
      ["what is no reference", ["--image=Upper Case"], /IMAGE_ILLEGAL/],
    ])("refuses %s, and leaves what runs", async (_, flags, error) => {
      const before = await container(made.service);
      expect(await deploy("failure", ...flags)).toMatch(error);
      expect(await container(made.service)).toBe(before);
    });
  });

  it("ships the one service on Kubernetes by the digest that was pushed, and goes back by git alone", async () => {
    const kubectl = (await runProcess([join(import.meta.dirname, "..", "tools", "engine", "kubectl.sh")], { cwd: tmpdir(), env: process.env })).stdout.trim();
    const shipped = async (): Promise<string[]> => {
      const { stdout } = await made.workspace.run([kubectl, "kustomize", "deploy/kubernetes/overlays/staging"]);
      return parseObjects(stdout).filter(({ kind }) => kind === "Deployment").map((object) => String(readAt(object, "spec", "template", "spec", "containers", 0, "image"))).sort();
    };
    const ship = async (): Promise<string> => {
      await made.workspace.run(["nx", "g", "@ooneex/nx:kubernetes", "--environments=staging", `--pushed=@module/${made.service}`]);
      expect(await made.workspace.gitStatus()).toBe(" M deploy/kubernetes/overlays/staging/kustomization.yaml\n");
      await made.workspace.commit("deploy: a release");
      return (JSON.parse(await made.workspace.read(`.nx/images/${made.service}.json`)) as { digest: string }).digest;
    };
    const reference = (digest: string): string => `${registry.host}/acme/${made.service}@${digest}`;
    await made.workspace.run(["nx", "g", "@ooneex/nx:kubernetes"]);
    await made.workspace.commit("feat: Kubernetes");
    const beside = ["app:unset", `${other}:unset`];
    const first = await ship();
    expect(await shipped()).toEqual([...beside, reference(first)].sort());
    await made.use("export const release = 4;\nconsole.log(release);\n");
    await made.workspace.commit("feat: four");
    await made.workspace.run(["nx", "docker-push", made.service], { env: { OONEEX_REGISTRY: `${registry.host}/acme` } });
    const second = await ship();
    expect(second).not.toBe(first);
    expect(await shipped()).toEqual([...beside, reference(second)].sort());
    await made.workspace.run(["git", "revert", "--no-edit", "HEAD"]);
    expect(await shipped()).toEqual([...beside, reference(first)].sort());
  });

  describe("the job of a pipeline that ships", () => {
    let checkout: Workspace;
    let secrets: Record<string, string>;

    /** Fetches what was committed, and runs the job's own commands on what has changed since. */
    const ship = async (base: string, expected: "success" | "failure"): Promise<string> => {
      await checkout.run(["git", "pull", "--quiet", "--ff-only"]);
      const commands = (await readGithubCommands(checkout))("ship", "push").filter((command) => !isLogin(command));
      expect(commands.join("\n")).toMatch(/nx affected -t deploy --pushed$/m);
      return runScript(checkout, commands, { ...secrets, NX_BASE: base, NX_HEAD: "HEAD", OONEEX_REGISTRY: `${registry.host}/acme` }, expected);
    };
    const head = async (): Promise<string> => (await made.workspace.run(["git", "rev-parse", "HEAD"])).stdout.trim();
    const pushedDigest = async (): Promise<string> => (JSON.parse(await checkout.read(`.nx/images/${made.service}.json`)) as { digest: string }).digest;

    beforeAll(async () => {
      const { workspace } = made;
      await workspace.run(["nx", "g", "@ooneex/nx:ci", "--provider=github"]);
      await workspace.write(".gitignore", `${await workspace.read(".gitignore")}*.env\n`);
      await workspace.run(["git", "rm", "--quiet", "--cached", "--", "*.env"]);
      await workspace.commit("ci: a pipeline");
      const pack = /tar -cz .*$/m.exec(await workspace.read("tools/ci/before-deploy.sh"))?.[0] ?? "false";
      secrets = { DEPLOY_FILES: (await workspace.run(["sh", "-c", pack])).stdout };
      const root = await mkdtemp(join(host.root, "checkout-"));
      checkout = openWorkspace(root, await buildEnvironment(root, host.root, "1.4"));
      await checkout.run(["git", "clone", "--quiet", workspace.root, "."]);
      expect(checkout.exists(".env") || checkout.exists(`${made.service}.env`)).toBe(false);
    });

    afterAll(() => checkout.dispose());

    it("brings the env files, and swaps what has changed for what it has pushed, and nothing else", async () => {
      const [base, own, beside] = [await head(), await container(made.service), await container(other)];
      await made.use("export const release = 5;\nconsole.log(release);\n");
      await made.workspace.commit("feat: five");
      await ship(base, "success");
      expect(await container(made.service)).not.toBe(own);
      const digests = await made.containers.inspect(await runningImage(made.service), "{{json .RepoDigests}}");
      expect(digests).toContain(`${registry.host}/acme/${made.service}@${await pushedDigest()}`);
      expect(await container(other)).toBe(beside);
      expect(await answer()).toBe(200);
    });

    it("fails where the new one does not become healthy, and what ran before runs again", async () => {
      const [base, good, beside] = [await head(), await runningImage(made.service), await container(other)];
      const before = await pushedDigest();
      await made.use(BROKEN);
      const targets = { deploy: { options: { timeout: 6 } } };
      await made.workspace.write(`modules/${made.service}/project.json`, JSON.stringify({ name: `@module/${made.service}`, targets }));
      await made.workspace.commit("feat: six");
      expect(await ship(base, "failure")).toMatch(/DEPLOY_FAILED: not healthy within 6 s[^]*the ledger is missing[^]*rolled back: sha256:\w{12} runs again/);
      expect(await pushedDigest()).not.toBe(before);
      expect(await runningImage(made.service)).toBe(good);
      expect(await container(other)).toBe(beside);
      expect(await answer()).toBe(200);
    });
  });
});
