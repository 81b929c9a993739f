import type { Files } from "./fake-workspace.js";

/** A service as the framework's command makes it. */
export interface FrameworkService {
  readonly kebab: string;
  readonly pascal: string;
  /** As it stands in its `.env.yml`, quotes included. */
  readonly port: string;
}

/**
 * Two services that the framework's command has made, on one port because it does not see the quotes of the first, and what
 * it has left of a third, `legacy`, which it has removed.
 */
export const FRAMEWORK_SERVICES: readonly FrameworkService[] = [
  { kebab: "billing", pascal: "Billing", port: '"3001"' },
  { kebab: "order-history", pascal: "OrderHistory", port: "3001" },
];

/**
 * What the framework's command adds to a workspace, in substance: written for these tests from its documentation and from
 * what it does. Paths are workspace-relative. The aliases and the scopes are not in it, since they stand in files with more.
 *
 * @param framework - scope of the framework's packages
 */
export function buildFrameworkFiles(framework = "@ooneex", services: readonly FrameworkService[] = FRAMEWORK_SERVICES): Files {
  const pipelines = [...services.slice(0, 1).map(({ kebab }) => kebab), "legacy"].map(buildPipelines);
  return Object.assign({}, { "modules/app/app.yml": buildAppYml(services) }, ...services.map((service) => buildService(service, framework)), ...pipelines) as Files;
}

/** The lines that the framework's command adds to the app's `.env.yml`. */
export const FRAMEWORK_ENVIRONMENT = `
microservices:
  order-history:
    url: ""
  billing:
    url: ""
  legacy:
    url: ""
`;

/** Each service goes in at the top of the list. */
function buildAppYml(services: readonly FrameworkService[]): string {
  const items = services.toReversed().map(({ kebab }) => {
    const variable = `MICROSERVICE_${kebab.replaceAll("-", "_").toUpperCase()}_URL`;
    return `  # ${kebab} microservice\n  - name: "${kebab}"\n    url: ${variable} # env var name\n`;
  });
  return `# The API.\ntype: "api"\nlocales:\n  - en\n\nmicroservices:\n${items.join("")}`;
}

function buildService({ kebab, pascal, port }: FrameworkService, framework: string): Files {
  const root = `modules/${kebab}`;
  return {
    [`${root}/${kebab}.yml`]: 'type: "microservice"\nlocales:\n  - en\n',
    [`${root}/package.json`]: `${JSON.stringify({ name: `@module/${kebab}`, version: "0.0.1", scripts: { test: "bun test tests", lint: "tsc --noEmit" } }, null, 2)}\n`,
    [`${root}/tsconfig.json`]: '{\n  "extends": "../../tsconfig.json",\n  "include": ["src", "tests"]\n}\n',
    [`${root}/roles.yml`]: "roles:\n  GUEST: ROLE_GUEST\nhierarchy:\n  ROLE_GUEST:\n    inherits: []\n    description: Anybody\n",
    [`${root}/.env.yml`]: `app:\n  env: "local"\n  host: "127.0.0.1"\n  port: ${port}\ndatabase:\n  url: "postgresql://localhost:5432/${kebab}"\ncache:\n  redis:\n    url: "redis://localhost:6379"\nrate_limit:\n  redis:\n    url: "redis://localhost:6379"\n`,
    [`${root}/Dockerfile`]: buildFrameworkDockerfile(kebab),
    [`${root}/src/${pascal}Module.ts`]: `import type { ModuleType } from "${framework}/module";\n\nexport const ${pascal}Module: ModuleType = {\n  controllers: [],\n  entities: [],\n  middlewares: [],\n  cronJobs: [],\n  events: [],\n};\n`,
    [`${root}/src/OnAppStart.ts`]: `import { decorator, type IAppEventStart } from "${framework}/app";\nimport type { Server } from "bun";\n\n@decorator.app.event.start()\nexport class OnAppStart implements IAppEventStart {\n  public async handle(server: Server<unknown>): Promise<void> {\n    console.log(String(server.url));\n  }\n}\n`,
    [`${root}/src/index.ts`]: `import { App } from "${framework}/app";\nimport { TerminalLogger } from "${framework}/logger";\nimport { OnAppStart } from "./OnAppStart";\nimport { ${pascal}Module } from "./${pascal}Module";\n\nconst app = new App({\n  routing: { prefix: "api" },\n  loggers: [TerminalLogger],\n  middlewares: ${pascal}Module.middlewares,\n  cronJobs: ${pascal}Module.cronJobs,\n  onStart: OnAppStart,\n});\n\nawait app.run();\n`,
    [`${root}/tests/${pascal}Module.spec.ts`]: `import { expect, test } from "bun:test";\nimport { ${pascal}Module } from "../src/${pascal}Module";\n\ntest("is a module", () => {\n  expect(${pascal}Module.controllers).toEqual([]);\n});\n`,
  };
}

/** Five stages; what is wrong with them stands in the rule that finds it. */
export function buildFrameworkDockerfile(kebab: string): string {
  return `# Made by the framework's command for ${kebab}.
ARG BUN_VERSION=1.3.12

FROM oven/bun:\${BUN_VERSION} AS base
WORKDIR /app

FROM base AS deps
COPY package.json bun.lock ./
RUN --mount=type=cache,target=/root/.bun/install/cache \\
    bun install --frozen-lockfile

FROM base AS prod-deps
COPY package.json bun.lock ./
RUN --mount=type=cache,target=/root/.bun/install/cache \\
    # without what only a build needs
    bun install --frozen-lockfile --production

FROM base AS build
ENV NODE_ENV=production
COPY --from=deps /app/node_modules ./node_modules
COPY . .
RUN bun run build

FROM base AS production
ENV NODE_ENV=production \\
    HOST_NAME=0.0.0.0 \\
    PORT=3500
COPY --from=prod-deps /app/node_modules ./node_modules
COPY --from=build /app/dist ./dist
COPY modules/${kebab}/roles.yml ./modules/${kebab}/roles.yml
COPY modules/${kebab}/.env.yml ./.env.yml
RUN chown -R bun:bun /app/modules
USER bun
EXPOSE 3500
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s --retries=3 \\
    CMD ["bun", "-e", "fetch('http://127.0.0.1:3500/healthcheck').then(() => process.exit(0), () => process.exit(1))"]
CMD ["bun", "run", "dist/index.js"]
`;
}

function buildPipelines(kebab: string): Files {
  const build = `    runs-on: ubuntu-latest\n    steps:\n      - uses: actions/checkout@v4\n      - run: docker build -f modules/${kebab}/Dockerfile .\n`;
  return {
    [`.github/workflows/${kebab}-ci.yml`]: `name: CI of ${kebab}\non:\n  push:\n    paths: ["modules/${kebab}/**", "bun.lock"]\njobs:\n  build:\n${build}`,
    [`.github/workflows/${kebab}-production.yml`]: `name: Release ${kebab}\non:\n  push:\n    tags: ["v*"]\njobs:\n  release:\n${build}`,
  };
}
