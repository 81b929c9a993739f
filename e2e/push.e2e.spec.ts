import { afterAll, beforeAll, expect, inject, it } from "vitest";
import { makeServiceWorkspace, type ServiceWorkspace } from "./image/service-workspace.js";
import { startImageRegistry, type ImageRegistry } from "./registry/image-registry.js";
import { registrySuite } from "./registry/registry-suite.js";
import { ONE_PROCESS } from "./workspace/environment.js";

const STEP = /docker buildx build|^#\d+ \[/m;

registrySuite("docker-push", (program) => {
  let made: ServiceWorkspace;
  let registry: ImageRegistry;
  let path: string;
  let repository: string;

  const run = async (expected: "success" | "failure", flags: readonly string[], env: Record<string, string> = { OONEEX_REGISTRY: `${registry.host}/Acme` }) => {
    const { stdout, stderr } = await made.workspace.run(["nx", "docker-push", made.service, ...flags], { expect: expected, env });
    return stdout + stderr;
  };
  const push = (...flags: string[]) => run("success", flags);
  const refuse = (...flags: string[]) => run("failure", flags);
  const revision = async (): Promise<string> => (await made.workspace.run(["git", "rev-parse", "HEAD"])).stdout.trim();
  const ownTag = async (): Promise<string> => `sha-${(await revision()).slice(0, 12)}`;
  const digest = (tag: string) => registry.digest(path, tag);
  /** What a name stands for, which an older buildx wraps into an index of another digest. */
  const id = async (tag: string): Promise<string> => {
    await made.containers.docker(["pull", "--quiet", `${repository}:${tag}`]);
    const pulled = await made.containers.inspect(`${repository}:${tag}`, "{{.Id}}");
    await made.containers.docker(["rmi", `${repository}:${tag}`]);
    return pulled;
  };

  beforeAll(async () => {
    registry = await startImageRegistry(program);
    made = await makeServiceWorkspace(inject("host"), "push", ONE_PROCESS);
    path = `acme/${made.service}`;
    repository = `${registry.host}/${path}`;
  });

  afterAll(async () => {
    await made.dispose();
    await registry.stop();
  });

  it("says where it can be told what to push to", async () => {
    expect(await run("failure", [], {})).toContain("REGISTRY_MISSING");
  });

  it("prints what would run, with the registry in nx.json or the repository in the manifest", async () => {
    const tag = await ownTag();
    expect(await push("--dry-run")).toContain(` --tag ${repository}:${tag} `);
    expect(await run("success", ["--dry-run", "--registry=ghcr.io/other"], {})).toContain(` --tag ghcr.io/other/${made.service}:${tag} `);

    const nxJson = await made.workspace.read("nx.json");
    const manifest = await made.workspace.read(`modules/${made.service}/${made.service}.yml`);
    await made.workspace.write("nx.json", nxJson.replace('"@ooneex/nx"', '{ "plugin": "@ooneex/nx", "options": { "registry": "ghcr.io/acme" } }'));
    expect(await run("success", ["--dry-run", "--allow-dirty"], {})).toContain(` --tag ghcr.io/acme/${made.service}:${tag}-dirty `);
    await made.workspace.write(`modules/${made.service}/${made.service}.yml`, `${manifest}image:\n  repository: ghcr.io/acme/own\n`);
    expect(await push("--dry-run", "--allow-dirty")).toContain(` --tag ghcr.io/acme/own:${tag}-dirty `);
    await made.workspace.run(["git", "checkout", "--quiet", "."]);
    expect(await registry.tags(path)).toEqual([]);
  });

  it("builds the image, pushes it under its revision, and says what it pushed", async () => {
    const tag = await ownTag();
    expect(await push("--moving-tags=:main")).toMatch(STEP);
    const said = JSON.parse(await made.workspace.read(`.nx/images/${made.service}.json`)) as object;
    expect(said).toMatchObject({ references: [`${repository}:${tag}`, `${repository}:main`], digest: await digest(tag), revision: await revision(), built: true });
    expect(await digest("main")).toBe(await digest(tag));
    expect(await made.workspace.gitStatus()).toBe("");
  });

  it("says it to the topology, which shows what is deployed", async () => {
    const pushed = await digest(await ownTag());
    await made.workspace.run(["nx", "g", "@ooneex/nx:topology", `--digest-files=.nx/images/${made.service}.json`]);
    expect(await made.workspace.read("topology.html")).toContain(pushed);
    expect(await made.workspace.read("README.md")).toContain(pushed?.slice(0, "sha256:".length + 12));
    await made.workspace.run(["git", "checkout", "--quiet", "README.md"]);
    await made.workspace.remove("topology.html");
  });

  it("does nothing the second time, whatever is to be skipped, and says the same", async () => {
    const before = await digest(await ownTag());
    const { stdout } = await made.workspace.run(["nx", "docker-push", made.service, "--skip-nx-cache"], { env: { OONEEX_REGISTRY: `${registry.host}/acme` } });
    expect(stdout).toContain("up to date, found in the registry");
    expect(stdout).not.toMatch(STEP);
    expect(await digest(await ownTag())).toBe(before);
    expect(JSON.parse(await made.workspace.read(`.nx/images/${made.service}.json`))).toMatchObject({ digest: before, built: false });
  });

  it("gives the image of a commit that changes nothing in it a name more", async () => {
    const before = await id(await ownTag());
    await made.workspace.write("README.md", "# Acme, with services\n");
    await made.workspace.commit("docs: what it is");
    const output = await push();
    expect(output).toContain("up to date, found in the registry");
    expect(output).not.toMatch(STEP);
    expect(await id(await ownTag())).toBe(before);
    const named = await digest(await ownTag());
    expect(await push("--tags=:0.9.0")).toContain("up to date");
    expect(await push("--tags=:0.9.0")).toContain("up to date");
    expect(await digest(await ownTag())).toBe(named);
    expect(await id("0.9.0")).toBe(before);
  });

  it("refuses what is not committed, and pushes it under another name when it is told to", async () => {
    const before = await digest(await ownTag());
    await made.use("console.log(1);\n");
    const output = await refuse();
    expect(output).toContain("TREE_DIRTY");
    expect(output).toContain(`modules/${made.service}/src/domain.ts`);
    await push("--allow-dirty");
    expect(await digest(await ownTag())).toBe(before);
    expect(await digest(`${await ownTag()}-dirty`)).not.toBe(before);
    await made.use("console.log(2);\n");
    await push("--allow-dirty");
    await made.workspace.run(["git", "checkout", "--quiet", "."]);
  });

  it("never gives a name that is to stay to another image, unless it is told to", async () => {
    await push("--tags=:1.0.0");
    const before = await digest("1.0.0");
    await made.use("console.log(3);\n");
    await made.workspace.commit("feat: three");
    const output = await refuse("--tags=:1.0.0");
    expect(output).toContain("TAG_TAKEN");
    expect(output).toContain(`${repository}:1.0.0`);
    expect(await digest("1.0.0")).toBe(before);
    expect(await digest(await ownTag())).toBeUndefined();
    await push("--tags=:1.0.0", "--force");
    expect(await digest("1.0.0")).toBe(await digest(await ownTag()));
    expect(await digest("1.0.0")).not.toBe(before);
  });

  it("does not push where the registry does not answer", async () => {
    const output = await run("failure", [], { OONEEX_REGISTRY: "127.0.0.1:9/acme" });
    expect(output).toContain("REGISTRY_SILENT");
    expect(output).not.toMatch(STEP);
  });

  it("asks the engine's own builder for a cache in the registry just where the engine says that its images are in containerd's store", async () => {
    const { stdout } = await made.containers.docker(["info", "--format", "{{json .DriverStatus}}"]);
    expect((await push("--registry-cache", "--dry-run")).includes("--cache-to")).toBe(stdout.includes("io.containerd.snapshotter."));
  });
});
