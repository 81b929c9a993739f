import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { setTimeout as sleep } from "node:timers/promises";
import { dockerSuite } from "./image/docker-suite.js";
import { makeServiceWorkspace, type ServiceWorkspace } from "./image/service-workspace.js";

const UP_TO_DATE = "up to date, found in the engine";

dockerSuite("an image that is there already", () => {
  let made: ServiceWorkspace;
  let first: string;

  const label = () => made.containers.inspect(made.image, '{{index .Config.Labels "dev.ooneex.nx.key"}}');

  beforeAll(async () => {
    made = await makeServiceWorkspace(inject("host"), "ledger");
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
    expect(await made.id()).not.toBe(first);
    await workspace.write(`modules/${service}/Dockerfile`, dockerfile);
    expect(await made.build()).toContain(UP_TO_DATE);
    expect(await made.id()).toBe(first);
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
