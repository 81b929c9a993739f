import type { Workspace } from "../../../e2e/workspace/workspace.js";
import { BUILD_TIMEOUT } from "./plugin.js";
import { readBaseImage, type Subject } from "./subject.js";

export const NX_DOCKER = "@nx/docker";

const VERSION = "23.2.1";

/**
 * The inferred target of `@nx/docker`, in a workspace without the plugin.
 *
 * It runs `docker build .` in the project's folder after the project's `build` and those of its dependencies, so an image
 * is made from what a build leaves in that folder, which is also how its documentation does it. There is no
 * pruned lockfile for Bun in Nx, so the build puts all manifests of the workspace beside the bundle, and the image
 * installs the production dependencies from them.
 *
 * In its favour: `build` is cached by Nx, Nx analyses imports (which it does not unless told to, and without which a
 * change of shared code is missed), and the Dockerfile installs before it copies the bundle. What decides about changes in the
 * lockfile is left as Nx has it.
 */
export const nxDocker: Subject = {
  name: NX_DOCKER,
  code: "qn",
  async prepare(workspace) {
    await workspace.run(["bun", "add", "--dev", "--exact", `@nx/docker@${VERSION}`]);
    const nxJson = JSON.parse(await workspace.read("nx.json")) as Record<string, unknown>;
    const build = { cache: true, dependsOn: ["^build"], inputs: BUILD_INPUTS, outputs: ["{projectRoot}/dist"] };
    const buildTarget = { name: "docker:build", skipDefaultTag: true, args: ["--network=host", "--tag bench-{imageRef}"] };
    const configured = {
      ...nxJson,
      plugins: [{ plugin: "@nx/docker", options: { buildTarget } }],
      pluginsConfig: { "@nx/js": { analyzeSourceFiles: true } },
      targetDefaults: { build },
    };
    await workspace.write("nx.json", `${JSON.stringify(configured, null, 2)}\n`);
    await workspace.write(COPY_MANIFESTS, MANIFESTS_SCRIPT);
  },
  async writeServices(workspace, services) {
    for (const service of services) {
      const file = `modules/${service}/Dockerfile`;
      await workspace.write(file, buildDockerfile(service, readBaseImage(await workspace.read(file))));
      await addBuild(workspace, service);
    }
  },
  async build(workspace, services) {
    const projects = services.map((service) => `@module/${service}`).join(",");
    await workspace.run(["nx", "run-many", "-t", "docker:build", "-p", projects], { timeout: BUILD_TIMEOUT });
  },
  async buildAffected(workspace) {
    await workspace.run(["nx", "affected", "-t", "docker:build", "--base=HEAD"], { timeout: BUILD_TIMEOUT });
  },
  tag: (service) => `bench-modules-${service}:latest`,
};

const COPY_MANIFESTS = "tools/copy-manifests.ts";

const BUILD_INPUTS = [
  ...["default", "^default", "{workspaceRoot}/package.json", "{workspaceRoot}/bun.lock"],
  ...["{workspaceRoot}/bunfig.toml", "{workspaceRoot}/patches/*", "{workspaceRoot}/modules/*/package.json"],
  "{workspaceRoot}/libs/*/package.json",
];

const MANIFESTS_SCRIPT = [
  'import { Glob } from "bun";',
  "",
  'const root = new URL("..", import.meta.url).pathname;',
  'for (const pattern of ["package.json", "bun.lock", "bunfig.toml", "patches/*", "modules/*/package.json", "libs/*/package.json"]) {',
  "  for await (const path of new Glob(pattern).scan(root)) {",
  "    await Bun.write(`dist/manifests/${path}`, Bun.file(`${root}${path}`));",
  "  }",
  "}",
  "",
].join("\n");

async function addBuild(workspace: Workspace, service: string): Promise<void> {
  const path = `modules/${service}/package.json`;
  const manifest = JSON.parse(await workspace.read(path)) as { scripts?: Record<string, string> };
  const build = `bun build src/index.ts --target=bun --outdir=dist && bun ../../${COPY_MANIFESTS}`;
  await workspace.write(path, `${JSON.stringify({ ...manifest, scripts: { ...manifest.scripts, build } }, null, 2)}\n`);
}

function buildDockerfile(service: string, base: string): string {
  return [
    `FROM ${base} AS production`,
    "WORKDIR /app",
    "COPY dist/manifests ./",
    "RUN bun install --frozen-lockfile --production",
    `COPY dist/index.js ./dist/index.js`,
    `COPY ${service}.yml roles.yml ./`,
    "ENV NODE_ENV=production HOST_NAME=0.0.0.0 PORT=3500",
    "USER bun",
    "EXPOSE 3500",
    'ENTRYPOINT ["bun", "dist/index.js"]',
    "",
  ].join("\n");
}
