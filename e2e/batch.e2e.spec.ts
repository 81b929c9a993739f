import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, inject, it } from "vitest";
import { makeBatchWorkspace, type BatchWorkspace } from "./batch/batch-workspace.js";
import { installSpyDocker, type SpyDocker } from "./batch/spy-docker.js";
import { dockerSuite } from "./image/docker-suite.js";
import { podmanTest } from "./image/podman-test.js";
import { findProcesses } from "./image/processes.js";
import type { CommandOptions } from "./workspace/workspace.js";

/** What a line says of an image that was built. */
const BUILT = String.raw`built \d+\.\d s$`;

dockerSuite("many images at once", () => {
  let made: BatchWorkspace;
  let docker: SpyDocker;

  /** What `nx run-many -t docker-build` prints, as a batch. */
  const buildAll = async (flags: readonly string[], options: CommandOptions = {}): Promise<string> => {
    const argv = ["nx", "run-many", "-t", "docker-build", "-p", made.services.join(","), "--batch", ...flags];
    const { stdout, stderr } = await made.workspace.run(argv, { ...options, env: { ...docker.env, ...options.env } });
    return stdout + stderr;
  };

  /** Makes the build of a service fail, or wait, before it bundles. */
  const addStep = async (service: string, step: string): Promise<void> => {
    const path = `modules/${service}/Dockerfile`;
    await made.workspace.write(path, (await made.workspace.read(path)).replace("FROM deps AS build\n", `FROM deps AS build\n${step}\n`));
  };

  const expectState = (output: string, service: string, state: string): void => {
    expect(output).toMatch(new RegExp(`^${service} +${state}`, "m"));
  };

  beforeAll(async () => {
    made = await makeBatchWorkspace(inject("host"));
    docker = await installSpyDocker(made.workspace, "tmp/spy");
  });

  afterEach(async () => {
    await made.restore();
    await docker.takeBuilds();
  });

  afterAll(() => made.dispose());

  it("are built by one bake, each with a line of its own", async () => {
    const output = await buildAll([]);
    expect(await docker.takeBuilds()).toEqual(["buildx bake"]);
    for (const service of made.services) {
      expectState(output, service, "building$");
      expectState(output, service, BUILT);
      expect(await made.id(service)).toMatch(/^sha256:/);
    }
    expect(output).not.toMatch(/^#\d+ /m);
  });

  it("are the images that single builds make", async () => {
    const ids = await made.ids();
    for (const service of made.services) await made.workspace.run(["nx", "docker-build", service, "--batch=false", "--force"], { env: docker.env });
    expect(await docker.takeBuilds()).toEqual(made.services.map(() => "buildx build"));
    expect(await made.ids()).toEqual(ids);
  });

  it("are up to date where nothing has changed, and only those that changed are built", async () => {
    const ids = await made.ids();
    const output = await buildAll([]);
    expect(await docker.takeBuilds()).toEqual([]);
    for (const service of made.services) expectState(output, service, "up to date$");
    expect(await made.ids()).toEqual(ids);
    const [first = "", second = "", third = ""] = made.services;
    await made.change(first);
    await made.change(third);
    const changed = await buildAll([]);
    expect(await docker.takeBuilds()).toEqual(["buildx bake"]);
    expectState(changed, second, "up to date$");
    expect(await made.id(second)).toBe(ids[second]);
    expect(await made.id(first)).not.toBe(ids[first]);
  });

  it("are up to date as well where they are built from the whole repository", async () => {
    await buildAll(["--prune=false"]);
    expect(await docker.takeBuilds()).toEqual(["buildx bake"]);
    const ids = await made.ids();
    const output = await buildAll(["--prune=false"]);
    expect(await docker.takeBuilds()).toEqual([]);
    for (const service of made.services) expectState(output, service, "up to date$");
    expect(await made.ids()).toEqual(ids);
    await buildAll(["--force"]);
  });

  it("print the definition with --dry-run, to the letter", async () => {
    const printed = /<<'DEFINITION'\n(.*?)\nDEFINITION$/ms.exec(await buildAll(["--dry-run", "--force"]))?.[1] ?? "";
    expect(await docker.takeBuilds()).toEqual([]);
    await buildAll(["--force"]);
    expect(await docker.takeBuilds()).toEqual(["buildx bake"]);
    expect(printed).toBe((await docker.readDefinition()).trim());
    expect(JSON.parse(printed)).toBeTypeOf("object");
  });

  it("with --parallel=1 are the same", async () => {
    const ids = await made.ids();
    await buildAll(["--force", "--parallel=1"]);
    expect(await made.ids()).toEqual(ids);
  });

  it("fail one by one: the others are built and tagged, and the log names the step", async () => {
    const [first = "", second = "", third = ""] = made.services;
    for (const service of made.services) await made.change(service);
    await addStep(second, "RUN echo about-to-fail && exit 3");
    const before = await made.ids();
    await docker.takeBuilds();
    const output = await buildAll([], { expect: "failure" });
    expectState(output, second, String.raw`failed: \[build \d+/\d+\] RUN echo about-to-fail && exit 3$`);
    expect(output).toContain("about-to-fail\n");
    expect(output).toContain("did not complete successfully: exit code: 3");
    expect(output).toContain(`where:  modules/${second}/Dockerfile`);
    for (const service of [first, third]) {
      expectState(output, service, BUILT);
      expect(await made.id(service)).not.toBe(before[service]);
    }
    expect(await made.id(second)).toBe(before[second]);
    expect(output.match(/^- .*:docker-build$/gm)).toEqual([`- @module/${second}:docker-build`]);
  });

  it("fold the log of one that fails where a pipeline's page can do so", async () => {
    const [, second = ""] = made.services;
    await addStep(second, "RUN echo about-to-fail && exit 4");
    const log = String.raw`about-to-fail\n[^]*exit code: 4[^]*`;
    const github = await buildAll([], { expect: "failure", env: { GITHUB_ACTIONS: "true" } });
    expect(github).toMatch(new RegExp(`^::group::.*@module/${second}:docker-build.*\\n[^]*${log}^::endgroup::$`, "m"));
    const gitlab = await buildAll([], { expect: "failure", env: { GITLAB_CI: "true" } });
    const section = String.raw`section_(start|end):\d+:_module_${second}_docker_build`;
    expect(gitlab.match(new RegExp(section, "g"))).toHaveLength(2);
    expect(gitlab).toMatch(new RegExp(`section_start:[^]*${log}section_end:`));
  });

  it("wait for those that they depend on", async () => {
    const [first = "", second = "", third = ""] = made.services;
    const dependsOn = [{ target: "docker-build", projects: [`@module/${third}`] }];
    await made.workspace.write(`modules/${first}/project.json`, JSON.stringify({ name: `@module/${first}`, targets: { "docker-build": { dependsOn } } }));
    const output = await buildAll(["--force"]);
    expect(await docker.takeBuilds()).toEqual(["buildx bake", "buildx build"]);
    expect(output).toMatch(new RegExp(`^${third} +built[^]*^${first} +building$`, "m"));
    await addStep(third, "RUN exit 5");
    const failed = await buildAll(["--force"], { expect: "failure" });
    expectState(failed, second, BUILT);
    expect(failed).not.toMatch(new RegExp(`^${first} +building`, "m"));
    expect(failed.match(/^- @module\/.*:docker-build$/gm)).toEqual(expect.arrayContaining([`- @module/${third}:docker-build`]));
  });

  it("fail alone where their own options are wrong", async () => {
    const [first = "", ...others] = made.services;
    await made.workspace.write(`modules/${first}/project.json`, JSON.stringify({ name: `@module/${first}`, targets: { "docker-build": { options: { tags: ["UPPER"] } } } }));
    const output = await buildAll([], { expect: "failure" });
    expect(output).toContain("TAG_ILLEGAL: ");
    for (const service of others) expectState(output, service, "up to date$");
  });

  it("are built one by one by a client that carries its own BuildKit", async () => {
    // Such a client has no buildx, and its `docker build` is what buildx does now.
    const old = await installSpyDocker(
      made.workspace,
      "tmp/old",
      `[ "$1" != version ] || { echo '{"Client":{"Version":"20.10.24"},"Server":{"Version":"20.10.24"}}'; exit 0; }
[ "$1 $2" != "buildx version" ] || exit 1
if [ "$1" = build ]; then shift; exec "$DOCKER" buildx build --load "$@"; fi`,
    );
    const output = await buildAll(["--force"], { env: old.env });
    expect(await old.takeBuilds()).toEqual(made.services.map(() => "build"));
    for (const service of made.services) expectState(output, service, BUILT);
    await buildAll(["--force"]);
  });

  it("say what is missing where there is no buildx, each task once", async () => {
    const none = await installSpyDocker(made.workspace, "tmp/none", '[ "$1" != buildx ] || exit 1');
    const output = await buildAll(["--engine=docker"], { expect: "failure", env: none.env });
    expect(output.match(/^BUILDX_MISSING: /gm)).toHaveLength(made.services.length);
    expect(output).not.toMatch(/^ {4}at /m);
  });

  podmanTest("are built one by one by Podman", async (store) => {
    const archive = join(made.workspace.root, "tmp", "base.tar");
    await mkdir(join(made.workspace.root, "tmp"), { recursive: true });
    await made.containers.docker(["save", "--output", archive, made.base]);
    await store.podman(["load", "--input", archive]);
    await made.workspace.remove("tmp/base.tar");
    const output = await buildAll(["--engine=podman"], { env: { ...store.env, PATH: made.path } });
    for (const service of made.services) {
      expectState(output, service, BUILT);
      await store.podman(["image", "inspect", `localhost/${service}:latest`]);
    }
  });

  it("have so much time together, and what is done by then counts", async () => {
    const [first = "", second = "", third = ""] = made.services;
    for (const service of made.services) await made.change(service);
    await addStep(second, "RUN echo hangs && sleep 121");
    const output = await buildAll(["--timeout=25"], { expect: "failure" });
    expectState(output, second, String.raw`failed: \[.+ RUN echo hangs && sleep 121$`);
    expect(output.match(/^[A-Z]+(_[A-Z]+)+: .+\n {2}where: .+$/gm)).toEqual([expect.stringMatching(new RegExp(`^BUILD_TIMEOUT: .+\n {2}where: {2}modules/${second}/Dockerfile$`))]);
    for (const service of [first, third]) expectState(output, service, BUILT);
    // The others are asked for once more, of which every step is done.
    expect(await docker.takeBuilds()).toEqual(["buildx bake", "buildx build", "buildx build"]);
    await expect.poll(() => findProcesses("sleep 121"), { timeout: 30_000 }).toEqual([]);
    await expect.poll(() => findProcesses(made.workspace.root), { timeout: 20_000 }).toEqual([]);
  });

  describe.each(["SIGINT", "SIGTERM"] as const)("%s during a bake", (signal) => {
    it("ends it, and leaves no process behind", async () => {
      for (const service of made.services) await addStep(service, `RUN echo ${signal} && sleep 120`);
      const build = made.workspace.start(["nx", "run-many", "-t", "docker-build", "-p", made.services.join(","), "--batch"], { env: docker.env });
      await expect.poll(() => findProcesses("sleep 120"), { timeout: 60_000 }).not.toEqual([]);
      process.kill(build.pid, signal);
      await expect.poll(() => build.exitCode(), { timeout: 30_000 }).toBeDefined();
      expect(build.exitCode()).not.toBe(0);
      await expect.poll(() => findProcesses(made.workspace.root), { timeout: 20_000 }).toEqual([]);
      await build.stop();
    });
  });
});

describe.each([
  // Nx 22 cannot read the lockfile of a newer Bun.
  ["22.7", "1.3"],
  ["24.0", "1.4"],
] as const)("with Nx %s", (nx, bun) => {
  dockerSuite("many images at once", () => {
    let made: BatchWorkspace;
    let docker: SpyDocker;

    beforeAll(async () => {
      made = await makeBatchWorkspace(inject("host"), { nx, bun });
      docker = await installSpyDocker(made.workspace, "tmp/spy");
    });

    afterAll(() => made.dispose());

    it("are built by one bake, and where one fails it fails alone", async () => {
      const [first = "", second = "", third = ""] = made.services;
      const argv = ["nx", "run-many", "-t", "docker-build", "-p", made.services.join(","), "--batch"];
      const path = `modules/${second}/Dockerfile`;
      const dockerfile = await made.workspace.read(path);
      await made.workspace.write(path, dockerfile.replace("FROM deps AS build\n", "FROM deps AS build\nRUN exit 3\n"));
      const { stdout, stderr } = await made.workspace.run(argv, { env: docker.env, expect: "failure" });
      expect(stdout + stderr).toContain("did not complete successfully: exit code: 3");
      expect((stdout + stderr).match(/^- @module\/.*:docker-build$/gm)).toEqual([`- @module/${second}:docker-build`]);
      expect(await docker.takeBuilds()).toEqual(["buildx bake", "buildx bake"]);
      await made.workspace.write(path, dockerfile);
      const again = await made.workspace.run(argv, { env: docker.env });
      for (const service of [first, third]) expect(again.stdout).toMatch(new RegExp(`^${service} +up to date$`, "m"));
      expect(again.stdout).toMatch(new RegExp(`^${second} +${BUILT}`, "m"));
    });

    it("wait for those that they depend on", async () => {
      const [first = "", , third = ""] = made.services;
      const dependsOn = [{ target: "docker-build", projects: [`@module/${third}`] }];
      await made.workspace.write(`modules/${first}/project.json`, JSON.stringify({ name: `@module/${first}`, targets: { "docker-build": { dependsOn } } }));
      await made.change(first);
      await made.change(third);
      await docker.takeBuilds();
      const { stdout } = await made.workspace.run(["nx", "docker-build", first, "--batch"], { env: docker.env });
      expect(await docker.takeBuilds()).toEqual(["buildx build", "buildx build"]);
      expect(stdout).toMatch(new RegExp(`^${third} +built[^]*^${first} +building$`, "m"));
    });
  });
});
