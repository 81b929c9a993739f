import { randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { runProcess, type RunOptions, type RunResult } from "../process.js";

/** What one suite makes on the Docker engine. Everything else on it is left alone. */
export interface Containers {
  /** A name for an image that no one else uses. */
  readonly image: string;
  readonly docker: (argv: readonly string[], options?: Pick<RunOptions, "expect" | "timeout">) => Promise<RunResult>;
  /** Reads one value of an image or a container with a Go template. */
  readonly inspect: (subject: string, template: string) => Promise<string>;
  /** Runs a container in the background; `remove` removes it. */
  start(flags: readonly string[], image: string, command?: readonly string[]): Promise<Container>;
  /** Removes the suite's containers, and the images that it says are its own. */
  remove(images: readonly string[]): Promise<void>;
}

export interface Container {
  readonly id: string;
  /** Where a published port is reached, such as `http://127.0.0.1:49153`. */
  url(port: number): Promise<string>;
  /** Waits until the engine calls it healthy, and returns after how many milliseconds. */
  healthy(): Promise<number>;
  /** Runs a command in it and returns how that ended. */
  exec(argv: readonly string[], flags?: readonly string[]): Promise<RunResult>;
  /** Stops it as `docker stop` does. */
  stop(): Promise<{ readonly exitCode: number; readonly milliseconds: number }>;
}

const HEALTHY_TIMEOUT = 30_000;

/** @param cwd - folder that the Docker client runs in */
export function openContainers(cwd: string): Containers {
  const started: string[] = [];
  const docker: Containers["docker"] = (argv, options = {}) =>
    runProcess(["docker", ...argv], { cwd, env: process.env, ...options });
  const inspect: Containers["inspect"] = async (subject, template) =>
    (await docker(["inspect", "--format", template, subject])).stdout.trim();
  return {
    image: `ooneex-nx-e2e-${randomBytes(4).toString("hex")}`,
    docker,
    inspect,
    async start(flags, image, command = []) {
      const { stdout } = await docker(["run", "--detach", ...flags, image, ...command]);
      const id = stdout.trim();
      started.push(id);
      return openContainer(id, docker, inspect);
    },
    async remove(images) {
      if (started.length > 0) await docker(["rm", "--force", "--volumes", ...started]);
      if (images.length > 0) await docker(["rmi", "--force", ...images], { expect: "either" });
    },
  };
}

function openContainer(id: string, docker: Containers["docker"], inspect: Containers["inspect"]): Container {
  const begun = Date.now();
  return {
    id,
    url: async (port) => `http://${(await docker(["port", id, `${port}/tcp`])).stdout.trim()}`,
    async healthy() {
      while (Date.now() - begun < HEALTHY_TIMEOUT) {
        if ((await inspect(id, "{{.State.Health.Status}}")) === "healthy") return Date.now() - begun;
        await sleep(50);
      }
      const { stdout, stderr } = await docker(["logs", id]);
      throw new Error(`not healthy: ${await inspect(id, "{{json .State}}")}\n${stdout}${stderr}`);
    },
    exec: (argv, flags = []) => docker(["exec", ...flags, id, ...argv], { expect: "either" }),
    async stop() {
      const start = Date.now();
      await docker(["stop", id]);
      const milliseconds = Date.now() - start;
      return { exitCode: Number(await inspect(id, "{{.State.ExitCode}}")), milliseconds };
    },
  };
}
