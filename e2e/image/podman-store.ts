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

/**
 * Finds the way in which Podman can keep layers here. Podman chooses one for an empty store, but where that is not its
 * first choice it refuses the store from then on unless it is named.
 *
 * @throws Error where Podman is not installed or does not work
 */
export async function findStorageDriver(): Promise<string> {
  const store = await openPodmanStore();
  try {
    return (await store.podman(["info", "--format", "{{.Store.GraphDriverName}}"])).stdout.trim();
  } finally {
    await store.remove();
  }
}

/** @param driver - see {@link findStorageDriver} */
export async function openPodmanStore(driver?: string): Promise<PodmanStore> {
  const cwd = tmpdir();
  const folder = await mkdtemp(join(cwd, "ooneex-nx-podman-"));
  const configuration = join(folder, "storage.conf");
  const lines = [`graphroot = "${folder}/graph"`, `runroot = "${folder}/run"`];
  if (driver !== undefined) lines.push(`driver = "${driver}"`);
  await writeFile(configuration, `[storage]\n${lines.join("\n")}\n`);
  const env = { CONTAINERS_STORAGE_CONF: configuration };
  const podman: PodmanStore["podman"] = (argv) => runProcess(["podman", ...argv], { cwd, env: { ...process.env, ...env } });
  return {
    env,
    podman,
    async remove() {
      // What Podman refuses to open holds no image; the folder goes all the same.
      await podman(["rmi", "--all", "--force"]).catch(() => undefined);
      await rm(folder, { recursive: true, force: true });
    },
  };
}
