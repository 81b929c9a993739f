import type { Tree } from "@nx/devkit";
import { ensureDockerIgnore } from "../../../workspace/docker-ignore.js";
import { resolveEnvFile } from "../../../workspace/env-yml.js";
import type { Service } from "./service.js";

/** Packages that the generated entrypoint imports, without their scope. */
const RUNTIME_PACKAGES = ["app", "cache", "controller", "logger", "middleware", "module", "rate-limit", "routing", "validation"];

/** What the service needs from the workspace and does not find there; each a sentence with the command that mends it. */
export function readWarnings(tree: Tree, service: Service): string[] {
  return [...missingPackages(tree, service), ...missingEnvironment(tree, service), ...leakyContext(tree)];
}

function missingPackages(tree: Tree, { framework }: Service): string[] {
  const manifest = JSON.parse(tree.read("package.json", "utf8") ?? "{}") as Record<string, Record<string, string>>;
  const dependencies = { ...manifest["dependencies"], ...manifest["devDependencies"] };
  const missing = RUNTIME_PACKAGES.map((name) => `${framework}/${name}`).filter((name) => !(name in dependencies));
  return missing.length === 0 ? [] : [`The root package.json lacks what the service imports. Run: bun add ${missing.join(" ")}`];
}

function missingEnvironment(tree: Tree, { names, port }: Service): string[] {
  if (resolveEnvFile((path) => tree.exists(path)) !== undefined) return [];
  return [`The app has no .env.yml here. Where it runs, set ${names.variable}=http://localhost:${port}`];
}

function leakyContext(tree: Tree): string[] {
  const text = tree.read(".dockerignore", "utf8") ?? undefined;
  return ensureDockerIgnore(text) === text
    ? []
    : ["The root .dockerignore lets secrets or node_modules into builds. Run: nx g @ooneex/nx:init"];
}
