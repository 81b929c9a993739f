import { randomBytes } from "node:crypto";
import { appendFile, mkdtemp } from "node:fs/promises";
import { join } from "node:path";
import { openContainers } from "../image/containers.js";
import { LABEL } from "../image/service-workspace.js";
import { runProcess } from "../process.js";
import type { ImageRegistry } from "../registry/image-registry.js";
import { buildEnvironment } from "../workspace/environment.js";
import { buildNpmrc, makeHome } from "../workspace/home.js";
import { NX } from "../workspace/manifest.js";
import type { WorkspaceHost } from "../workspace/template.js";
import { openWorkspace, type Workspace } from "../workspace/workspace.js";
import { listSettings, readServed, serve } from "./served.js";

/** The workspace that somebody has who follows the guide, with `origin` beside it. */
export interface GuideWorkspace {
  readonly workspace: Workspace;
  /** Runs a command of the guide as it stands there, but for the names in {@link adapt}. */
  run(command: string): Promise<void>;
  /** Takes back what commands have changed since. */
  snapshot(): Promise<() => Promise<void>>;
  dispose(): Promise<void>;
}

const COMPOSE = "docker-compose.production.yml";

/**
 * In front of a command that the engine gets directly: the packages come from a registry on this machine, so builds have to use
 * this machine's network. Nx's builds are told in nx.json.
 */
const docker = (label: string): string =>
  `docker() { if [ "$1" = build ]; then shift; command docker build --network=host --label=${label} "$@"; else command docker "$@"; fi; }\n`;

/** Nx runs the newest version of itself for some commands, unless it is told to stay. */
const LOCAL_NX = { NX_USE_LOCAL: "true" };

export async function openGuideWorkspace(host: WorkspaceHost, registry: ImageRegistry): Promise<GuideWorkspace> {
  // A name of its own for `billing`, since images are called like their services.
  const service = `guide${randomBytes(3).toString("hex").replaceAll(/\d/g, (digit) => "ghijklmnop"[Number(digit)] ?? "")}`;
  const folder = await mkdtemp(join(host.root, "guide-"));
  const root = join(folder, "acme");
  const environment = { ...(await buildEnvironment(root, host.root, "1.4")), ...LOCAL_NX, HOME: await makeHome(host) };
  const workspace = openWorkspace(root, environment);
  const git = async (...argv: string[]): Promise<string> => (await workspace.run(["git", ...argv])).stdout.trim();
  const label = `${LABEL}=${service}`;
  let release = 0;

  const adapt = async (command: string): Promise<string> => {
    const pushed = `.nx/images/${service}.json`;
    const tag = workspace.exists(pushed) ? /sha-[0-9a-f]{12}/.exec(await workspace.read(pushed))?.[0] : undefined;
    return command
      .replace(/^npx create-nx-workspace\b/, `npx --yes create-nx-workspace@${NX["23.2"]}`)
      .replaceAll("billing", service)
      .replaceAll("ghcr.io/acme", `${registry.host}/acme`)
      .replaceAll("sha-1234567", tag ?? "sha-1234567");
  };

  /** Commits what a command has changed, as if it were reviewed and merged. */
  const merge = async (command: string): Promise<void> => {
    if ((await workspace.gitStatus()) === "") return;
    await workspace.commit(`chore: ${command}`);
    await git("push", "--quiet", "origin", "main");
  };

  const create = async (command: string): Promise<void> => {
    await runProcess(["bash", "-e", "-c", command], { cwd: folder, env: environment, timeout: 540_000 });
    const nxJson = JSON.parse(await workspace.read("nx.json")) as { targetDefaults?: Record<string, unknown> };
    nxJson.targetDefaults = { ...nxJson.targetDefaults, "docker-build": { options: { network: "host", labels: [label] } } };
    await workspace.write("nx.json", `${JSON.stringify(nxJson, null, 2)}\n`);
    await appendFile(join(root, ".git/info/exclude"), "/.env\n/*.env\n/.npmrc\n");
    await workspace.write(".npmrc", buildNpmrc(host));
    // No registry is asked for the datastores' images: that they are started is what counts here.
    await workspace.write(".env", `COMPOSE_PROJECT_NAME=${service}\nPOSTGRES_IMAGE=${service}:latest\nREDIS_IMAGE=${service}:latest\n`);
    await runProcess(["git", "init", "--quiet", "--bare", "origin.git"], { cwd: folder, env: environment });
    await git("branch", "--move", "--force", "main");
    await git("remote", "add", "origin", join(folder, "origin.git"));
    await merge("workspace");
  };

  /** Nothing is affected where nothing has changed, so a change comes first: a commit, where it is held against `origin`. */
  const runAffected = async (command: string): Promise<void> => {
    const entrypoint = `modules/${service}/src/index.ts`;
    await workspace.write(entrypoint, `${await workspace.read(entrypoint)}console.log("release ${++release}");\n`);
    if (command.includes("--base=origin/")) await workspace.commit("feat: a change");
    const { stdout, stderr } = await workspace.run(["bash", "-e", "-c", command]);
    if (!(stdout + stderr).includes(service)) throw new Error(`${command} passes over ${service}\n${stdout}${stderr}`);
    await git("reset", "--quiet", "--hard", "origin/main");
  };

  return {
    workspace,
    async run(written) {
      const command = await adapt(written);
      const served = readServed(command);
      if (command.startsWith("npx ")) await create(command);
      else if (served !== undefined) await serve(workspace, command, served);
      else if (command.includes("nx affected")) await runAffected(command);
      else await workspace.run(["bash", "-e", "-c", command.startsWith("docker ") ? docker(label) + command : command]);
      await merge(written);
    },
    async snapshot() {
      const head = await git("rev-parse", "HEAD");
      const paths = await listSettings(workspace);
      const texts = await Promise.all(paths.map((path) => workspace.read(path)));
      return async () => {
        await git("reset", "--quiet", "--hard", head);
        await git("push", "--quiet", "--force", "origin", "main");
        await Promise.all(paths.map((path, index) => workspace.write(path, texts[index] ?? "")));
      };
    },
    async dispose() {
      const containers = openContainers(folder);
      if (workspace.exists(COMPOSE)) await workspace.run(["docker", "compose", "--file", COMPOSE, "--profile", "development", "down", "--volumes", "--timeout", "1"], { expect: "either" });
      const { stdout } = await containers.docker(["image", "ls", "--quiet", "--no-trunc", "--filter", `label=${label}`]);
      await containers.remove([...new Set(stdout.split("\n"))].filter((id) => id !== ""));
      await workspace.dispose();
    },
  };
}
