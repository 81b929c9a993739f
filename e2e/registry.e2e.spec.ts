import { createServer, type AddressInfo, type Server } from "node:net";
import { afterAll, beforeAll, beforeEach, expect, inject, it } from "vitest";
import { makeServiceWorkspace, type ServiceWorkspace } from "./image/service-workspace.js";
import { startImageRegistry, type ImageRegistry } from "./registry/image-registry.js";
import { registrySuite } from "./registry/registry-suite.js";
import { ONE_PROCESS } from "./workspace/environment.js";

const UP_TO_DATE = "up to date, found in the registry";
const STEP = /docker buildx build|^#\d+ \[/m;

registrySuite("images in a registry", (program) => {
  let made: ServiceWorkspace;
  let registry: ImageRegistry;
  /** Of the service in the registry, without its host. */
  let path: string;
  let repository: string;
  let key: string;
  let first: string;
  /** What the first build said of itself. */
  let said: unknown;

  const docker: ServiceWorkspace["containers"]["docker"] = (argv, options) => made.containers.docker(argv, options);
  const push = (...flags: string[]) => made.build("--push", `--repository=${repository}`, ...flags);
  const keyTag = (of: string) => `ooneex-${of.slice(0, 32)}`;

  /** Every image that this suite's registry or the service has a name for, in the engine. */
  const loaded = async (): Promise<string[]> => {
    const filters = [`${registry.host}/*/*`, made.service].flatMap((reference) => ["--filter", `reference=${reference}`]);
    const { stdout } = await docker(["image", "ls", "--quiet", "--no-trunc", ...filters]);
    return [...new Set(stdout.split("\n").filter((id) => id !== ""))];
  };

  const wipe = async (): Promise<void> => {
    const ids = await loaded();
    if (ids.length > 0) await docker(["rmi", "--force", ...ids]);
    expect(await loaded()).toEqual([]);
  };

  /** The key of a build that does not take place. */
  const readKey = async (...flags: string[]): Promise<string> =>
    /--label dev\.ooneex\.nx\.key=([0-9a-f]{64})/.exec(await push("--dry-run", ...flags))?.[1] ?? "no key";

  /** Pushes a small image that has a key, without the plugin. */
  const pushSmall = async (tag: string, platform: string, label: string): Promise<string> => {
    await made.workspace.write("tmp/small/Dockerfile", "FROM scratch\nCOPY Dockerfile /\n");
    const flags = ["--platform", platform, "--label", `dev.ooneex.nx.key=${label}`, "--tag", `${repository}:${tag}`, "--push"];
    await docker(["buildx", "build", "--quiet", ...flags, "tmp/small"]);
    return `${repository}:${tag}`;
  };

  beforeAll(async () => {
    registry = await startImageRegistry(program);
    made = await makeServiceWorkspace(inject("host"), "parcel", ONE_PROCESS);
    path = `acme/${made.service}`;
    repository = `${registry.host}/${path}`;
    expect(await push("--tags=:1", "--digest-file=out/digest.json")).not.toContain(UP_TO_DATE);
    said = JSON.parse(await made.workspace.read("out/digest.json"));
    key = await made.containers.inspect(`${repository}:1`, '{{index .Config.Labels "dev.ooneex.nx.key"}}');
    first = await made.containers.inspect(`${repository}:1`, "{{.Id}}");
  });

  beforeEach(() => wipe());

  afterAll(async () => {
    await wipe();
    await made.dispose();
    await registry.stop();
  });

  it("are pushed under their key too", async () => {
    expect(await registry.tags(path)).toEqual(["1", keyTag(key)]);
    expect(await registry.digest(path, keyTag(key))).toBe(await registry.digest(path, "1"));
    expect(said).toMatchObject({ references: [`${repository}:1`], digest: await registry.digest(path, "1"), key, built: true });
  });

  it("are not built or pulled again, but named there", async () => {
    const digest = await registry.digest(path, "1");
    const output = await push("--tags=:2", `--tags=${registry.host}/other/${made.service}:2`);
    expect(output).toContain(UP_TO_DATE);
    expect(output).toContain(`${repository}:2`);
    expect(output).not.toMatch(STEP);
    expect(await loaded()).toEqual([]);
    expect(await registry.tags(path)).toEqual(["1", "2", keyTag(key)]);
    expect(await registry.tags(`other/${made.service}`)).toEqual(["2", keyTag(key)]);
    expect(await registry.digest(path, "1")).toBe(digest);
    for (const name of [`${repository}:2`, `${registry.host}/other/${made.service}:2`]) {
      await docker(["pull", "--quiet", name]);
      expect(await made.containers.inspect(name, "{{.Id}}")).toBe(first);
    }
  });

  it("are copied to repositories that are new, under many names in each", async () => {
    const repositories = Array.from({ length: 8 }, (_, index) => `copy-${index}/${made.service}`);
    const names = ["1", "2", "3", "4"];
    const tags = repositories.flatMap((each) => names.map((name) => `--tags=${registry.host}/${each}:${name}`));
    expect(await push("--tags=:1", ...tags)).toContain(UP_TO_DATE);
    for (const each of repositories) expect(await registry.tags(each)).toEqual([...names, keyTag(key)]);
  });

  it("keep a name that is theirs already, to the byte", async () => {
    const digest = await registry.digest(path, "1");
    expect(await push("--tags=:1")).toContain(UP_TO_DATE);
    expect(await registry.digest(path, "1")).toBe(digest);
  });

  it("are pulled rather than built where they are to be loaded", async () => {
    const output = await made.build(`--tags=${repository}:1`);
    expect(output).toContain(UP_TO_DATE);
    expect(output).not.toMatch(STEP);
    expect(await made.id()).toBe(first);
    expect(await made.containers.inspect(`${repository}:1`, "{{.Id}}")).toBe(first);
  });

  it("are both named and pulled where they are to be pushed and loaded", async () => {
    const output = await push("--load", "--tags=:loaded");
    expect(output).toContain(UP_TO_DATE);
    expect(await made.containers.inspect(`${repository}:loaded`, "{{.Id}}")).toBe(first);
    expect(await registry.digest(path, "loaded")).toBeDefined();
  });

  it("lose a name to an image of somebody else, and take it back", async () => {
    await pushSmall("1", "linux/amd64", "");
    expect(await push("--tags=:1")).toContain(UP_TO_DATE);
    await docker(["pull", "--quiet", `${repository}:1`]);
    expect(await made.containers.inspect(`${repository}:1`, "{{.Id}}")).toBe(first);
  });

  it("are built where the registry only says it has them", async () => {
    await docker(["buildx", "imagetools", "create", "--tag", `${repository}:${keyTag(key)}`, await pushSmall("small", "linux/amd64", "0".repeat(64))]);
    expect(await push("--tags=:1")).not.toContain(UP_TO_DATE);
    expect(await push("--tags=:1")).toContain(UP_TO_DATE);
  });

  it("are built where an index has another platform only", async () => {
    const platform = `linux/${await made.containers.inspect("oven/bun:1.4.5", "{{.Architecture}}")}`;
    const other = platform === "linux/arm64" ? "linux/amd64" : "linux/arm64";
    const wanted = await readKey("--tags=:one", `--platforms=${platform}`);
    await docker(["buildx", "imagetools", "create", "--tag", `${repository}:${keyTag(wanted)}`, await pushSmall("other", other, wanted)]);
    expect(await push("--tags=:one", `--platforms=${platform}`)).not.toContain(UP_TO_DATE);
    expect(await push("--tags=:one", `--platforms=${platform}`)).toContain(UP_TO_DATE);
  });

  it("of several platforms count only when each of them is there", async () => {
    const flags = ["--tags=:both", "--platforms=linux/amd64,linux/arm64"];
    const wanted = await readKey(...flags);
    const amd64 = await pushSmall("amd64", "linux/amd64", wanted);
    const arm64 = await pushSmall("arm64", "linux/arm64", wanted);
    const index = (...images: string[]) => docker(["buildx", "imagetools", "create", "--tag", `${repository}:${keyTag(wanted)}`, ...images]);
    // The builder of this engine makes images of one platform only, so a build that takes place is one that fails.
    const isBuilt = async (): Promise<void> => {
      expect(await made.refuse("--push", `--repository=${repository}`, ...flags)).toContain("BUILD_FAILED");
    };
    await isBuilt();
    await index(amd64);
    await isBuilt();
    await index(amd64, await pushSmall("arm64-other", "linux/arm64", key));
    await isBuilt();
    expect(await registry.digest(path, "both")).toBeUndefined();

    await index(amd64, arm64);
    expect(await push(...flags)).toContain(UP_TO_DATE);
    expect(await registry.digest(path, "both")).toBe(await registry.digest(path, keyTag(wanted)));
    await registry.remove(path, (await registry.digest(path, "arm64")) ?? "");
    await isBuilt();
  });

  it("are built where no registry answers, or one does not come to an end", async () => {
    const silent = createServer();
    await listen(silent);
    const { port } = silent.address() as AddressInfo;
    try {
      for (const host of ["127.0.0.1:9", `127.0.0.1:${port}`]) {
        const name = `${host}/acme/${made.service}:1`;
        const output = await made.build(`--tags=${name}`);
        expect(output).not.toContain("up to date");
        expect(await made.id()).toBe(first);
        await docker(["rmi", "--force", first]);
      }
    } finally {
      silent.close();
    }
  });

  it.each([
    ["a variable", "ENV DEBUG=1"],
    ["a file", "COPY Dockerfile /added"],
    ["nothing", ""],
  ])("are not taken for an image based on them that adds %s", async (_, instruction) => {
    await made.build("--force");
    await made.workspace.write("tmp/child/Dockerfile", `FROM ${made.image}\n${instruction}\n`);
    await docker(["buildx", "build", "--quiet", "--tag", made.image, "--load", "tmp/child"]);
    await docker(["rmi", "--force", first]);
    const child = await made.id();
    expect(child).not.toBe(first);
    expect(await made.build()).not.toContain("up to date");
    expect(await made.id()).toBe(first);
    expect(await made.build()).toContain("up to date, found in the engine");
    await docker(["rmi", child]);
  });

  it("get their key's name after they were pushed, where they are built from the whole repository", async () => {
    const flags = ["--prune=false", "--tags=:whole"];
    const wanted = await readKey(...flags);
    expect(await push("--dry-run", ...flags)).not.toContain(":ooneex-");
    expect(await push(...flags)).not.toContain(UP_TO_DATE);
    const digest = await registry.digest(path, "whole");
    expect(digest).toBeDefined();
    // An older buildx wraps it into an index of its own.
    expect(await registry.digest(path, keyTag(wanted))).toBeDefined();
    expect(await push(...flags)).toContain(UP_TO_DATE);
    expect(await registry.digest(path, "whole")).toBe(digest);
    await wipe();
    const pull = () => made.build("--prune=false", `--tags=${repository}:whole`);
    expect(await pull()).toContain(UP_TO_DATE);
    expect(await pull()).toContain("up to date, found in the engine");
  });

  it("are built with the caches and the builder that are named, to the letter", async () => {
    const caches = ["type=registry,ref=ghcr.io/acme/cache:main,mode=max", "type=gha,scope=billing", "type=s3,region=eu-west-3,bucket=caches"];
    const project = `modules/${made.service}/project.json`;
    const options = { cacheFrom: caches, cacheTo: caches, builder: "farm" };
    await made.workspace.write(project, JSON.stringify({ name: `@module/${made.service}`, targets: { "docker-build": { options } } }));
    const flags = (name: string) => caches.map((cache) => `--${name} ${cache}`).join(" ");
    const output = await push("--dry-run", "--tags=:1");
    expect(output).toContain(flags("cache-from"));
    expect(output).toContain(flags("cache-to"));
    expect(output).toContain("--builder farm");
    await made.workspace.remove(project);
    const [registryCache = "", gha = ""] = caches;
    expect(await push("--dry-run", "--tags=:1", `--cache-to=${registryCache}`)).toContain(`--cache-to ${registryCache} `);
    const several = await push("--dry-run", "--tags=:1", `--cache-from=${registryCache}`, `--cache-from=${gha}`);
    expect(several).toContain(`--cache-from ${registryCache} --cache-from ${gha}`);
  });
});

function listen(server: Server): Promise<void> {
  return new Promise((resolve, reject) => void server.once("error", reject).listen(0, "127.0.0.1", resolve));
}
