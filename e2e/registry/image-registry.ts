import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findFreePort } from "../../tools/registry/free-port.js";
import { runProcess, startProcess, waitForAnswer } from "../process.js";

/** A registry of images on this machine, empty at first, that is gone with the suite. */
export interface ImageRegistry {
  /** Such as `127.0.0.1:41234`, which begins the references of its images. */
  readonly host: string;
  /** Digest of what a name stands for; `undefined` where it stands for nothing. */
  digest(repository: string, tag: string): Promise<string | undefined>;
  /** Every tag of a repository, sorted; none where there is no such repository. */
  tags(repository: string): Promise<string[]>;
  /** Removes an image, and leaves indexes that list it. */
  remove(repository: string, digest: string): Promise<void>;
  stop(): Promise<void>;
}

const DOWNLOAD_TIMEOUT = 120_000;

/** What registries are asked to answer with: an image as it is, not one that fits an old client. */
const ACCEPT = [
  "application/vnd.docker.distribution.manifest.v2+json",
  "application/vnd.docker.distribution.manifest.list.v2+json",
  "application/vnd.oci.image.manifest.v1+json",
  "application/vnd.oci.image.index.v1+json",
].join(", ");

/**
 * Finds the program, downloading it the first time.
 *
 * @throws Error where it cannot be had
 */
export async function findRegistryProgram(): Promise<string> {
  const script = join(import.meta.dirname, "..", "..", "tools", "engine", "docker-registry.sh");
  const { stdout } = await runProcess([script], { cwd: tmpdir(), env: process.env, timeout: DOWNLOAD_TIMEOUT });
  return stdout.trim();
}

/** @param program - see {@link findRegistryProgram} */
export async function startImageRegistry(program: string): Promise<ImageRegistry> {
  const folder = await mkdtemp(join(tmpdir(), "ooneex-nx-registry-"));
  const host = `127.0.0.1:${await findFreePort()}`;
  // JSON is YAML, which the program reads.
  const configuration = {
    version: "0.1",
    log: { level: "warn", accesslog: { disabled: true } },
    storage: { filesystem: { rootdirectory: join(folder, "data") }, delete: { enabled: true } },
    http: { addr: host, secret: "of-one-test" },
  };
  await writeFile(join(folder, "config.yml"), JSON.stringify(configuration));
  const server = startProcess([program, "serve", join(folder, "config.yml")], { cwd: folder, env: process.env });
  const stop = async (): Promise<void> => {
    await server.stop();
    await rm(folder, { recursive: true, force: true });
  };
  const ask = (path: string, method = "GET") => fetch(`http://${host}/v2/${path}`, { method, headers: { accept: ACCEPT } });
  try {
    await waitForAnswer(`http://${host}/v2/`, server);
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    host,
    async digest(repository, tag) {
      const answer = await ask(`${repository}/manifests/${tag}`, "HEAD");
      return answer.ok ? (answer.headers.get("docker-content-digest") ?? undefined) : undefined;
    },
    async tags(repository) {
      const answer = await ask(`${repository}/tags/list`);
      return answer.ok ? [...(((await answer.json()) as { tags: string[] | null }).tags ?? [])].sort() : [];
    },
    async remove(repository, digest) {
      const { ok, status } = await ask(`${repository}/manifests/${digest}`, "DELETE");
      if (!ok) throw new Error(`${host} does not remove ${repository}@${digest}: ${status}`);
    },
    stop,
  };
}
