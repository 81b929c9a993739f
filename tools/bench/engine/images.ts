import { execFile } from "node:child_process";
import { promisify } from "node:util";

/** The images that a run builds, so that all of them can be removed, and nothing else. */
export interface Images {
  /** Ids by tag, for those tags that exist. */
  readIds(tags: readonly string[]): Promise<ReadonlyMap<string, string>>;
  /** Size on disk without the layers of the base, in millions of bytes. */
  readSizeOver(tag: string, base: string): Promise<number>;
  /** Lets a tag stand for an image again. */
  tag(id: string, tag: string): Promise<void>;
  /** Counts images that are about to be built under these tags among the run's own, even where the build ends half-way. */
  expect(tags: readonly string[]): void;
  /** Removes every image that was expected or whose id was read, with all of its tags. What a container uses stays. */
  remove(): Promise<void>;
}

const BYTES_PER_MB = 1_000_000;
const REMOVED_AT_ONCE = 50;

/** Opens the images of the Docker engine that the environment names. */
export function openImages(): Images {
  const seen = new Set<string>();
  const expected = new Set<string>();
  const docker = async (...argv: string[]): Promise<string> => (await promisify(execFile)("docker", argv)).stdout.trim();
  const readSize = async (tag: string): Promise<number> => Number(await docker("image", "inspect", "--format", "{{.Size}}", tag));
  const readIds: Images["readIds"] = async (tags) => {
    const format = "{{.Id}} {{json .RepoTags}}";
    // It fails where one of them is missing, and prints the others all the same.
    const text = await docker("image", "inspect", "--format", format, ...tags).catch((error: { stdout?: string }) => error.stdout ?? "");
    const ids = new Map<string, string>();
    for (const [, id = "", json = "[]"] of text.matchAll(/^(sha256:\w+) (\[.*\])$/gm)) {
      for (const tag of (JSON.parse(json) as string[]).filter((found) => tags.includes(found))) ids.set(tag, id);
      seen.add(id);
    }
    return ids;
  };
  return {
    readIds,
    async readSizeOver(tag, base) {
      return ((await readSize(tag)) - (await readSize(base))) / BYTES_PER_MB;
    },
    async tag(id, tag) {
      await docker("tag", id, tag);
    },
    expect(tags) {
      for (const tag of tags) expected.add(tag);
    },
    async remove() {
      if (expected.size > 0) await readIds([...expected]);
      const ids = [...seen];
      seen.clear();
      while (ids.length > 0) await docker("rmi", "--force", ...ids.splice(0, REMOVED_AT_ONCE)).catch(() => undefined);
    },
  };
}
