import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runProcess, type RunResult } from "../process.js";

/** A store of Podman's images of its own, so that what a suite builds is gone with it. */
export interface PodmanStore {
  /** What makes Podman use it. */
  readonly env: Readonly<Record<string, string>>;
  podman(argv: readonly string[]): Promise<RunResult>;
  remove(): Promise<void>;
}

/** @returns why there is none, where Podman is not installed or does not work */
export async function openPodmanStore(): Promise<PodmanStore | string> {
  const cwd = tmpdir();
  const info = ["podman", "info", "--format", "{{.Store.GraphDriverName}}"];
  const answer = await runProcess(info, { cwd, env: process.env, timeout: 30_000 }).catch(() => undefined);
  if (answer === undefined) return "podman is not installed, or podman info fails";
  const folder = await mkdtemp(join(cwd, "ooneex-nx-podman-"));
  const configuration = join(folder, "storage.conf");
  const lines = [`driver = "${answer.stdout.trim()}"`, `graphroot = "${folder}/graph"`, `runroot = "${folder}/run"`];
  await writeFile(configuration, `[storage]\n${lines.join("\n")}\n`);
  const env = { CONTAINERS_STORAGE_CONF: configuration };
  const podman: PodmanStore["podman"] = (argv) => runProcess(["podman", ...argv], { cwd, env: { ...process.env, ...env } });
  return {
    env,
    podman,
    async remove() {
      await podman(["rmi", "--all", "--force"]);
      await rm(folder, { recursive: true, force: true });
    },
  };
}
