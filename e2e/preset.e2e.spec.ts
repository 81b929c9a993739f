import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { mkdir, mkdtemp } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { readBlocks, readCommands } from "../tools/docs/blocks.js";
import { REPOSITORY } from "../tools/docs/pages.js";
import { readServed, serve } from "./docs/served.js";
import { borrowTags } from "./image/borrow-tags.js";
import { openContainers } from "./image/containers.js";
import { dockerSuite } from "./image/docker-suite.js";
import { runProcess } from "./process.js";
import type { BunLine } from "./workspace/bun.js";
import { buildEnvironment } from "./workspace/environment.js";
import { makeHome } from "./workspace/home.js";
import { NX } from "./workspace/manifest.js";
import { openWorkspace, type Workspace } from "./workspace/workspace.js";

const host = inject("host");

const APP_IMAGE = "app:latest";

/** What the user guide has one type in a folder that is not empty. */
const START = "packages/nx/docs/start.md";
const COMMANDS = readBlocks(START, readFileSync(join(REPOSITORY, START), "utf8")).filter(({ test }) => test === "e2e/preset.e2e.spec.ts").flatMap(readCommands);

/** What the README of a new workspace has one type, in its order. */
const TEMPLATE = "packages/nx/src/generators/preset/files/root/README.md.template";
const README = readBlocks("README.md", readFileSync(join(REPOSITORY, TEMPLATE), "utf8")).filter(({ language }) => language === "sh").flatMap(readCommands);
const needsEngine = (command: string): boolean => command.includes("docker-build");

/** Makes a workspace as a user does, with the create-nx-workspace of the npm registry. */
async function createWorkspace(version: string, bun: BunLine, flags: readonly string[]): Promise<Workspace> {
  const folder = await mkdtemp(join(host.root, "create-"));
  const root = join(folder, "acme");
  const environment = { ...(await buildEnvironment(root, host.root, bun)), HOME: await makeHome(host) };
  const argv = ["npx", "--yes", `create-nx-workspace@${version}`, "acme", "--preset=@ooneex/nx", ...flags];
  await runProcess(argv, { cwd: folder, env: environment, timeout: 540_000 });
  return openWorkspace(root, environment);
}

async function listProjects(workspace: Workspace): Promise<string[]> {
  const { stdout } = await workspace.run(["nx", "show", "projects", "--json"]);
  return (JSON.parse(stdout) as string[]).sort();
}

describe("create-nx-workspace with the preset, on Nx 23.2 and Bun 1.4", () => {
  // A name of its own, since images are called like their services.
  const service = `billing${randomBytes(3).toString("hex").replaceAll(/\d/g, (digit) => "ghijklmnop"[Number(digit)] ?? "")}`;
  let workspace: Workspace;

  beforeAll(async () => {
    workspace = await createWorkspace(NX["23.2"], "1.4", []);
  });

  afterAll(() => workspace.dispose());

  it("commits a workspace of Bun, with the modules app and shared and nothing else", async () => {
    expect(await workspace.gitStatus()).toBe("");
    expect(await listProjects(workspace)).toEqual(["@module/app", "@module/shared"]);
    expect(workspace.exists("bun.lock")).toBe(true);
    for (const path of ["package-lock.json", "apps", "libs"]) expect(workspace.exists(path)).toBe(false);
    expect(await workspace.read("README.md")).toMatch(/^# acme\n/);
    const { stdout } = await workspace.run(["git", "ls-files"]);
    expect(stdout.split("\n")).toContain("modules/app/.env.example.yml");
    expect(stdout.split("\n")).not.toContain("modules/app/.env.yml");
  });

  it("installs from its lockfile alone", async () => {
    await workspace.run(["bun", "install", "--frozen-lockfile"]);
    expect(await workspace.gitStatus()).toBe("");
  });

  it.each(["app", "shared"])("has types without an error in %s", async (name) => {
    await workspace.run(["tsc", "--noEmit"], { cwd: `modules/${name}` });
  });

  it("is as Biome wants it", async () => {
    await workspace.run(["biome", "check", "--error-on-warnings", "."]);
  });

  it.each([
    ["feat(app): a route", 0],
    ["feat(common): a rule", 0],
    ["feat(elsewhere): a route", 1],
  ])("has commitlint answer %j with %d", async (input, code) => {
    const answer = await workspace.run(["commitlint"], { input: `${input}\n`, expect: "either" });
    expect(answer).toMatchObject({ code });
  });

  it("is left as it is by a second run", async () => {
    await workspace.run(["nx", "g", "@ooneex/nx:preset"]);
    expect(await workspace.gitStatus()).toBe("");
  });

  it("refuses an option that it does not have", async () => {
    const { stdout, stderr } = await workspace.run(["nx", "g", "@ooneex/nx:preset", "--framwork=@talosjs"], { expect: "failure" });
    expect(stdout + stderr).toContain("OPTION_UNKNOWN: preset has no option framwork");
  });

  /** Types a command of the README, after a change where it is about what has changed. */
  const type = async (written: string): Promise<void> => {
    const command = written.replaceAll("billing", service);
    const served = readServed(command);
    if (served !== undefined) return await serve(workspace, command, served);
    const entrypoint = `modules/${service}/src/index.ts`;
    const isAboutChange = command.includes("affected");
    if (isAboutChange) await workspace.write(entrypoint, `${await workspace.read(entrypoint)}console.log("a change");\n`);
    const { stdout, stderr } = await workspace.run(["bash", "-e", "-c", command]);
    expect(stdout + stderr).not.toMatch(/lacks|does not ignore/);
    if (!isAboutChange) return;
    expect(stdout + stderr).toMatch(new RegExp(`for project @module/${service} |@module/${service}:`));
    await workspace.run(["git", "checkout", "--quiet", entrypoint]);
  };

  it("has commands in its README, of which the last ones need an engine", async () => {
    const own = readBlocks("README.md", await workspace.read("README.md")).filter(({ language }) => language === "sh").flatMap(readCommands);
    expect(own).toEqual(README);
    expect(README.filter(needsEngine)).toEqual(README.slice(-2));
  });

  it.each(README.filter((command) => !needsEngine(command)))("does what its README says: %s", type);

  it("takes a microservice in, and lints, tests and builds it with the rest", async () => {
    expect(await workspace.read("modules/app/app.yml")).toContain(`name: "${service}"`);
    await workspace.run(["biome", "check", "--error-on-warnings", "."]);
    await workspace.run(["nx", "run-many", "-t", "lint", "test", "build"]);
    for (const name of ["app", service]) expect(workspace.exists(`modules/${name}/dist/index.js`)).toBe(true);
    await workspace.commit("feat: a service");
    await workspace.run(["nx", "g", "@ooneex/nx:preset"]);
    expect(await workspace.gitStatus()).toBe("");
  });

  dockerSuite("its images", () => {
    let giveBack: Awaited<ReturnType<typeof borrowTags>>;
    const built: string[] = [];

    beforeAll(async () => {
      giveBack = await borrowTags("docker", [APP_IMAGE, `${service}:latest`]);
      // The packages come from a registry on this machine, so builds have to use this machine's network.
      const nxJson = JSON.parse(await workspace.read("nx.json")) as { targetDefaults?: Record<string, unknown> };
      nxJson.targetDefaults = { ...nxJson.targetDefaults, "docker-build": { options: { network: "host" } } };
      await workspace.write("nx.json", `${JSON.stringify(nxJson, null, 2)}\n`);
      await workspace.commit("chore: the network of builds");
    });

    it.each(README.filter(needsEngine))("are built as its README says: %s", async (command) => {
      await type(command);
      built.push(await openContainers(workspace.root).inspect(`${service}:latest`, "{{.Id}}"));
    });

    it("are built, of the app too, and run healthy as strictly as can be", async () => {
      const containers = openContainers(workspace.root);
      await workspace.run(["nx", "run-many", "-t", "docker-build", "--projects", `app,${service}`]);
      const hardened = ["--read-only", "--tmpfs", "/tmp", "--cap-drop", "ALL", "--security-opt", "no-new-privileges"];
      const variables = ["APP_ENV=production", "CACHE_REDIS_URL=redis://127.0.0.1:6379", "RATE_LIMIT_REDIS_URL=redis://127.0.0.1:6379"];
      try {
        for (const image of [APP_IMAGE, `${service}:latest`]) {
          built.push(await containers.inspect(image, "{{.Id}}"));
          const flags = [...hardened, ...variables.flatMap((variable) => ["--env", variable]), "--publish", "127.0.0.1::3500"];
          const container = await containers.start(flags, image);
          await container.healthy();
          expect((await fetch(`${await container.url(3500)}/api/v1/healthcheck`)).status).toBe(200);
        }
      } finally {
        await containers.remove([]);
      }
    });

    afterAll(() => giveBack(built));
  });
});

describe("create-nx-workspace with the preset, on Nx 22.7, Bun 1.3 and @talosjs", () => {
  let workspace: Workspace;

  beforeAll(async () => {
    workspace = await createWorkspace(NX["22.7"], "1.3", ["--pm=bun", "--framework=@talosjs"]);
  });

  afterAll(() => workspace.dispose());

  it("makes a workspace that tests and builds, and that a second run leaves as it is", async () => {
    expect(await workspace.gitStatus()).toBe("");
    expect(await workspace.read("README.md")).toMatch(/^# acme\n/);
    expect(await workspace.read("modules/app/src/index.ts")).toContain('from "@talosjs/app"');
    await workspace.run(["nx", "run-many", "-t", "test", "build"]);
    await workspace.run(["nx", "g", "@ooneex/nx:preset"]);
    expect(await workspace.gitStatus()).toBe("");
  });
});

describe("the preset in a folder that is not empty, on Nx 24.0", () => {
  const FILES: Readonly<Record<string, string>> = {
    "README.md": "# Ours\r\n\r\nBy hand.\r\n",
    "tsconfig.json": '{\n\t// Ours.\n\t"compilerOptions": {\n\t\t"strict": false, // for now\n\t},\n}\n',
    ".gitignore": "node_modules/\ndist\n",
    "biome.jsonc": '{ "formatter": { "indentStyle": "tab" } } // ours\n',
    "modules/app/README.md": "# The API\n",
    "src/legacy.ts": "export const legacy = true;\n",
    "package.json": `{
  "name": "ours",
  "scripts": {
    "test": "echo ours"
  },
  "dependencies": {
    "ms": "2.1.2"
  }
}
`,
  };
  let workspace: Workspace;

  beforeAll(async () => {
    const root = await mkdtemp(join(host.root, "ours-"));
    workspace = openWorkspace(root, { ...(await buildEnvironment(root, host.root, "1.4")), HOME: await makeHome(host) });
    await mkdir(join(root, "src"));
    for (const [path, text] of Object.entries(FILES)) await workspace.write(path, text);
    await workspace.run(["git", "init", "--quiet", "--initial-branch=main"]);
    await workspace.commit("chore: ours");
  });

  afterAll(() => workspace.dispose());

  it("completes what is there, and leaves everything else as its owner wrote it", async () => {
    const [add = "", generate = ""] = COMMANDS.map((command) => command.replace(/ nx @ooneex\/nx$/, ` nx@${NX["24.0"]} @ooneex/nx`));
    expect(add).toContain(NX["24.0"]);
    await workspace.run(add.split(" "));
    const { stdout, stderr } = await workspace.run(generate.split(" "));
    for (const path of ["README.md", "biome.jsonc"]) expect(stdout + stderr).toContain(`${path} is there already and stays as it is`);
    const whole = ["README.md", "biome.jsonc", "modules/app/README.md", "src/legacy.ts"];
    for (const path of whole) expect(await workspace.read(path)).toBe(FILES[path]);
    expect(workspace.exists("biome.json")).toBe(false);
    // A shared file keeps every line, with a comma behind it at the most, and has new ones in between.
    for (const path of ["tsconfig.json", ".gitignore", "package.json"]) {
      const lines = (await workspace.read(path)).split("\n");
      const kept = (FILES[path] ?? "").split("\n");
      let next = 0;
      for (const line of lines) if (line === kept[next] || line === `${kept[next]},`) next++;
      expect(kept.slice(next)).toEqual([]);
      expect(lines.length).toBeGreaterThan(kept.length);
    }
  });

  it("makes a workspace of it that tests and builds", async () => {
    expect(await listProjects(workspace)).toEqual(expect.arrayContaining(["@module/app", "@module/shared"]));
    await workspace.run(["nx", "run-many", "-t", "test", "build", "--projects", "app,shared"]);
  });

  it("is left as it is by a second run", async () => {
    await workspace.commit("feat: an Ooneex workspace");
    await workspace.run(["nx", "g", "@ooneex/nx:preset"]);
    expect(await workspace.gitStatus()).toBe("");
  });
});
