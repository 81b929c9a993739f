import { execFile, spawn, type ChildProcess } from "node:child_process";
import { rmSync } from "node:fs";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import { findFreePort } from "./free-port.js";

/** The scopes that live in the local registry and nowhere else: the plugin's own, and the framework's later name. */
const LOCAL_SCOPES = ["@ooneex", "@talosjs"] as const;

/** A throw-away npm registry on this machine. */
export interface Registry {
  /** Its address, with a slash at the end, such as `http://127.0.0.1:41873/`. */
  readonly url: string;
  /** Address of the registry that npm is configured with, to which everything but {@link LOCAL_SCOPES} is passed on. */
  readonly upstream: string;
  /** Publishes tarballs that `npm pack` made. */
  publish(tarballs: readonly string[]): Promise<void>;
  /** Ends the process and removes everything it stored. */
  stop(): Promise<void>;
}

const execFileAsync = promisify(execFile);

const START_TIMEOUT = 30_000;
const STOP_TIMEOUT = 5_000;
const PUBLISH_TIMEOUT = 60_000;

/** `npm publish` is a process of its own each time; a few side by side keep two cores busy. */
const PUBLISHED_AT_ONCE = 4;

/**
 * Starts a verdaccio on a free port of 127.0.0.1 that anyone may publish to.
 *
 * {@link LOCAL_SCOPES} are served from what is published here only, so a package of the same name elsewhere is never
 * mistaken for ours. Everything else is passed on to the registry that npm is configured with.
 *
 * @throws Error with verdaccio's output when it does not answer within 30 seconds
 */
export async function startRegistry(): Promise<Registry> {
  const folder = await mkdtemp(join(tmpdir(), "ooneex-nx-registry-"));
  const port = await findFreePort();
  const url = `http://127.0.0.1:${port}/`;
  const configFile = join(folder, "config.json");
  const npmrc = join(folder, "npmrc");
  await mkdir(join(folder, "storage"));
  const upstream = await readUpstream();
  await writeFile(configFile, JSON.stringify(buildConfig(folder, upstream), null, 2));
  // npm refuses to publish without a token; the registry asks for none.
  await writeFile(npmrc, `//127.0.0.1:${port}/:_authToken=anonymous\n`);

  const server = spawn(process.execPath, [verdaccioBinary(), "--config", configFile, "--listen", `127.0.0.1:${port}`], {
    cwd: folder,
    env: { ...process.env, NODE_ENV: "production" },
    stdio: ["ignore", "pipe", "pipe"],
  });
  // A caller that is interrupted takes the server along.
  const abandon = () => {
    server.kill("SIGKILL");
    rmSync(folder, { recursive: true, force: true });
  };
  process.once("exit", abandon);

  const stop = async (): Promise<void> => {
    await endProcess(server);
    process.removeListener("exit", abandon);
    await rm(folder, { recursive: true, force: true });
  };
  try {
    await waitUntilReady(server, url);
  } catch (error) {
    await stop();
    throw error;
  }
  return { url, upstream: upstream.url, publish: (tarballs) => publishAll(tarballs, url, npmrc), stop };
}

function buildConfig(folder: string, upstream: Upstream): object {
  const local = { access: "$all", publish: "$all", unpublish: "$all" };
  return {
    storage: join(folder, "storage"),
    auth: { htpasswd: { file: join(folder, "htpasswd"), max_users: -1 } },
    uplinks: { upstream: { ...upstream, timeout: "20s", max_fails: 3, fail_timeout: "30s", maxage: "30m" } },
    packages: {
      ...Object.fromEntries(LOCAL_SCOPES.map((scope) => [`${scope}/*`, local])),
      "**": { access: "$all", proxy: "upstream" },
    },
    max_body_size: "64mb",
    web: { enable: false },
    log: { type: "stdout", format: "pretty", level: "warn" },
  };
}

/** The registry that this machine's npm uses, with the file of the authorities that npm trusts for it. */
interface Upstream {
  readonly url: string;
  readonly ca?: string;
}

async function readUpstream(): Promise<Upstream> {
  const [url, ca] = await Promise.all(["registry", "cafile"].map(readNpmConfig));
  if (url === undefined) throw new Error("npm names no registry: npm config get registry");
  return { url, ...(ca === undefined ? {} : { ca }) };
}

async function readNpmConfig(key: string): Promise<string | undefined> {
  const { stdout } = await execFileAsync("npm", ["config", "get", key], { timeout: START_TIMEOUT });
  const value = stdout.trim();
  return ["", "null", "undefined"].includes(value) ? undefined : value;
}

function verdaccioBinary(): string {
  return join(dirname(createRequire(import.meta.url).resolve("verdaccio/package.json")), "bin", "verdaccio");
}

async function waitUntilReady(server: ChildProcess, url: string): Promise<void> {
  let output = "";
  for (const stream of [server.stdout, server.stderr]) {
    stream?.setEncoding("utf8").on("data", (text: string) => (output += text));
  }
  const deadline = Date.now() + START_TIMEOUT;
  while (Date.now() < deadline && !hasEnded(server)) {
    const answer = await fetch(`${url}-/ping`, { signal: AbortSignal.timeout(2_000) }).catch(() => undefined);
    if (answer?.ok) return;
    await sleep(50);
  }
  throw new Error(`the local registry did not start\n${output}`);
}

async function publishAll(tarballs: readonly string[], url: string, npmrc: string): Promise<void> {
  const queue = [...tarballs];
  const publishNext = async (): Promise<void> => {
    for (let tarball = queue.shift(); tarball !== undefined; tarball = queue.shift()) {
      const argv = ["publish", tarball, "--registry", url, "--userconfig", npmrc, "--provenance=false", "--access=public"];
      await execFileAsync("npm", argv, { cwd: dirname(npmrc), timeout: PUBLISH_TIMEOUT });
    }
  };
  await Promise.all(Array.from({ length: PUBLISHED_AT_ONCE }, publishNext));
}

async function endProcess(server: ChildProcess): Promise<void> {
  if (hasEnded(server)) return;
  const ended = new Promise((resolve) => server.once("exit", resolve));
  server.kill("SIGTERM");
  const hard = setTimeout(() => server.kill("SIGKILL"), STOP_TIMEOUT);
  await ended;
  clearTimeout(hard);
}

function hasEnded(server: ChildProcess): boolean {
  return server.exitCode !== null || server.signalCode !== null;
}
