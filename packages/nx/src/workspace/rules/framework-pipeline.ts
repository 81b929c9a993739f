import { parse } from "yaml";
import type { ModuleNames } from "../names.js";

/**
 * Keys that the framework's command writes into the pipelines of one service, wherever they stand (its templates in
 * packages/cli). OWN is the service's name, UPPER the same in capitals.
 */
const KEYS = new Set(
  [
    ...["name", "on", "push", "branches", "paths", "tags", "workflow_call", "workflow_dispatch", "inputs", "outputs", "environment", "description", "type"],
    ...["required", "default", "image-tag", "value", "concurrency", "group", "cancel-in-progress", "permissions", "contents", "deployments", "jobs", "build"],
    ...["ci", "deploy", "release", "runs-on", "steps", "uses", "with", "bun-version", "id", "run", "env", "APP_ENV", "needs", "secrets", "url", "path", "key"],
    ...["restore-keys", "stage", "image", "services", "rules", "if", "changes", "when", "allow_failure", "before_script", "script", "artifacts", "reports"],
    ...["packages", "registry", "username", "password", "images", "context", "file", "labels", "cache-from", "cache-to", "platforms", "build-args"],
    ...["DOCKER_DRIVER", "DOCKER_TLS_CERTDIR", "dotenv", "expire_in", "job", "definitions", "step", "deployment", "caches", "variables", "OWN-build", "OWN-build-image", "OWN-deploy-production"],
  ],
);

/** Keys whose value is a command, or a list of them. */
const SCRIPTS = new Set(["run", "script", "before_script"]);

const ACTIONS = /^(?:(?:actions\/(?:checkout|cache)|oven-sh\/setup-bun|docker\/(?:setup-buildx|login|metadata|build-push)-action)@v\d+|\.\/\.github\/workflows\/OWN-ci\.yml)$/;

/** What begins each of its commands, in one line with single spaces. */
const COMMANDS: readonly RegExp[] = [
  /^bun (?:add -g @(?:talosjs|ooneex)\/cli|install(?: --frozen-lockfile)?)$/,
  /^(?:APP_ENV=\w+ )?(?:talos|ooneex|oo) (?:docker:credentials:create|docker:publish --modules OWN|migration:up)(?: --\w+(?: sha-GIVEN| GIVEN| "[^"`(]*")?)*$/,
  /^docker (?:buildx )?build (?:--(?:[^;&|(]|\$\(\[ -n "\$CI_COMMIT_TAG" \] && echo "[^"]*"\))* )?-f modules\/OWN\/Dockerfile \.$/,
  /^docker buildx create --use --bootstrap$/,
  /^docker (?:pull|tag|login) [^;&]*$/,
  /^docker tag "[^"]*" "[^"]*:rollback" 2>\/dev\/null \|\| true$/,
  /^echo "\$\w+" \| docker login [^;&|]*--password-stdin$/,
  /^docker run --rm --env-file \.env "\$IMAGE" bun run db:migrate$/,
  /^docker image prune -f --filter "until=24h"$/,
  /^APP_IMAGE="[^"]*" docker compose up -d --no-deps (?:--wait )?app$/,
  /^(?:SHORT_SHA|IMAGE)=\S+(?: "?\$\w+"? \| cut -c1-7\))?$/,
  /^echo "short=\$\(echo GIVEN \| cut -c1-7\)" >> \$GITHUB_OUTPUT$/,
  /^echo "UPPER_IMAGE_TAG=sha-\$SHORT_SHA" > OWN\.env$/,
  /^apk add --no-cache (?:openssh-client curl|bash curl unzip)$/,
  /^curl -fsSL https:\/\/bun\.sh\/install \| bash$/,
  /^export PATH="\$HOME\/\.bun\/bin:\$PATH"$/,
  /^eval \$\(ssh-agent -s\)$/,
  /^mkdir -p ~\/\.ssh && chmod 700 ~\/\.ssh$/,
  /^chmod 600 ~\/\.ssh\/known_hosts$/,
  /^echo "\$PROD_SSH_KEY" \| (?:tr -d '\\r' \| ssh-add -|base64 -d > ~\/\.ssh\/id_rsa && chmod 600 ~\/\.ssh\/id_rsa)$/,
  /^(?:echo "\$PROD_SSH_KNOWN_HOSTS"|ssh-keyscan "\$PROD_HOST") >> ~\/\.ssh\/known_hosts$/,
  /^ssh \$PROD_USER@\$PROD_HOST (?:\w+="\$[\w/]+" )+'bash -s' << 'ENDSSH'$/,
  /^(?:ENDSSH|set -e|exit 1|done|sleep 5|cd \/opt\/\w+)$/,
  /^for i in \$\(seq 1 24\); do$/,
  /^STATUS=\$\(curl -sf -o \/dev\/null -w "%\{http_code\}" "\$PRODUCTION_URL_UPPER\/health" 2>\/dev\/null \|\| echo "000"\)$/,
  /^\[ "\$STATUS" = "200" \] && echo "[^"]*" && exit 0$/,
  /^echo "(?:Verifying|Attempt|Health check)[^"]*"$/,
];

/**
 * Tells whether everything in a pipeline of one service is what the framework's command writes: its keys, its actions and
 * its commands. Versions, comments, and the values of the other keys may differ.
 */
export function isFrameworkPipeline(text: string, { kebab, snake }: ModuleNames): boolean {
  const own = text.replaceAll(/\$\{\{.*?\}\}/g, "GIVEN").replaceAll(snake.toUpperCase(), "UPPER").replaceAll(new RegExp(`(?<![\\w-])${kebab}(?![A-Za-z0-9_])`, "g"), "OWN");
  try {
    const pipeline: unknown = parse(own, { logLevel: "silent" });
    return typeof pipeline === "object" && pipeline !== null && isKnown(pipeline, "");
  } catch {
    return false;
  }
}

function isKnown(node: unknown, key: string): boolean {
  if (Array.isArray(node)) return node.every((item) => isKnown(item, key));
  if (typeof node === "object" && node !== null) return Object.entries(node).every(([name, value]) => KEYS.has(name) && isKnown(value, name));
  if (key === "uses") return ACTIONS.test(String(node));
  return !SCRIPTS.has(key) || readCommands(String(node)).every((command) => COMMANDS.some((shape) => shape.test(command)));
}

/** The lines of a script without comments, those that go on in the next one with it. */
function readCommands(script: string): string[] {
  const lines = script.replaceAll(/\\\r?\n/g, " ").split("\n");
  return lines.map((line) => line.replaceAll(/\s+/g, " ").trim()).filter((line) => line !== "" && !line.startsWith("#"));
}
