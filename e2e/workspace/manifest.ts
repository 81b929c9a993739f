import type { FrameworkScope } from "../framework.js";
import type { BunLine } from "./bun.js";

/** Which versions a workspace is made of. Each is the newest of its line that is tried. */
export interface WorkspaceOptions {
  readonly typescript?: keyof typeof TYPESCRIPT;
  readonly nx?: keyof typeof NX;
  readonly bun?: BunLine;
  readonly framework?: FrameworkScope;
}

const TYPESCRIPT = { "5.9": "5.9.3", "6": "6.0.3", "7": "7.0.2" } as const;

export const NX = { "22.7": "22.7.12", "23.2": "23.2.1", "24.0": "24.0.6" } as const;

/** What a workspace is made of unless its options say otherwise. */
export const DEFAULTS: Required<WorkspaceOptions> = { typescript: "5.9", nx: "23.2", bun: "1.4", framework: "@ooneex" };

const FRAMEWORK_PACKAGES = [
  "app",
  "cache",
  "controller",
  "logger",
  "middleware",
  "module",
  "rate-limit",
  "routing",
  "validation",
];

/** The root package.json: it holds every npm dependency of the workspace, as is the rule in an Ooneex workspace. */
export function buildManifest({ typescript, nx, framework }: Required<WorkspaceOptions>): object {
  return {
    name: "acme",
    version: "0.0.0",
    private: true,
    type: "module",
    workspaces: ["modules/*", "libs/*"],
    dependencies: {
      "@acme/money": "workspace:*",
      ...Object.fromEntries(FRAMEWORK_PACKAGES.map((name) => [`${framework}/${name}`, "^1.0.0"])),
      ms: "2.1.2",
      nanoid: "5.1.11",
      picocolors: "1.1.1",
    },
    devDependencies: {
      "@types/bun": "1.3.14",
      "@types/ms": "2.1.0",
      nx: NX[nx],
      typescript: TYPESCRIPT[typescript],
    },
  };
}
