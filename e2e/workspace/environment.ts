import { delimiter, dirname, join } from "node:path";
import { linkBun, type BunLine } from "./bun.js";

/**
 * What a process in a test workspace keeps of the outer environment. A list of what to keep rather than of what to drop:
 * npm, Nx, vitest and the shell each add variables of their own, and any of them would change what is tested.
 */
const KEPT = [
  /^(HOME|USER|LOGNAME|SHELL|TERM|TMPDIR|TZ|LANG|LC_\w+|XDG_\w+)$/,
  /^(DOCKER_\w+|BUILDX_\w+|CONTAINER_HOST|CONTAINERS_\w+)$/,
  /^(https?_proxy|no_proxy|all_proxy|NODE_EXTRA_CA_CERTS|SSL_CERT_FILE|SSL_CERT_DIR)$/i,
];

/** The same author and time for every commit, and no hook or signature of the machine's. */
const GIT = {
  GIT_AUTHOR_NAME: "Ada",
  GIT_AUTHOR_EMAIL: "ada@example.com",
  GIT_AUTHOR_DATE: "2026-01-01T00:00:00Z",
  GIT_COMMITTER_NAME: "Ada",
  GIT_COMMITTER_EMAIL: "ada@example.com",
  GIT_COMMITTER_DATE: "2026-01-01T00:00:00Z",
  GIT_CONFIG_GLOBAL: "/dev/null",
  GIT_CONFIG_NOSYSTEM: "1",
};

const NX = {
  // Nx 23.2 keeps results in the home folder, for all clones of a repository; those of our workspaces have one first commit.
  NX_CACHE_DIRECTORY: ".nx/cache",
  NX_DAEMON: "false",
  NX_NO_CLOUD: "true",
  NX_TUI: "false",
};

/**
 * Has Nx load plugins into the command's own process, which takes half of the processor time of a command. Users have each
 * plugin in a process of its own, and so has every suite that does not ask for this.
 */
export const ONE_PROCESS = { NX_ISOLATE_PLUGINS: "false" } as const;

/**
 * The environment of every process in a test workspace: this process's own, without what would change the outcome.
 *
 * @param root - the workspace's folder
 * @param shared - folder of everything that the workspaces of one run share
 * @param line - the Bun that comes first on the PATH
 */
export async function buildEnvironment(root: string, shared: string, line: BunLine): Promise<Record<string, string>> {
  const kept = Object.entries(process.env).filter(
    (entry): entry is [string, string] => entry[1] !== undefined && KEPT.some((name) => name.test(entry[0])),
  );
  // The workspace's own nx comes before one that the machine may have, and runs on the node of this process.
  const path = [await linkBun(line, shared), join(root, "node_modules", ".bin"), dirname(process.execPath), ...readOuterPath()];
  return {
    ...Object.fromEntries(kept),
    PATH: path.join(delimiter),
    CI: "true",
    NO_COLOR: "1",
    // Of this run only: Bun does not look again at a package it has, and ours changes without a new version.
    BUN_INSTALL_CACHE_DIR: join(shared, "bun-cache"),
    ...GIT,
    ...NX,
  };
}

/** `npm run` puts the binaries of every package folder above it on the PATH. */
function readOuterPath(): string[] {
  const folders = (process.env["PATH"] ?? "").split(delimiter);
  return folders.filter((folder) => !/node_modules\/\.bin|node-gyp-bin/.test(folder));
}
