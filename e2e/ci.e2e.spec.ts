import { execFileSync } from "node:child_process";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, inject, it } from "vitest";
import { parse } from "yaml";
import { makeAcme } from "./acme.js";
import { EMPTY_TREE, isLogin, readGithubCommands, readVariables, runScript } from "./ci/script.js";
import { borrowTags } from "./image/borrow-tags.js";
import { startImageRegistry, type ImageRegistry } from "./registry/image-registry.js";
import { registrySuite } from "./registry/registry-suite.js";
import { linkBun } from "./workspace/bun.js";
import type { Workspace } from "./workspace/workspace.js";

const SERVICES = ["billing", "notifications", "order_history"];

/** What is deployed where everything is; the app has no image of its own. */
const ALL = ["app", ...SERVICES];

registrySuite("a pipeline", (program) => {
  const host = inject("host");
  let workspace: Workspace;
  let registry: ImageRegistry;
  /** Of the engine's client, so that logging in leaves no trace on this machine. */
  let dockerConfig: string;
  /** What change requests build stays on the engine. */
  let giveBack: Awaited<ReturnType<typeof borrowTags>>;

  const head = async (): Promise<string> => (await workspace.run(["git", "rev-parse", "HEAD"])).stdout.trim();

  const run = (commands: readonly string[], env: Record<string, string>): Promise<string> => runScript(workspace, commands, env);

  const login = (command: string): Promise<string> =>
    run([command], { OONEEX_REGISTRY: `${registry.host}/acme`, REGISTRY_USER: "ada", REGISTRY_TOKEN: "secret", DOCKER_CONFIG: dockerConfig });

  /** The services whose image has the tag of what is checked out, each with every tag it has. */
  const pushed = async (): Promise<string[]> => {
    const tag = `sha-${(await head()).slice(0, 12)}`;
    const digests = await Promise.all(SERVICES.map((service) => registry.digest(`acme/${service}`, tag)));
    return SERVICES.filter((_, index) => digests[index] !== undefined);
  };

  /** The services that a script has deployed; Nx shows nothing of a task of many that succeeds. */
  const deployed = async (script: Promise<string>): Promise<string[]> => {
    await workspace.remove(".nx/deployed");
    await script;
    return workspace.exists(".nx/deployed") ? (await workspace.read(".nx/deployed")).trim().split("\n").sort() : [];
  };

  /** Nx's results where the pipelines of every provider keep them; there are none where Nx keeps them elsewhere. */
  const expectKeptResults = async (): Promise<void> => expect(await readdir(join(workspace.root, ".nx/cache"))).not.toEqual([]);

  const change = async (service: string): Promise<void> => {
    const path = `modules/${service}/src/index.ts`;
    await workspace.write(path, `${await workspace.read(path)}// ${await head()}\n`);
    await workspace.commit(`feat(${service}): a change`);
  };

  const generate = async (provider: string): Promise<void> => {
    await workspace.run(["nx", "g", "@ooneex/nx:ci", `--provider=${provider}`]);
    await workspace.commit(`ci: ${provider}`);
    await workspace.run(["nx", "g", "@ooneex/nx:ci", `--provider=${provider}`]);
    expect(await workspace.gitStatus()).toBe("");
    await workspace.remove(".nx/cache");
  };

  beforeAll(async () => {
    registry = await startImageRegistry(program);
    giveBack = await borrowTags("docker", ["notifications:latest"]);
    dockerConfig = await mkdtemp(join(tmpdir(), "ooneex-nx-docker-"));
    workspace = await makeAcme(host, { typescript: "7" });
    // What the services' target `lint` runs.
    await workspace.run(["bun", "add", "--dev", "@biomejs/biome@^2.6.8"]);
    // The packages come from a registry on this machine, so builds have to use this machine's network.
    const nxJson = JSON.parse(await workspace.read("nx.json")) as { targetDefaults: Record<string, unknown> };
    nxJson.targetDefaults["docker-build"] = { options: { network: "host" } };
    await workspace.write("nx.json", `${JSON.stringify(nxJson, null, 2)}\n`);
    for (const [folder, name] of [["app", "app"], ["billing", "billing"], ["notifications", "notifications"], ["order-history", "order_history"]] as const) {
      const targets = { deploy: { command: `echo ${name} >> .nx/deployed`, options: { forwardAllArgs: false } } };
      await workspace.write(`modules/${folder}/project.json`, `${JSON.stringify({ name: `@module/${folder}`, targets }, null, 2)}\n`);
    }
    await workspace.commit("chore: how services are deployed");
  });

  afterAll(async () => {
    await giveBack();
    await workspace.dispose();
    await rm(dockerConfig, { recursive: true, force: true });
    await registry.stop();
  });

  it("of GitHub tests, pushes and deploys everything at first, then exactly what has changed", async () => {
    await generate("github");
    const runs = await readGithubCommands(workspace);
    const ship = async (base: string): Promise<string> => {
      const shas = { NX_BASE: base, NX_HEAD: await head() };
      const env = { ...(await readVariables(workspace, ".github/workflows/ooneex.yml", "env")), ...shas, OONEEX_REGISTRY: `${registry.host}/acme` };
      return run([...runs("check", "push"), ...runs("ship", "push").filter((command) => !isLogin(command))], env);
    };

    expect(await login(runs("ship", "push").find(isLogin) ?? "false")).toContain("Login Succeeded");
    expect(await readFile(join(dockerConfig, "config.json"), "utf8")).toContain(registry.host);

    expect(await deployed(ship(EMPTY_TREE))).toEqual(ALL);
    expect(await pushed()).toEqual(SERVICES);
    await expectKeptResults();

    const base = await head();
    await change("billing");
    await workspace.write("tools/ci/before-deploy.sh", 'echo "$DEPLOY_HOST" > .nx/brought\n');
    await workspace.commit("ci: what a deployment begins with");
    expect(await deployed(ship(base))).toEqual(["billing"]);
    expect(await workspace.read(".nx/brought")).toMatch(/^\w+:\/\/\S+\n$/);
    expect(await pushed()).toEqual(["billing"]);

    const before = await head();
    await workspace.write("README.md", "# Acme, with a pipeline\n");
    await workspace.commit("docs: what it is");
    expect(await deployed(ship(before))).toEqual([]);
    expect(await pushed()).toEqual([]);

    await change("notifications");
    const output = await run(runs("check", "pull_request"), { NX_BASE: before, NX_HEAD: await head() });
    expect(output).toMatch(/notifications/);
    expect(await pushed()).toEqual([]);
  });

  it("of GitLab takes what was shipped last for its base, else the commit before the push", async () => {
    await generate("gitlab");
    execFileSync(join(await linkBun("1.4", host.root), "bun"), [join(import.meta.dirname, "../node_modules/gitlab-ci-local/dist/index.js"), "--list"], { cwd: workspace.root, stdio: "pipe" });
    const pipeline = parse(await workspace.read(".gitlab-ci.yml")) as Record<string, { before_script: (string | string[])[]; script: string[] }>;
    const prepare = (pipeline["test"]?.before_script ?? []).flat();
    const scripts = [...prepare, ...(pipeline["test"]?.script ?? []), ...(pipeline["ship"]?.script ?? []).filter((command) => !isLogin(command))];
    const ship = async (before: string): Promise<string> => {
      const { NX_CACHE_DIRECTORY } = await readVariables(workspace, ".gitlab-ci.yml", "variables");
      const env = { NX_CACHE_DIRECTORY: NX_CACHE_DIRECTORY ?? "", CI_COMMIT_SHA: await head(), CI_COMMIT_BEFORE_SHA: before, CI_REGISTRY_USER: "", CI_REGISTRY_PASSWORD: "" };
      return run(scripts, { ...env, OONEEX_REGISTRY: `${registry.host}/acme` });
    };

    const first = await head();
    await change("notifications");
    expect(await deployed(ship(first))).toEqual(["notifications"]);
    expect(await pushed()).toEqual(["notifications"]);
    await expectKeptResults();

    // Two pushes, of which no pipeline has shipped the first.
    await change("billing");
    const second = await head();
    await change("order-history");
    expect(await deployed(ship(second))).toEqual(["billing", "order_history"]);
    expect(await pushed()).toEqual(["billing", "order_history"]);

    await workspace.remove(".nx/last-success");
    expect(await deployed(ship("0".repeat(40)))).toEqual(ALL);
  });

  it("of Bitbucket takes the tag that the last success has moved for its base", async () => {
    await generate("bitbucket");
    const origin = await mkdtemp(join(tmpdir(), "ooneex-nx-origin-"));
    execFileSync("git", ["init", "--quiet", "--bare", origin]);
    await workspace.run(["git", "remote", "add", "origin", origin]);
    const { pipelines } = parse(await workspace.read("bitbucket-pipelines.yml")) as {
      pipelines: Record<"branches" | "pull-requests", Record<string, { step: { script: string[] } }[]>>;
    };
    const scriptOf = (kind: "branches" | "pull-requests", name: string): string[] =>
      (pipelines[kind][name]?.[0]?.step.script ?? [])
        .map((command) => command.replace(/^apk add .* bun@[\d.]+ && /, ""))
        .filter((command) => !isLogin(command));
    const env = { BITBUCKET_CLONE_DIR: workspace.root, OONEEX_REGISTRY: `${registry.host}/acme` };
    const ship = (): Promise<string> => run(scriptOf("branches", "main"), env);
    try {
      expect(await deployed(ship())).toEqual(ALL);
      await expectKeptResults();
      await change("billing");
      expect(await deployed(ship())).toEqual(["billing"]);
      expect(await pushed()).toEqual(["billing"]);
      expect(await deployed(ship())).toEqual([]);

      await workspace.run(["git", "push", "--quiet", "origin", "main"]);
      await change("notifications");
      const checked = await run(scriptOf("pull-requests", "**"), { ...env, BITBUCKET_PR_DESTINATION_BRANCH: "main" });
      expect(checked).toMatch(/notifications/);
      expect(checked).not.toMatch(/billing:test/);
      await expect(run(scriptOf("branches", "main"), { BITBUCKET_CLONE_DIR: workspace.root })).rejects.toThrow("OONEEX_REGISTRY: set it in the repository variables");
    } finally {
      await rm(origin, { recursive: true, force: true });
    }
  });
});
