import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, readdir, readFile, readlink, rm, writeFile } from "node:fs/promises";
import { dirname, join, relative } from "node:path";
import { runProcess, startProcess, type RunningProcess, type RunOptions, type RunResult } from "../process.js";

/** An Ooneex workspace in a folder of its own. Paths are relative to its root. */
export interface Workspace {
  readonly root: string;
  /**
   * Runs a command in it, such as `["nx", "g", "@ooneex/nx:microservice", "billing"]`.
   *
   * @throws Error with the whole output when it ends otherwise than `expect` says
   */
  run(argv: readonly string[], options?: CommandOptions): Promise<RunResult>;
  /** Starts a command that goes on until it is stopped, at the latest by `dispose`. */
  start(argv: readonly string[], options?: Pick<CommandOptions, "cwd" | "env">): RunningProcess;
  read(path: string): Promise<string>;
  /** Writes a file, and the folders above it. */
  write(path: string, content: string): Promise<void>;
  exists(path: string): boolean;
  /** Removes a file or a folder. */
  remove(path: string): Promise<void>;
  /** Commits everything that is not ignored. */
  commit(message: string): Promise<void>;
  /** `git status --porcelain` with each untracked file; `""` when nothing has changed since the last commit. */
  gitStatus(): Promise<string>;
  /** Every file with the hash of its content, ignored ones included; without node_modules, .git and .nx. */
  tree(): Promise<Record<string, string>>;
  /** Ends what still runs in it and removes it; `KEEP=1` leaves the folder. */
  dispose(): Promise<void>;
}

export type CommandOptions = Omit<RunOptions, "cwd" | "env"> & {
  /** Folder to run in. Default: the root. */
  readonly cwd?: string;
  /** Added to the workspace's environment. */
  readonly env?: Readonly<Record<string, string>>;
};

const NOT_IN_TREE = new Set(["node_modules", ".git", ".nx"]);

/** Opens the workspace that is in a folder. */
export function openWorkspace(root: string, environment: Readonly<Record<string, string>>): Workspace {
  const running = new Set<RunningProcess>();
  const at = (path: string) => join(root, path);
  const resolveCommand = ({ cwd = ".", env }: Pick<CommandOptions, "cwd" | "env">) => ({
    cwd: at(cwd),
    env: { ...environment, ...env },
  });
  const run: Workspace["run"] = (argv, options = {}) => runProcess(argv, { ...options, ...resolveCommand(options) });
  return {
    root,
    run,
    start(argv, options = {}) {
      const started = startProcess(argv, resolveCommand(options));
      running.add(started);
      return started;
    },
    read: (path) => readFile(at(path), "utf8"),
    async write(path, content) {
      await mkdir(dirname(at(path)), { recursive: true });
      await writeFile(at(path), content);
    },
    exists: (path) => existsSync(at(path)),
    remove: (path) => rm(at(path), { recursive: true, force: true }),
    async commit(message) {
      await run(["git", "add", "--all"]);
      await run(["git", "commit", "--quiet", "--message", message]);
    },
    async gitStatus() {
      return (await run(["git", "status", "--porcelain", "--untracked-files=all"])).stdout;
    },
    async tree() {
      const files = (await listFiles(root)).sort();
      return Object.fromEntries(await Promise.all(files.map(async (file) => [file, await hashFile(at(file))] as const)));
    },
    async dispose() {
      for (const started of running) await started.stop();
      if (process.env["KEEP"] === "1") console.log(`kept: ${root}`);
      else await rm(root, { recursive: true, force: true });
    },
  };
}

async function listFiles(root: string, folder = root): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  const lists = await Promise.all(
    entries
      .filter(({ name }) => !NOT_IN_TREE.has(name))
      .map(async (entry) => {
        const path = join(folder, entry.name);
        return entry.isDirectory() ? listFiles(root, path) : [relative(root, path)];
      }),
  );
  return lists.flat();
}

async function hashFile(path: string): Promise<string> {
  const link = await readlink(path).catch(() => undefined);
  return link === undefined ? createHash("sha256").update(await readFile(path)).digest("hex") : `-> ${link}`;
}
