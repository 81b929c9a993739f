import { createHash } from "node:crypto";

/** One file of a build context. */
export interface ContextFile {
  /** Bytes of the file; of a symbolic link, the path that it leads to. */
  readonly content: Uint8Array;
  readonly kind: "file" | "executable" | "link";
}

/** Files of a build context by their path in it, with `/` between the parts. */
export type ContextFiles = ReadonlyMap<string, ContextFile>;

/**
 * Hashes contexts by what a build can see of them: names, contents, kinds. Order and times do
 * not count.
 *
 * @param contexts - files by the context's name
 * @returns 64 hexadecimal digits
 */
export function hashContexts(contexts: Readonly<Record<string, ContextFiles>>): string {
  const hash = createHash("sha256");
  for (const name of Object.keys(contexts).sort()) {
    const files = contexts[name] ?? new Map<string, ContextFile>();
    hash.update(`${name}\0${files.size}\0`);
    for (const path of [...files.keys()].sort()) {
      const file = files.get(path);
      if (file === undefined) continue;
      hash.update(`${path}\0${file.kind}\0${file.content.byteLength}\0`).update(file.content);
    }
  }
  return hash.digest("hex");
}
