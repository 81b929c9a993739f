import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { findEngine } from "../e2e/engine.js";
import { borrowTags } from "../e2e/image/borrow-tags.js";
import { openTestBed } from "../e2e/test-bed.js";
import { makeWorkspace } from "../e2e/workspace/make-workspace.js";
import type { Workspace } from "../e2e/workspace/workspace.js";

/** The main job, end to end, in a throw-away workspace: what README's first command shows. */

const SERVICES = ["billing", "notifications"] as const;
/** Time for a service to answer, in milliseconds. */
const BOOT_TIMEOUT = 30_000;
/** The packed plugin and the framework's stand-ins come from a registry on this machine, so builds use its network. */
const NETWORK = "--network=host";

const engine = await findEngine();
if ("none" in engine && process.env["REQUIRE_ENGINE"] === "1") {
  throw new Error(`REQUIRE_ENGINE=1, and there is no container engine: ${engine.none}`);
}

say("Packing the plugin and making an Ooneex workspace from it ...");
const bed = await openTestBed();
try {
  const workspace = await makeWorkspace(bed.host, { typescript: "7" });
  try {
    await showMainJob(workspace);
  } finally {
    await workspace.dispose();
  }
} finally {
  await bed.close();
}

async function showMainJob(workspace: Workspace): Promise<void> {
  await step(workspace, "nx add @ooneex/nx");
  await workspace.commit("chore: add @ooneex/nx");
  for (const service of SERVICES) await step(workspace, `nx g @ooneex/nx:microservice ${service}`);

  heading("What the app knows of them");
  say(changes((await workspace.run(["git", "diff", "--unified=0", "modules/app/app.yml"])).stdout));
  await importShared(workspace);
  await workspace.commit("feat: billing and notifications");

  heading("What imports what (a service that the app calls over HTTP is no import)");
  await workspace.run(["nx", "graph", "--file=graph.json"]);
  say(drawGraph(await workspace.read("graph.json")));
  await workspace.remove("graph.json");

  if ("none" in engine) await showCommands(workspace, engine.none);
  else await buildAndRun(workspace, engine.kind);
}

/** Without an engine: what would run, to the letter. */
async function showCommands(workspace: Workspace, reason: string): Promise<void> {
  heading(`No image is built here: ${reason}`);
  await changeBilling(workspace);
  const { stdout } = await step(workspace, "nx affected -t docker-build --base=HEAD --dry-run --output-style=stream");
  say("With an engine this would run, and nothing else:");
  say(stdout.match(/(?:docker buildx|podman) build .*/g)?.map((command) => `  ${command}`).join("\n") ?? "  nothing");
}

/** With one: two images, a change to one service, and what that rebuilds. */
async function buildAndRun(workspace: Workspace, kind: string): Promise<void> {
  const inspect = async (service: string): Promise<string> =>
    (await promisify(execFile)(kind, ["image", "inspect", "--format", "{{.Id}}", `${service}:latest`])).stdout.trim();

  const giveBack = await borrowTags(kind, SERVICES.map((service) => `${service}:latest`));
  const built: string[] = [];
  try {
    await buildTwice(workspace, inspect, built);
    heading("The images run");
    for (const service of SERVICES) say(`  ${service.padEnd(14)} ${await probe(kind, service)}`);
  } finally {
    await giveBack(built);
  }
}

async function buildTwice(workspace: Workspace, inspect: (service: string) => Promise<string>, built: string[]): Promise<void> {
  heading("Both images, then one of them");
  await step(workspace, `nx run-many -t docker-build -p ${SERVICES.join(",")} ${NETWORK}`);
  const before = await Promise.all(SERVICES.map(inspect));
  built.push(...before);
  await changeBilling(workspace);
  const { stdout } = await step(workspace, `nx affected -t docker-build --base=HEAD ${NETWORK}`);
  const after = await Promise.all(SERVICES.map(inspect));
  for (const [index, service] of SERVICES.entries()) {
    const ran = new RegExp(`nx run (?:@module/)?${service}:docker-build`).test(stdout);
    say(`  ${service.padEnd(14)} ${ran ? "rebuilt" : "not touched"}, image ${before[index] === after[index] ? "unchanged" : "new"}`);
  }
  if (before[0] === after[0] || before[1] !== after[1]) throw new Error("billing alone should have a new image");
  built.push(...after);
  await addDependency(workspace);
}

/** A dependency that no service uses: every task runs, and none builds. */
async function addDependency(workspace: Workspace): Promise<void> {
  heading("A dependency that neither uses");
  await step(workspace, "bun add is-number@7.0.0");
  const { stdout } = await step(workspace, `nx run-many -t docker-build -p ${SERVICES.join(",")} ${NETWORK} --output-style=stream`);
  const lines = stdout.split("\n").filter((line) => line.includes("up to date"));
  say(lines.map((line) => `  ${line.trim()}`).join("\n"));
  if (SERVICES.some((service) => !lines.some((line) => new RegExp(`${service}\\b.*up to date`).test(line)))) throw new Error("both images should be up to date");
}

/** A file of billing that uses what the workspace shares. */
async function importShared(workspace: Workspace): Promise<void> {
  const invoice = 'import { createIdentifier } from "@module/shared/identifiers";\n\nexport const number = () => createIdentifier("invoice");\n';
  await workspace.write("modules/billing/src/invoice.ts", invoice);
  const module = "modules/billing/src/BillingModule.ts";
  await workspace.write(module, `export * from "./invoice";\n${await workspace.read(module)}`);
}

async function changeBilling(workspace: Workspace): Promise<void> {
  const controller = "modules/billing/src/controllers/HealthController.ts";
  await workspace.write(controller, (await workspace.read(controller)).replace('"ok"', '"still ok"'));
  say(`\n  changed: ${controller}`);
}

/** Runs an image as strictly as production, asks its health, and stops it. */
async function probe(kind: string, service: string): Promise<string> {
  const docker = async (...argv: string[]): Promise<string> => (await promisify(execFile)(kind, argv)).stdout.trim();
  const environment = ["APP_ENV=production", "CACHE_REDIS_URL=redis://127.0.0.1:6379", "RATE_LIMIT_REDIS_URL=redis://127.0.0.1:6379"];
  const started = Date.now();
  const id = await docker(
    ...["run", "--detach", "--rm", "--read-only", "--tmpfs", "/tmp", "--cap-drop", "ALL"],
    ...["--security-opt", "no-new-privileges", "--publish", "127.0.0.1::3500"],
    ...environment.flatMap((variable) => ["--env", variable]),
    `${service}:latest`,
  );
  try {
    while ((await docker("inspect", "--format", "{{.State.Health.Status}}", id)) !== "healthy") {
      if (Date.now() - started > BOOT_TIMEOUT) throw new Error(`${service} did not become healthy:\n${await docker("logs", id)}`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    const healthy = Date.now() - started;
    const address = await docker("port", id, "3500/tcp");
    const answer = await fetch(`http://${address}/api/v1/healthcheck`);
    const stopping = Date.now();
    const text = `${answer.status} ${await answer.text()}`;
    await docker("stop", id);
    return `healthy after ${healthy} ms, answers ${text}, stopped in ${Date.now() - stopping} ms`;
  } catch (error) {
    await docker("rm", "--force", id).catch(() => undefined);
    throw error;
  }
}

async function step(workspace: Workspace, command: string): Promise<{ stdout: string }> {
  say(`\n$ ${command}`);
  const started = Date.now();
  const result = await workspace.run(command.split(" "));
  say(`  done in ${((Date.now() - started) / 1000).toFixed(1)} s`);
  return result;
}

interface GraphFile {
  readonly graph: { readonly dependencies: Readonly<Record<string, readonly { readonly target: string }[]>> };
}

function drawGraph(json: string): string {
  const { graph } = JSON.parse(json) as GraphFile;
  return Object.entries(graph.dependencies)
    .map(([project, edges]) => `  ${project.padEnd(24)} ${edges.map(({ target }) => target).join("  ") || "-"}`)
    .join("\n");
}

function changes(diff: string): string {
  return diff
    .split("\n")
    .filter((line) => /^[+-](?![+-]{2})/.test(line))
    .map((line) => `  ${line}`)
    .join("\n");
}

function heading(text: string): void {
  say(`\n${text}`);
}

function say(text: string): void {
  console.log(text);
}
