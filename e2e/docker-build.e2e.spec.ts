import { mkdir, writeFile } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { findFreePort } from "../tools/registry/free-port.js";
import { openContainers, type Containers } from "./image/containers.js";
import { dockerSuite } from "./image/docker-suite.js";
import { linkPrograms } from "./image/path.js";
import { podmanTest } from "./image/podman-test.js";
import { findProcesses } from "./image/processes.js";
import { waitForAnswer, type RunningProcess } from "./process.js";
import { makeWorkspace } from "./workspace/make-workspace.js";
import type { CommandOptions, Workspace } from "./workspace/workspace.js";

const INVOICES = "invoices:latest";
const ORDER_HISTORY = "order_history:latest";

dockerSuite("the docker-build executor", () => {
  let workspace: Workspace;
  let containers: Containers;
  let port: number;
  let dockerfile: string;
  /** Images that lose their last name to a later build. */
  const unnamed: string[] = [];

  const nx = (argv: readonly string[], options?: CommandOptions) => workspace.run(["nx", ...argv], options);

  const dryRun = async (...argv: string[]): Promise<string | undefined> =>
    /^ +((?:[A-Z_]+=\S+ )?docker .*|podman .*|sed .*)$/m.exec((await nx(["docker-build", "invoices", "--dry-run", ...argv])).stdout)?.[1];

  /** Name of the container that has the service's port. */
  const running = async (): Promise<string> =>
    (await containers.docker(["ps", "--all", "--filter", `publish=${port}`, "--format", "{{.Names}}"])).stdout.trim();

  beforeAll(async () => {
    workspace = await makeWorkspace(inject("host"));
    containers = openContainers(workspace.root);
    port = await findFreePort();
    await nx(["add", "@ooneex/nx"]);
    await nx(["g", "@ooneex/nx:microservice", "invoices", `--port=${port}`]);
    await nx(["g", "@ooneex/nx:microservice", "order history"]);
    // The packages come from a registry on this machine, so builds have to use this machine's network.
    const nxJson = JSON.parse(await workspace.read("nx.json")) as { targetDefaults: Record<string, unknown> };
    nxJson.targetDefaults["docker-build"] = { options: { network: "host" } };
    await workspace.write("nx.json", JSON.stringify(nxJson, null, 2));
    await workspace.commit("feat: two services");
    dockerfile = await workspace.read("modules/invoices/Dockerfile");
  });

  afterAll(async () => {
    const images = ["latest", "1.2.3", "quiet"].map((tag) => `invoices:${tag}`);
    const left = await running();
    if (left !== "") await containers.docker(["rm", "--force", left]);
    await containers.remove([...images, ...unnamed, ORDER_HISTORY, "order_history:from-project", containers.image]);
    await workspace.dispose();
  });

  it("builds <name>:latest and every tag, with what the command line says", async () => {
    const options = ["--tags=:1.2.3", "--labels.org.example.team=billing", "--labels.build=7", "--metadata-file=out/invoices.json"];
    await nx(["docker-build", "invoices", ...options]);
    const id = await containers.inspect(INVOICES, "{{.Id}}");
    expect(await containers.inspect("invoices:1.2.3", "{{.Id}}")).toBe(id);
    expect(JSON.parse(await containers.inspect(INVOICES, "{{json .Config.Labels}}"))).toMatchObject({
      "org.example.team": "billing",
      build: "7",
    });
    expect(JSON.parse(await workspace.read("out/invoices.json"))).toMatchObject({ "containerimage.config.digest": id });
  });

  it("takes the options of project.json, and names the image in snake case", async () => {
    await workspace.write("modules/order-history/Dockerfile.small", `FROM scratch AS small\nARG VERSION\nLABEL version=$VERSION\n`);
    const options = {
      file: "modules/order-history/Dockerfile.small",
      target: "small",
      tags: [":from-project"],
      labels: { team: "orders" },
      buildArgs: ["VERSION=1.10"],
    };
    const project = { name: "@module/order-history", targets: { "docker-build": { options } } };
    await workspace.write("modules/order-history/project.json", JSON.stringify(project));
    await nx(["docker-build", "order-history"]);
    expect(JSON.parse(await containers.inspect(ORDER_HISTORY, "{{json .Config.Labels}}"))).toMatchObject({ team: "orders", version: "1.10" });
    expect(await containers.inspect("order_history:from-project", "{{.Id}}")).toBe(
      await containers.inspect(ORDER_HISTORY, "{{.Id}}"),
    );
  });

  it("prints only the image's id with --quiet, and takes no cached step with --no-cache", async () => {
    const run = "RUN head -c 16 /dev/urandom > /random";
    await workspace.write("modules/invoices/Dockerfile.random", `${readBase(dockerfile)} AS production\n${run}\n`);
    const build = async (...flags: string[]): Promise<string> => {
      const argv = ["docker-build", "invoices", "--file=modules/invoices/Dockerfile.random", "--tags=:quiet", "--quiet", ...flags];
      const { stdout, stderr } = await nx(argv);
      expect(stdout + stderr).not.toContain("random AS");
      return /^sha256:[0-9a-f]{64}$/m.exec(stdout)?.[0] ?? "";
    };
    const first = await build();
    expect(first).not.toBe("");
    unnamed.push(first);
    expect(await build()).toBe(first);
    expect(await build("--no-cache")).not.toBe(first);
  });

  describe("--dry-run prints the command to the letter, and runs nothing", () => {
    it("with every option of a command line", async () => {
      const options = [
        "--tags=:2,ghcr.io/acme/invoices:2",
        "--platforms=linux/amd64,linux/arm64",
        "--build-args.A=1",
        "--labels=org.example.version=1.10",
        "--secrets=id=npmrc,src=.npmrc",
        "--cache-from=type=registry,ref=ghcr.io/acme/invoices:cache",
        "--provenance=false",
        "--no-cache",
      ];
      const command = await dryRun("--engine=docker", ...options);
      const stage = /\.nx\/ooneex\/invoices-[0-9a-f]{16}/.exec(command ?? "")?.[0] ?? "";
      expect(command?.replaceAll(stage, "STAGE").replace(/key=[0-9a-f]{64}/, "key=KEY")).toBe(
        "BUILDX_GIT_INFO=0 docker buildx build --file STAGE/Dockerfile --target production --tag invoices:latest --tag invoices:2" +
          " --tag ghcr.io/acme/invoices:2 --platform linux/amd64,linux/arm64 --build-arg SOURCE_DATE_EPOCH=0 --build-arg A=1" +
          " --build-context manifests=STAGE/manifests --build-context runtime=STAGE/runtime --build-context sources=STAGE/sources" +
          " --label org.example.version=1.10 --label dev.ooneex.nx.key=KEY --secret id=npmrc,src=.npmrc" +
          " --cache-from type=registry,ref=ghcr.io/acme/invoices:cache --network host --no-cache --provenance false .",
      );
      expect(workspace.exists(`${stage}/sources/modules/invoices/src/index.ts`)).toBe(true);
      expect(await workspace.read(`${stage}/Dockerfile`)).toBe(dockerfile);
      const { stdout } = await containers.docker(["image", "ls", "--quiet", "invoices:2"]);
      expect(stdout).toBe("");
    });

    it("and needs no engine", async () => {
      const { stdout, stderr } = await nx(["docker-build", "invoices", "--dry-run", "--engine=docker"], { env: NO_DAEMON });
      expect(stdout + stderr).toContain("with an engine this would run:");
      expect(stdout).toMatch(/docker buildx build --file \.nx\/ooneex\/invoices-[0-9a-f]{16}\/Dockerfile /);
    });
  });

  describe("says once what is wrong and how to mend it, and exits with 1:", () => {
    const fail = async (argv: readonly string[], env: Record<string, string> = {}): Promise<string> => {
      const { stdout, stderr, code } = await nx(["docker-build", "invoices", ...argv], { env, expect: "failure" });
      expect(code).toBe(1);
      return stdout + stderr;
    };

    const expectError = (output: string, code: string, remedy: string): void => {
      expect(output.match(/^[A-Z]+(_[A-Z]+)+: /gm)).toEqual([`${code}: `]);
      expect(output.match(/^ {2}remedy: .*$/gm)).toEqual([`  remedy: ${remedy}`]);
      expect(output).not.toMatch(/^ {4}at /m);
    };

    it("no engine on the PATH", async () => {
      const programs = await linkPrograms(join(workspace.root, "tmp", "no-engine"), ["node", "git", "sh", "ps"]);
      const env = { PATH: [programs, join(workspace.root, "node_modules", ".bin")].join(delimiter) };
      expectError(
        await fail([], env),
        "ENGINE_MISSING",
        "install Docker Engine with buildx, or Podman; --dry-run prints the command without running it",
      );
    });

    it("an engine that is down", async () => {
      const output = await fail(["--engine=docker"], NO_DAEMON);
      expectError(output, "ENGINE_DOWN", "start the engine, then try: docker version");
      expect(output).toContain(`where:  ${NO_DAEMON.DOCKER_HOST}`);
    });

    it("a client without buildx", async () => {
      const programs = await linkPrograms(join(workspace.root, "tmp", "no-buildx"), ["node", "git", "sh", "ps"]);
      const docker = (await workspace.run(["which", "docker"])).stdout.trim();
      // A client looks for plugins in folders of the machine too, so it cannot be told to leave them alone.
      const script = `#!/bin/sh\n[ "$1" != buildx ] || { echo "docker: 'buildx' is not a docker command." >&2; exit 1; }\nexec '${docker}' "$@"\n`;
      await writeFile(join(programs, "docker"), script, { mode: 0o755 });
      const env = { PATH: [programs, join(workspace.root, "node_modules", ".bin")].join(delimiter) };
      expectError(
        await fail(["--engine=docker"], env),
        "BUILDX_MISSING",
        "install the docker-buildx (or docker-buildx-plugin) package of your distribution",
      );
    });

    it("a Dockerfile that is not there", async () => {
      const output = await fail(["--file=modules/invoices/Dockerfile.none"]);
      expectError(output, "DOCKERFILE_MISSING", "write one, or say where it is with the option file");
      expect(output).toContain("where:  modules/invoices/Dockerfile.none");
    });

    it("a step that fails", async () => {
      await workspace.write("modules/invoices/Dockerfile.failing", `${readBase(dockerfile)} AS production\nRUN false\n`);
      const output = await fail(["--file=modules/invoices/Dockerfile.failing"]);
      expectError(output, "BUILD_FAILED", "see the engine's own message above");
      expect(output).toContain("where:  modules/invoices/Dockerfile.failing");
    });

    it.each([
      ["--tags=Invoices:1", "TAG_ILLEGAL", "write [registry[:port]/]name[:tag] in lower case, or :tag for a tag of the option repository"],
      ["--push", "TAG_MISSING", "name a registry, such as --repository=ghcr.io/acme/invoices --tags=:1.2.0"],
      ["--build-args=A", "ASSIGNMENT_ILLEGAL", "write NAME=value"],
    ])("%s", async (option, code, remedy) => {
      expectError(await fail([option]), code, remedy);
    });

    it("an option that does not exist", async () => {
      expect(await fail(["--tag=invoices:1"])).toContain("OPTION_UNKNOWN: docker-build has no option tag");
    });
  });

  describe.each(["SIGINT", "SIGTERM"] as const)("%s during a build", (signal) => {
    it("ends it, leaves no process behind, and the next build works", async () => {
      const file = `modules/invoices/Dockerfile.${containers.image}-${signal.toLowerCase()}`;
      // Named after this run, so that no image of an earlier one that was not interrupted is up to date.
      await workspace.write(file, `${readBase(dockerfile)} AS production\nRUN echo build-has-begun && sleep 120 && echo ${file}\n`);
      const build = workspace.start(["nx", "docker-build", "invoices", `--file=${file}`]);
      await expect.poll(() => build.output(), { timeout: 60_000 }).toMatch(/^#\d+ [\d.]+ build-has-begun$/m);
      process.kill(build.pid, signal);
      await expect.poll(() => build.exitCode(), { timeout: 20_000 }).toBeDefined();
      expect(build.exitCode()).not.toBe(0);
      await expect.poll(() => findProcesses(file), { timeout: 20_000 }).toEqual([]);
      await build.stop();
      await nx(["docker-build", "invoices"]);
    });
  });

  podmanTest("builds with Podman, whatever its version knows of health checks", async (store) => {
    const archive = join(workspace.root, "tmp", "base.tar");
    await mkdir(join(workspace.root, "tmp"), { recursive: true });
    await containers.docker(["save", "--output", archive, readBase(dockerfile).slice("FROM ".length)]);
    await store.podman(["load", "--input", archive]);
    await workspace.remove("tmp/base.tar");
    await nx(["docker-build", "invoices", "--engine=podman", "--progress=plain"], { env: store.env });
    const { stdout } = await store.podman(["image", "inspect", "--format", "{{json .HealthCheck}}", "localhost/invoices:latest"]);
    expect(JSON.parse(stdout)).toMatchObject({ Test: expect.arrayContaining(["CMD", "bun", "-e"]), Interval: 10e9, Retries: 3 });
  });

  describe("docker-run", () => {
    const end = async (run: RunningProcess): Promise<void> => {
      await expect.poll(() => run.exitCode(), { timeout: 20_000 }).toBeDefined();
      await expect.poll(running, { timeout: 20_000 }).toBe("");
      await run.stop();
      await expect(fetch(`http://127.0.0.1:${port}`)).rejects.toThrow();
    };

    it("runs the image on the service's port with its own environment, and stops it", async () => {
      const run = workspace.start(["nx", "docker-run", "invoices"]);
      const answer = await waitForAnswer(`http://127.0.0.1:${port}/api/v1/healthcheck`, run);
      expect(answer.status).toBe(200);
      const { Config, HostConfig } = JSON.parse(await containers.inspect(await running(), "{{json .}}")) as {
        Config: { Env: string[]; Image: string };
        HostConfig: { ReadonlyRootfs: boolean };
      };
      expect(Config.Image).toBe(INVOICES);
      expect(Config.Env).toEqual(
        expect.arrayContaining(["APP_ENV=local", `PORT=${port}`, "HOST_NAME=0.0.0.0", "CACHE_REDIS_URL=redis://localhost:6379"]),
      );
      expect(HostConfig.ReadonlyRootfs).toBe(true);
      process.kill(run.pid, "SIGTERM");
      await end(run);
    });

    it("leaves no container where Ctrl-C meets a service that does not handle it", async () => {
      const script = "Bun.serve({ hostname: '0.0.0.0', port: process.env.PORT, fetch: () => new Response('stubborn') })";
      const lines = [`${readBase(dockerfile)} AS production`, "ENTRYPOINT []", `CMD ["bun", "-e", ${JSON.stringify(script)}]`];
      await workspace.write("modules/invoices/Dockerfile.stubborn", lines.join("\n"));
      await containers.docker(["build", "-t", containers.image, "-f", "modules/invoices/Dockerfile.stubborn", "."]);
      const run = workspace.start(["nx", "docker-run", "invoices", `--image=${containers.image}`]);
      expect(await (await waitForAnswer(`http://127.0.0.1:${port}`, run)).text()).toBe("stubborn");
      // A terminal interrupts every process of its foreground group.
      process.kill(-run.pid, "SIGINT");
      await end(run);
    });
  });
});

/** A daemon that is not there. */
const NO_DAEMON = { DOCKER_HOST: "unix:///nonexistent/docker.sock" };

/** The line with which a Dockerfile begins to build, without its stage's name. */
function readBase(dockerfile: string): string {
  return /^FROM \S+/m.exec(dockerfile)?.[0] ?? "";
}
