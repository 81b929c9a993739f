import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { dockerSuite } from "./image/docker-suite.js";
import { podmanTest } from "./image/podman-test.js";
import { makeServiceWorkspace, type ServiceWorkspace } from "./image/service-workspace.js";
import { ONE_PROCESS } from "./workspace/environment.js";

const UP_TO_DATE = "up to date, found in the engine";

dockerSuite("an image that is there already", () => {
  let made: ServiceWorkspace;
  let first: string;

  const label = () => made.containers.inspect(made.image, '{{index .Config.Labels "dev.ooneex.nx.key"}}');

  beforeAll(async () => {
    made = await makeServiceWorkspace(inject("host"), "ledger", ONE_PROCESS);
    await made.use('import { createIdentifier } from "@module/shared/identifiers";\n\nexport const id = createIdentifier("ledger");\n');
    await made.workspace.commit("feat: identifiers");
    expect(await made.build()).not.toContain(UP_TO_DATE);
    first = await made.id();
  });

  afterAll(() => made.dispose());

  it("carries the key that it was built from", async () => {
    expect(await label()).toMatch(/^[0-9a-f]{64}$/);
  });

  it("is not built again, and has its names again", async () => {
    const output = await made.build("--tags=:2.0.0");
    expect(output).toContain(`${made.image}, ${made.service}:2.0.0: ${UP_TO_DATE} (${first.slice(0, 19)})`);
    expect(output).not.toMatch(/docker buildx build|#\d+ \[/);
    expect(await made.containers.inspect(`${made.service}:2.0.0`, "{{.Id}}")).toBe(first);
  });

  it.each(["--force", "--no-cache", "--skip-nx-cache"])("is built all the same with %s, and is the same image", async (flag) => {
    expect(await made.build(flag)).not.toContain(UP_TO_DATE);
    expect(await made.id()).toBe(first);
  });

  it("is found without Nx's own cache", async () => {
    await made.workspace.run(["nx", "reset"]);
    await made.workspace.remove(".nx/ooneex");
    expect(await made.build()).toContain(UP_TO_DATE);
  });

  it("is found where it has lost its name to another image", async () => {
    await made.containers.docker(["tag", "oven/bun:1.4.5", made.image]);
    expect(await made.id()).not.toBe(first);
    expect(await made.build()).toContain(UP_TO_DATE);
    expect(await made.id()).toBe(first);
  });

  it("is built again once it is removed", async () => {
    await made.containers.docker(["rmi", "--force", first]);
    expect(await made.build()).not.toContain(UP_TO_DATE);
    expect(await made.id()).toBe(first);
  });

  it("is not taken for up to date when only a build that was killed has its key", async () => {
    const { workspace, service } = made;
    const dockerfile = await workspace.read(`modules/${service}/Dockerfile`);
    await workspace.write(`modules/${service}/Dockerfile`, dockerfile.replace("FROM deps AS build\n", "FROM deps AS build\nRUN sleep 8\n"));
    const running = workspace.start(["nx", "docker-build", service]);
    while (!running.output().includes("RUN sleep 8") && running.exitCode() === undefined) await sleep(50);
    await running.stop("SIGTERM");
    expect(await made.id()).toBe(first);
    expect(await made.build()).not.toContain(UP_TO_DATE);
    // A step more leaves no trace in the image.
    expect(await made.id()).toBe(first);
    await workspace.write(`modules/${service}/Dockerfile`, dockerfile);
    expect(await made.build()).toContain(UP_TO_DATE);
    expect(await made.id()).toBe(first);
  });

  describe("stays when a comment is added, which only a build can tell to change nothing", () => {
    const SOURCE = 'import { createIdentifier } from "@module/shared/identifiers";\n\nexport const id = createIdentifier("ledger");\n';
    const readFile = async (path: string): Promise<unknown> => JSON.parse(await made.workspace.read(path));

    it("after which it is up to date for both states of the source", async () => {
      const key = await label();
      await made.use(`// How entries are named.\n${SOURCE}`);
      const output = await made.build("--tags=:2.1.0", "--digest-file=out/digest.json", "--metadata-file=out/metadata.json");
      expect(output).not.toContain(UP_TO_DATE);
      expect(output).toContain(`${made.image}, ${made.service}:2.1.0: the contents are the same as before, and so is the image (${first.slice(0, 19)})`);
      for (const name of [made.image, `${made.service}:2.1.0`]) expect(await made.containers.inspect(name, "{{.Id}}")).toBe(first);
      expect(await readFile("out/digest.json")).toMatchObject({ digest: first, built: true });
      expect(await readFile("out/metadata.json")).toMatchObject({ "containerimage.config.digest": first });
      expect(await label()).toBe(key);
      const [, replaced = ""] = /writing image (sha256:[0-9a-f]{64})/.exec(output) ?? [];
      expect(replaced).not.toBe(first);
      expect(await made.containers.inspect(replaced, "{{json .RepoTags}}")).toBe("[]");
      expect(await made.build()).toContain(UP_TO_DATE);
      expect(await made.id()).toBe(first);
      await made.use(SOURCE);
      expect(await made.build()).toContain(UP_TO_DATE);
      expect(await made.id()).toBe(first);
    });

    it("with a handful of names, however often", async () => {
      for (let count = 0; count < 7; count++) {
        await made.use(`// ${count} times.\n${SOURCE}`);
        expect(await made.build()).toContain("the contents are the same as before");
      }
      const names = JSON.parse(await made.containers.inspect(made.image, "{{json .RepoTags}}")) as string[];
      expect(names.filter((name) => name.startsWith(`${made.service}:ooneex-`))).toHaveLength(5);
      expect(names).toContain(made.image);
      // Those that have lost theirs lead to it as well.
      for (let count = 0; count < 7; count++) {
        await made.use(`// ${count} times.\n${SOURCE}`);
        expect(await made.build()).toContain(UP_TO_DATE);
        expect(await made.id()).toBe(first);
      }
      await made.use(SOURCE);
    });

    it("in two runs at once", async () => {
      await made.use(`// Two at once.\n${SOURCE}`);
      await Promise.all([made.build(), made.build()]);
      expect(await made.id()).toBe(first);
      expect(await made.build()).toContain(UP_TO_DATE);
      await made.use(SOURCE);
    });

    it("and another image comes of a real change", async () => {
      await made.use(SOURCE.replace('"ledger"', '"journal"'));
      expect(await made.build()).not.toContain(UP_TO_DATE);
      expect(await made.id()).not.toBe(first);
      await made.use(SOURCE);
      expect(await made.build()).toContain(UP_TO_DATE);
      expect(await made.id()).toBe(first);
    });

    it("also where the Dockerfile has no trigger, and with --quiet, which says the id of the one that stays", async () => {
      const { workspace, service } = made;
      const dockerfile = await workspace.read(`modules/${service}/Dockerfile`);
      await workspace.write(`modules/${service}/Dockerfile`, dockerfile.replace(/^ONBUILD.*$/m, ""));
      await made.build();
      const id = await made.id();
      expect(id).not.toBe(first);
      await made.use(`// No trigger.\n${SOURCE}`);
      const output = await made.build("--quiet");
      expect(output).toContain(id);
      expect(output.match(/sha256:[0-9a-f]{64}/g)).toEqual([id]);
      expect(await made.id()).toBe(id);
      expect(await made.build()).toContain(UP_TO_DATE);
      await workspace.write(`modules/${service}/Dockerfile`, dockerfile);
      await made.use(SOURCE);
      expect(await made.build()).toContain(UP_TO_DATE);
      expect(await made.id()).toBe(first);
    });

    it("in a bake as well", async () => {
      const { workspace, service } = made;
      const other = `${service}x`;
      await workspace.run(["nx", "g", "@ooneex/nx:microservice", other]);
      const ids = (): Promise<string[]> => Promise.all([service, other].map((name) => made.containers.inspect(`${name}:latest`, "{{.Id}}")));
      const bake = async (): Promise<string> => (await workspace.run(["nx", "run-many", "-t", "docker-build", "-p", `${service},${other}`, "--batch"])).stdout;
      try {
        await bake();
        const before = await ids();
        for (const name of [service, other]) {
          const path = `modules/${name}/src/index.ts`;
          await workspace.write(path, `// A comment.\n${await workspace.read(path)}`);
        }
        expect(await bake()).not.toMatch(/up to date$/m);
        expect(await ids()).toEqual(before);
        expect((await bake()).match(/up to date$/gm)).toHaveLength(2);
        expect(await ids()).toEqual(before);
      } finally {
        await made.containers.docker(["rmi", "--force", await made.containers.inspect(`${other}:latest`, "{{.Id}}")]);
        await workspace.run(["git", "checkout", "--quiet", "."]);
        await workspace.run(["git", "clean", "--quiet", "--force", "-d", "modules"]);
      }
      expect(await made.build()).toContain(UP_TO_DATE);
      expect(await made.id()).toBe(first);
    });
  });

  describe("when its sources change while it is built", () => {
    const CHANGED = "changed while the image was built";
    let dockerfile: string;
    let source: string;

    beforeAll(async () => {
      const { workspace, service } = made;
      dockerfile = await workspace.read(`modules/${service}/Dockerfile`);
      source = await workspace.read(`modules/${service}/src/domain.ts`);
      await workspace.write(`modules/${service}/Dockerfile`, dockerfile.replace("FROM deps AS build\n", "FROM deps AS build\nRUN sleep 4\n"));
    });

    afterAll(async () => {
      await made.workspace.write(`modules/${made.service}/Dockerfile`, dockerfile);
      await made.use(source);
    });

    /** Builds the source with one more line, while it loses that and the Dockerfile gets a line too. */
    const change = async (line: string, ...flags: string[]): Promise<string> => {
      const path = `modules/${made.service}/Dockerfile`;
      await made.use(`${source}\n${line}\n`);
      const waiting = await made.workspace.read(path);
      const running = made.workspace.start(["nx", "docker-build", made.service, "--no-cache", ...flags]);
      while (!running.output().includes("RUN sleep 4") && running.exitCode() === undefined) await sleep(50);
      await made.use(source);
      await made.workspace.write(path, `${waiting}# meanwhile\n`);
      await expect.poll(() => running.exitCode(), { timeout: 120_000 }).toBe(0);
      await made.workspace.write(path, waiting);
      await made.use(`${source}\n${line}\n`);
      return running.output();
    };

    it("is of those that were staged before", async () => {
      expect(await change('console.log("staged");')).not.toContain(CHANGED);
      const id = await made.id();
      expect(await made.build()).toContain(UP_TO_DATE);
      expect(await made.id()).toBe(id);
    });

    it("counts for nothing where it was built from the whole repository, whatever its label says", async () => {
      expect(await change('console.log("whole");', "--prune=false")).toContain(CHANGED);
      const key = await label();
      expect(key).toMatch(/^[0-9a-f]{64}$/);
      expect(await made.containers.inspect(made.image, "{{json .RepoTags}}")).toBe(JSON.stringify([made.image]));
      const again = await made.build("--prune=false");
      expect(again).not.toContain(UP_TO_DATE);
      expect(again).not.toContain(CHANGED);
      expect(await label()).toBe(key);
      expect(await made.build("--prune=false")).toContain(UP_TO_DATE);
    });
  });

  podmanTest("stays when a comment is added, in Podman", async (store) => {
    await made.containers.docker(["save", "--output", join(made.workspace.root, "base.tar"), "oven/bun:1.4.5"]);
    await store.podman(["load", "--input", join(made.workspace.root, "base.tar")]);
    await made.workspace.remove("base.tar");
    const source = await made.workspace.read(`modules/${made.service}/src/domain.ts`);
    const build = async (): Promise<string> =>
      (await made.workspace.run(["nx", "docker-build", made.service, "--engine=podman"], { env: store.env })).stdout;
    const id = async (): Promise<string> => (await store.podman(["image", "inspect", "--format", "{{.Id}}", made.image])).stdout.trim();
    await build();
    const before = await id();
    await made.use(`// A comment.\n${source}`);
    expect(await build()).not.toContain(UP_TO_DATE);
    expect(await id()).toBe(before);
    expect(await build()).toContain(UP_TO_DATE);
    await made.use(source);
    expect(await build()).toContain(UP_TO_DATE);
    expect(await id()).toBe(before);
  });

  it("is the same image for two runs at once", async () => {
    await made.use('export const changed = "twice at once";\nconsole.log(changed);\n');
    await Promise.all([made.build(), made.build()]);
    const id = await made.id();
    expect(id).not.toBe(first);
    expect(await made.build()).toContain(UP_TO_DATE);
    expect(await made.id()).toBe(id);
    await made.workspace.run(["git", "checkout", "--quiet", "."]);
    expect(await made.build()).toContain(UP_TO_DATE);
  });

  describe("stays for", () => {
    const write = (path: string, text: string) => () => made.workspace.write(path, text);
    const CHANGES: [string, () => Promise<unknown>][] = [
      ["a file of shared that it does not reach", write("modules/shared/src/unreached.ts", "export const changed = true;\n")],
      ["its test", () => made.workspace.write(`modules/${made.service}/tests/other.spec.ts`, "// changed\n")],
      ["the root README", write("README.md", "# Changed\n")],
      ["another module", write("modules/app/src/Other.ts", "export const changed = true;\n")],
      ["an unrelated dependency", () => made.workspace.run(["bun", "add", "is-number@7.0.0"])],
    ];

    it.each(CHANGES)("a change of %s", async (_title, change) => {
      await change();
      expect(await made.build()).toContain(UP_TO_DATE);
      expect(await made.id()).toBe(first);
    });
  });

  it("says in its files which image it is, built or found", async () => {
    const files = ["--digest-file=out/digest.json", "--metadata-file=out/metadata.json"];
    const read = async (path: string): Promise<unknown> => JSON.parse(await made.workspace.read(path));
    const { stdout } = await made.workspace.run(["git", "rev-parse", "HEAD"]);
    const expected = { references: [made.image], digest: first, key: await label(), revision: stdout.trim() };
    await made.build(...files);
    expect(await read("out/digest.json")).toMatchObject({ ...expected, built: false });
    expect(await read("out/metadata.json")).toMatchObject({ "containerimage.config.digest": first });
    await made.build("--force", ...files);
    expect(await read("out/digest.json")).toMatchObject({ ...expected, built: true });
    expect(await read("out/metadata.json")).toMatchObject({ "containerimage.config.digest": first });
  });
});
