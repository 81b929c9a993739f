import { readdir } from "node:fs/promises";
import { join } from "node:path";
import type { Workspace } from "../../../e2e/workspace/workspace.js";
import { listServices } from "../workspace/services.js";
import { BUILD_TIMEOUT } from "./plugin.js";
import { readBaseImage, type Subject } from "./subject.js";

export const PLAIN = "docker build";

/**
 * The framework's way, written anew from what is known of it and repaired so that it builds: dependencies from the
 * root manifest, the lockfile and the manifests of all workspaces, without which a frozen install fails; then
 * the whole repository; a bundle; and all production dependencies beside it. `docker build`, one service after the other.
 */
export const plain: Subject = {
  name: PLAIN,
  code: "qp",
  prepare: () => Promise.resolve(),
  // A new workspace's manifest belongs into the Dockerfile of every service.
  async writeServices(workspace) {
    const manifests = await listManifests(workspace);
    for (const service of await listServices(workspace)) {
      const file = `modules/${service}/Dockerfile`;
      await workspace.write(file, buildDockerfile(service, readBaseImage(await workspace.read(file)), manifests));
    }
  },
  async build(workspace, services) {
    for (const service of services) {
      const argv = ["docker", "build", "--network=host", "-f", `modules/${service}/Dockerfile`, "-t", plain.tag(service), "."];
      await workspace.run(argv, { timeout: BUILD_TIMEOUT });
    }
  },
  // Nothing tells what is affected: every image is built, and the engine's cache decides.
  buildAffected: (workspace, services) => plain.build(workspace, services),
  tag: (service) => `bench-plain-${service}:latest`,
};

async function listManifests(workspace: Workspace): Promise<string[]> {
  const folders = ["modules", "libs"].map(async (parent) =>
    (await readdir(join(workspace.root, parent))).map((name) => `${parent}/${name}/package.json`),
  );
  return (await Promise.all(folders)).flat().filter((path) => workspace.exists(path)).sort();
}

function buildDockerfile(service: string, base: string, manifests: readonly string[]): string {
  const copyManifests = [
    "COPY package.json bun.lock bunfig.toml ./",
    // There may be none, and a pattern may match nothing.
    "COPY patche[s] ./patches/",
    ...manifests.map((path) => `COPY ${path} ${path.slice(0, path.lastIndexOf("/") + 1)}`),
  ];
  return [
    `FROM ${base} AS base`,
    "WORKDIR /app",
    "",
    "FROM base AS deps",
    ...copyManifests,
    "RUN bun install --frozen-lockfile",
    "",
    "FROM base AS prod-deps",
    ...copyManifests,
    "RUN bun install --frozen-lockfile --production",
    "",
    "FROM deps AS build",
    "COPY . .",
    `RUN bun build modules/${service}/src/index.ts --target=bun --outdir=/out/dist \\`,
    `    && cp modules/${service}/${service}.yml modules/${service}/roles.yml /out/`,
    "",
    "FROM base AS production",
    "COPY --from=prod-deps /app/node_modules ./node_modules",
    "COPY --from=build /out ./",
    "ENV NODE_ENV=production HOST_NAME=0.0.0.0 PORT=3500",
    "USER bun",
    "EXPOSE 3500",
    'ENTRYPOINT ["bun", "dist/index.js"]',
    "",
  ].join("\n");
}
