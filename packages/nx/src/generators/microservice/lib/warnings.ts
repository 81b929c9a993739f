import type { Tree } from "@nx/devkit";
import { addCommitScope, COMMITLINT_FILES } from "../../../workspace/commit-scopes.js";
import { ensureDockerIgnore } from "../../../workspace/docker-ignore.js";
import { flattenEnv, resolveEnvFile } from "../../../workspace/env-yml.js";
import { findValue, parseJsonc } from "../../../workspace/jsonc-document.js";
import { readTsconfigWarnings } from "../../tsconfig-warning.js";
import type { Service } from "./service.js";

/** Packages that the generated entrypoint imports, without their scope. */
export const RUNTIME_PACKAGES = [
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

/** What the service needs from the workspace and does not find there, each with the command or edit that mends it. */
export function readWarnings(tree: Tree, service: Service): string[] {
  return [
    ...missingPackages(tree, service),
    ...missingEnvironment(tree, service),
    ...unlistedScope(tree, service),
    ...leakyContext(tree),
    ...readTsconfigWarnings(tree),
  ];
}

function missingPackages(tree: Tree, { framework }: Service): string[] {
  const manifest = parseJsonc(tree.read("package.json", "utf8") ?? "{}", "package.json");
  const present = ["dependencies", "devDependencies"].map((field) => findValue(manifest, field));
  const missing = RUNTIME_PACKAGES.map((name) => `${framework}/${name}`).filter((name) =>
    present.every((dependencies) => findValue(dependencies, name) === undefined),
  );
  return missing.length === 0
    ? []
    : [`The root package.json lacks what the service imports. Run: bun add ${missing.join(" ")}`];
}

/** The app calls the service by a variable; one that is set stays as its owner set it. */
function missingEnvironment(tree: Tree, { names, port }: Service): string[] {
  const url = `http://localhost:${port}`;
  const file = resolveEnvFile((path) => tree.exists(path));
  if (file === undefined) return [`The app has no .env.yml here. Where it runs, set ${names.variable}=${url}`];
  const present = flattenEnv(tree.read(file, "utf8") ?? "", file).get(names.variable);
  return present === undefined || present === url
    ? []
    : [`${file} sets ${names.variable} to ${present} and is left as it is. The service listens on ${url}`];
}

function unlistedScope(tree: Tree, { names }: Service): string[] {
  return COMMITLINT_FILES.flatMap((path) => {
    const { skipped } = addCommitScope(tree.read(path, "utf8") ?? "", names.kebab, path);
    return skipped === undefined ? [] : [`${skipped}. Add ${names.kebab} to the commit scopes by hand`];
  });
}

function leakyContext(tree: Tree): string[] {
  const text = tree.read(".dockerignore", "utf8") ?? undefined;
  return ensureDockerIgnore(text) === text
    ? []
    : ["The root .dockerignore lets secrets or node_modules into builds. Run: nx g @ooneex/nx:init"];
}
