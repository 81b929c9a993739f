import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { runProcess } from "../process.js";
import type { Containers } from "./containers.js";

const GZIP = Buffer.from([0x1f, 0x8b]);

/**
 * Looks for words in everything that an image is: the files of each layer, deleted ones included, its configuration and
 * its history.
 *
 * @returns those of the words that are in it
 */
export async function searchImage({ docker }: Containers, image: string, words: readonly string[]): Promise<string[]> {
  const folder = await mkdtemp(join(tmpdir(), "ooneex-nx-image-"));
  try {
    await docker(["save", "--output", join(folder, "image.tar"), image]);
    await runProcess(["tar", "-xf", "image.tar"], { cwd: folder, env: process.env });
    await rm(join(folder, "image.tar"));
    const { stdout: history } = await docker(["history", "--no-trunc", image]);
    const found = new Set(words.filter((word) => history.includes(word)));
    const entries = await readdir(folder, { recursive: true, withFileTypes: true });
    for (const entry of entries.filter((candidate) => candidate.isFile())) {
      const content = await readFile(join(entry.parentPath, entry.name));
      // A layer is compressed or not, as the engine's store keeps it.
      const text = content.subarray(0, GZIP.length).equals(GZIP) ? gunzipSync(content) : content;
      for (const word of words) if (text.includes(word)) found.add(word);
    }
    return words.filter((word) => found.has(word));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
