import type { TargetConfiguration } from "@nx/devkit";
import type { NormalizedPluginOptions } from "./options.js";

type Inputs = NonNullable<TargetConfiguration["inputs"]>;

/** Files of a project that no bundle and no image is made from: tests, the development environment, outputs, its README. */
const NOT_SHIPPED = [
  "{projectRoot}/README.md",
  "{projectRoot}/CHANGELOG.md",
  "{projectRoot}/tests/**/*",
  "{projectRoot}/**/*.{spec,test}.{ts,tsx,mts,cts,js,jsx,mjs,cjs}",
  "{projectRoot}/**/.env*",
  "{projectRoot}/dist/**/*",
];

/**
 * Root files that decide how Bun resolves and installs any module. The root tsconfig.json is not listed, though it does so
 * too: Nx hashes it for every project by itself, and a listed file affects every project with each alias that a new service
 * adds.
 */
const BUN_CONFIGURATION = ["{workspaceRoot}/bunfig.toml", "{workspaceRoot}/patches/**/*"];

/** How a service is served. An API has an executor for that, which can start the services that it calls as well. */
const SERVE_ALONE: TargetConfiguration = {
  executor: "nx:run-commands",
  options: {
    // The runtime reads .env.yml and roles.yml from the working directory first, so a service that starts in its
    // own folder gets its own port and roles, and one that starts in the root gets the API's.
    cwd: "{projectRoot}",
    command: "bun --watch src/index.ts",
  },
};

/**
 * Builds the targets that a deployable module gets: bundle, serve, build its image, run its image.
 *
 * All of them work on the module's folder by Nx's own tokens, so one value serves every module and project.json can
 * override any part of it.
 *
 * @param seesLockfile - whether Nx itself knows which packages a change in bun.lock is about
 */
export function buildTargets(options: NormalizedPluginOptions, type: string, seesLockfile: boolean): Record<string, TargetConfiguration> {
  return {
    [options.buildTargetName]: {
      executor: "nx:run-commands",
      cache: true,
      inputs: [...shippedFiles(seesLockfile), { runtime: "bun --version" }],
      outputs: ["{projectRoot}/dist"],
      options: {
        cwd: "{projectRoot}",
        command: "bun build src/index.ts --target=bun --outdir=dist --sourcemap=linked",
      },
      metadata: {
        technologies: ["bun"],
        description: "Bundle the service with Bun",
        help: { command: "bun build --help", example: { args: ["--minify"] } },
      },
    },
    [options.serveTargetName]: {
      ...(type === "api" ? { executor: "@ooneex/nx:serve", options: {} } : SERVE_ALONE),
      continuous: true,
      // A service that starts from source needs its port, its alias and its URL. Nx asks every target that lists the
      // generator, so `nx sync` and `nx sync:check` run it as well. An image needs none of that, and Nx would refuse to
      // build one from a script that is not known as CI.
      syncGenerators: ["@ooneex/nx:sync"],
      metadata: {
        technologies: ["bun"],
        description: "Run the service from source with its own environment and roles, and restart it on changes",
        help: { command: "bun run --help", example: type === "api" ? { options: { withServices: true } } : { args: ["--inspect"] } },
      },
    },
    // Neither target names docker among its technologies: Nx 22 takes that as consent to version the project's image
    // in `nx release`.
    [options.dockerBuildTargetName]: {
      executor: "@ooneex/nx:docker-build",
      inputs: shippedFiles(seesLockfile),
      // A microservice owns its Dockerfile. An app may be deployed without one, and a command for all that is affected
      // passes it over.
      options: type === "microservice" ? {} : { optional: true },
      metadata: {
        description: "Build the service's image from the repository root",
        help: { command: "docker buildx build --help", example: { options: { platforms: ["linux/amd64"] } } },
      },
    },
    [options.dockerRunTargetName]: {
      // Not continuous, though it goes on: Nx ends a continuous task that fails with exit code 0.
      executor: "@ooneex/nx:docker-run",
      dependsOn: [options.dockerBuildTargetName],
      options: {},
      metadata: {
        description: "Run the service's image with the service's own environment, published on 127.0.0.1",
        help: { command: "docker run --help", example: { options: { port: 3001 } } },
      },
    },
    [options.dockerPushTargetName]: {
      executor: "@ooneex/nx:docker-push",
      // It builds what is missing by itself, so it waits for no other target, and is affected by what the image is.
      inputs: shippedFiles(seesLockfile),
      options: { buildTarget: options.dockerBuildTargetName },
      metadata: {
        description: "Push the service's image under a tag of the git revision",
        help: { command: "docker buildx imagetools --help", example: { options: { registry: "ghcr.io/acme" } } },
      },
    },
    [options.deployTargetName]: {
      executor: "@ooneex/nx:deploy",
      inputs: shippedFiles(seesLockfile),
      // Each waits for the one before it, so that a failure stops what is still to come.
      parallelism: false,
      options: {},
      metadata: {
        description: "Replace the service in the compose file by a new image, and go back when it is not healthy",
        help: { command: "docker compose up --help", example: { options: { image: "ghcr.io/acme/billing:1.2.0" } } },
      },
    },
    ...(type === "api"
      ? {
          [options.topologyTargetName]: {
            executor: "nx:run-commands",
            options: { command: "nx g @ooneex/nx:topology" },
            metadata: {
              description: "Draw what runs where and who calls whom, as Mermaid in the README and as a web page",
              help: { command: "nx g @ooneex/nx:topology --help", example: { args: ["--live"] } },
            },
          },
        }
      : {}),
  };
}

/**
 * What a service ships: its own files, those of every project it imports, the npm packages of both, and how Bun reads them.
 *
 * @param seesLockfile - whether Nx itself knows which packages a change in bun.lock is about
 */
function shippedFiles(seesLockfile: boolean): Inputs {
  const filesets = ["{projectRoot}/**/*", ...NOT_SHIPPED.map((pattern) => `!${pattern}`)];
  return [
    ...filesets,
    ...filesets.map((fileset) => ({ fileset, dependencies: true as const })),
    ...BUN_CONFIGURATION,
    ...(seesLockfile ? [] : ["{workspaceRoot}/bun.lock"]),
    // Without a list, Nx counts every package of the workspace as an input of an executor that it does not know. With
    // one, it counts those on the list and those that the graph leads to.
    { externalDependencies: [] },
  ];
}
