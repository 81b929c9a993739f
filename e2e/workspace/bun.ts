import { existsSync } from "node:fs";
import { mkdir, symlink } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

/** The lines of Bun that are tried: 1.3 writes the lockfile's version 1, 1.4 writes version 2. */
export type BunLine = "1.3" | "1.4";

const PLATFORM = `${process.platform}-${process.arch === "arm64" ? "aarch64" : process.arch}`;

/**
 * Where each line's binary may be. `bun` moves the binary out of its platform's package in an install script, which npm
 * may not have run; the packages of another line are the platform's own, so that two packages do not both claim `bun`.
 */
const BINARIES: Readonly<Record<BunLine, readonly string[]>> = {
  "1.3": [`bun-1.3-${PLATFORM}/bin/bun`],
  "1.4": [`@oven/bun-${PLATFORM}/bin/bun`, "bun/bin/bun.exe"],
};

/**
 * Makes a folder for the PATH in which `bun` and `bunx` are of the given line.
 *
 * @param root - folder to make it in
 * @returns the absolute path of the folder
 * @throws Error when that Bun is not installed for this platform
 */
export async function linkBun(line: BunLine, root: string): Promise<string> {
  const folder = join(root, `bun-${line}`);
  if (existsSync(join(folder, "bunx"))) return folder;
  const binary = findBinary(line);
  await mkdir(folder, { recursive: true });
  for (const name of ["bun", "bunx"]) await linkOnce(binary, join(folder, name));
  return folder;
}

function findBinary(line: BunLine): string {
  const { resolve } = createRequire(import.meta.url);
  for (const candidate of BINARIES[line]) {
    const [, name = "", path = ""] = /^(@[^/]+\/[^/]+|[^/]+)\/(.+)$/.exec(candidate) ?? [];
    try {
      const binary = join(dirname(resolve(`${name}/package.json`)), path);
      if (existsSync(binary)) return binary;
    } catch {
      // That package is not for this platform; the next one may be.
    }
  }
  throw new Error(`Bun ${line} is not installed for ${PLATFORM}: run npm install`);
}

/** Two test workers may make the same folder at once. */
async function linkOnce(target: string, path: string): Promise<void> {
  await symlink(target, path).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== "EEXIST") throw error;
  });
}
