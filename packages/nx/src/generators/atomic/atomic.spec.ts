import { logger, type Tree } from "@nx/devkit";
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { flushChanges, FsTree } from "nx/src/generators/tree";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { writeWorkspace } from "../../testing/temporary-workspace.js";
import { atomic } from "./atomic.js";

const LOCK = ".nx/ooneex/ooneex-nx.lock";

let said: string[];
let ran: string[];

beforeEach(() => {
  said = [];
  ran = [];
  vi.spyOn(logger, "info").mockImplementation((line: string) => void said.push(line));
  vi.spyOn(logger, "warn").mockImplementation((line: string) => void said.push(line));
});

afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
});

/** Creates a service, and enters it where all are listed. One that exists is left as it is. */
const create = atomic("create", (tree: Tree, { text = "new" }: { text?: string }) => {
  if (tree.exists("billing/billing.yml")) return () => void ran.push("nothing to do");
  if (tree.children("billing").length > 0) throw new Error("occupied");
  tree.write("billing/billing.yml", text);
  tree.write("billing/index.ts", text);
  tree.write("app.yml", `${tree.read("app.yml", "utf8") ?? ""}billing\n`);
  tree.delete("old.txt");
  return () => void ran.push("callback");
});

const remove = atomic("remove", (tree: Tree) => {
  if (!tree.exists("billing")) throw new Error("there is none");
  tree.write("app.yml", "\n");
  tree.delete("billing");
});

const other = atomic("other", (tree: Tree) => tree.write("other.txt", "other"));

type Generate = (tree: Tree, options: { text?: string }) => Promise<() => unknown>;

/** Runs a generator as Nx does, but for what is said of installing. */
async function run(root: string, generate: Generate, options = {}): Promise<void> {
  const tree = new FsTree(root, false);
  const callback = await generate(tree, options);
  flushChanges(root, tree.listChanges());
  tree.lock();
  await callback();
}

/** Runs a generator in a process that ends after the first `count` of its writes. */
async function interrupt(root: string, generate: Generate, count: number, options = {}): Promise<void> {
  const tree = new FsTree(root, false);
  await generate(tree, options);
  flushChanges(root, tree.listChanges().slice(0, count));
  forget(root);
}

/** This process has the lock until its callback; to a new one it would be of a process that is gone. */
function forget(root: string): void {
  rmSync(join(root, LOCK), { force: true });
}

const read = (root: string, path: string): string | undefined => (existsSync(join(root, path)) ? readFileSync(join(root, path), "utf8") : undefined);
const readAll = (root: string): (string | undefined)[] => ["billing/billing.yml", "billing/index.ts", "app.yml", "old.txt"].map((path) => read(root, path));
const listNotes = (root: string): string[] => readdirSync(join(root, ".nx/ooneex")).filter((name) => name !== ".gitignore");
const git = (root: string, ...args: string[]): void =>
  void expect(spawnSync("git", ["-c", "user.name=a", "-c", "user.email=a@example.com", ...args], { cwd: root, stdio: "ignore" }).status).toBe(0);

/** The same as a git repository with one commit. */
function writeRepository(): string {
  const root = write();
  git(root, "init", "--quiet", "--initial-branch=main");
  git(root, "add", ".");
  git(root, "commit", "--quiet", "-m", "first");
  return root;
}

const WHOLE = ["new", "new", "app\nbilling\n", undefined];

const write = (): string => writeWorkspace({ "app.yml": "app\n", "old.txt": "old" });

describe("atomic", () => {
  it("leaves nothing of its own behind", async () => {
    const root = write();
    await run(root, create);
    expect([readAll(root), listNotes(root), ran]).toEqual([WHOLE, [], ["callback"]]);
  });

  it.each([1, 2, 3, 4])("finishes what was interrupted after %i of its writes, with the generator's own callback", async (count) => {
    const root = write();
    await interrupt(root, create, count);
    await run(root, create);
    expect([readAll(root), listNotes(root), ran]).toEqual([WHOLE, [], ["callback"]]);
    expect(said).toEqual([expect.stringContaining("written now")]);
  });

  it("finishes what was interrupted twice, the second time in the middle of a file", async () => {
    const root = write();
    await interrupt(root, create, 3);
    writeFileSync(join(root, "app.yml"), "app\nbil");
    await interrupt(root, create, 0);
    await run(root, create);
    expect([readAll(root), listNotes(root)]).toEqual([WHOLE, []]);
  });

  it("notes down on a file of its own that nobody else may read", async () => {
    const root = write();
    await interrupt(root, create, 1);
    const [note = ""] = listNotes(root);
    expect(statSync(join(root, ".nx/ooneex", note)).mode & 0o777).toBe(0o600);
    expect(JSON.parse(read(root, `.nx/ooneex/${note}`) ?? "")).toMatchObject({ version: 1, generator: "create", options: "{}" });
  });

  it.each<[string, Generate, object]>([
    ["another generator", other, {}],
    ["other options", create, { text: "x" }],
  ])("only says what was interrupted where %s runs", async (_, generate, options) => {
    const root = write();
    await interrupt(root, create, 1);
    const [note = ""] = listNotes(root);
    await run(root, generate, options).catch(() => undefined);
    forget(root);
    expect(readAll(root).slice(1)).toEqual([undefined, "app\n", "old"]);
    expect(listNotes(root)).toEqual([note]);
    expect(said).toEqual([expect.stringMatching(/create was interrupted.*nx g @ooneex\/nx:create\. .*delete \.nx\/ooneex\/ooneex-nx-/)]);
    expect(said[0]).toContain(note);
  });

  it("says the command as a shell and Nx read it", async () => {
    const root = write();
    const options = { text: "it's $(here)", tags: ["a", "b"], force: true };
    await interrupt(root, create, 1, options);
    await run(root, other);
    const command = /run there: (.*)\. To forget/.exec(said[0] ?? "")?.[1] ?? "";
    const { stdout } = spawnSync("sh", ["-c", command.replace("nx g", "printf '%s\\n'")], { encoding: "utf8" });
    expect(stdout.trim().split("\n")).toEqual(["@ooneex/nx:create", "--text=it's $(here)", "--tags=a,b", "--force=true"]);
  });

  it("takes a script that gives no options at all", async () => {
    const root = write();
    const bare = atomic("bare", (tree: Tree) => tree.write("bare.txt", "bare")) as (tree: Tree) => Promise<() => unknown>;
    await interrupt(root, bare, 1);
    await run(root, other);
    expect(said).toEqual([expect.stringContaining("bare was interrupted")]);
  });

  it("finishes nothing on another commit or branch, and does on its own", async () => {
    const root = writeRepository();
    await interrupt(root, create, 2);
    expect(spawnSync("git", ["status", "--porcelain"], { cwd: root, encoding: "utf8" }).stdout).not.toContain(".nx");
    git(root, "switch", "--quiet", "-c", "feature");
    await run(root, create);
    expect(readAll(root)[2]).toBe("app\n");
    expect(said).toEqual([expect.stringMatching(/^The generator create was interrupted on main [0-9a-f]{7}\./)]);
    git(root, "switch", "--quiet", "main");
    await run(root, create);
    expect([readAll(root), listNotes(root)]).toEqual([WHOLE, []]);
  });

  it("keeps what somebody has changed since, names it, and does the rest", async () => {
    const root = write();
    await interrupt(root, create, 3);
    writeFileSync(join(root, "billing/index.ts"), "mine");
    writeFileSync(join(root, "app.yml"), "other\n");
    await run(root, create);
    expect(readAll(root)).toEqual(["new", "mine", "other\nbilling\n", undefined]);
    expect(said.at(-1)).toContain("app.yml, billing/index.ts");
  });

  it("keeps what is there where the generator refuses now", async () => {
    const root = write();
    await interrupt(root, create, 2);
    writeFileSync(join(root, "billing/mine.ts"), "mine");
    const tree = new FsTree(root, false);
    await expect(create(tree, {})).rejects.toThrow("occupied");
    expect(tree.listChanges()).toEqual([]);
    expect([readAll(root)[0], listNotes(root).length, existsSync(join(root, LOCK))]).toEqual(["new", 1, false]);
  });

  it("forgets what was never begun", async () => {
    const root = write();
    await interrupt(root, create, 0);
    expect(listNotes(root)).toHaveLength(1);
    await run(root, other);
    expect([listNotes(root), said]).toEqual([[], []]);
  });

  it("forgets what was never begun on another commit as well, be what it was to write changed there or not", async () => {
    const root = writeRepository();
    await interrupt(root, create, 0);
    writeFileSync(join(root, "app.yml"), "app\norders\n");
    git(root, "commit", "--quiet", "-a", "-m", "second");
    expect(listNotes(root)).toHaveLength(1);
    await run(root, other);
    expect([listNotes(root), said]).toEqual([[], []]);
  });

  it("takes away the draft of a note, which may hold secrets as the note does", async () => {
    const root = writeWorkspace({ ".nx/ooneex/ooneex-nx-0123456789abcdef.json.draft": '{"version":1,' });
    await run(root, other);
    expect(listNotes(root)).toEqual([]);
  });

  it("takes for the same request what is asked in another order", async () => {
    const root = write();
    await interrupt(root, create, 1, { text: "new", where: { port: 1, host: "a" } });
    await run(root, create, { where: { host: "a", port: 1 }, text: "new" });
    expect([readAll(root), listNotes(root)]).toEqual([WHOLE, []]);
  });

  const note = { version: 1, generator: "x", options: "{}", head: "", files: [], folders: [] };

  it.each([
    ["empty", ""],
    ["of no version", JSON.stringify({ ...note, version: undefined })],
    ["of a later version", JSON.stringify({ ...note, version: 2 })],
    ["of options that are none", JSON.stringify({ ...note, options: "null" })],
    ["of a path out of the workspace", JSON.stringify({ ...note, files: [{ path: "../x", before: null, after: "" }] })],
  ])("moves a note aside that is %s, with one warning", async (_, text) => {
    const root = writeWorkspace({ ".nx/ooneex/ooneex-nx-0123456789abcdef.json": text });
    await run(root, other);
    await run(root, other);
    expect(said).toEqual([expect.stringContaining("ooneex-nx-0123456789abcdef.json.damaged")]);
    expect(read(root, "other.txt")).toBe("other");
  });

  it("runs a generator directly that another one calls, and those that a script calls one after the other", async () => {
    const root = write();
    const outer = atomic("outer", async (tree: Tree) => {
      const inner = await create(tree, {});
      return async () => void (await inner());
    });
    const tree = new FsTree(root, false);
    const callbacks = [await outer(tree, {}), await other(tree, {})];
    expect(listNotes(root)).toHaveLength(2);
    flushChanges(root, tree.listChanges());
    for (const callback of callbacks) await callback();
    expect([readAll(root), read(root, "other.txt"), listNotes(root), ran]).toEqual([WHOLE, "other", [], ["callback"]]);
  });

  it("gives the lock back where the generator refuses, and where its callback does", async () => {
    const root = write();
    const refuse = (): void => {
      throw new Error("no");
    };
    for (const refuser of [atomic("refuser", refuse), atomic("refuser", () => refuse)]) {
      await expect(run(root, refuser)).rejects.toThrow("no");
      expect(listNotes(root)).toEqual([]);
    }
  });

  it("writes nothing where it could not tell another generator of it", async () => {
    const root = writeWorkspace({ ".nx": "a file" });
    await expect(run(root, other)).rejects.toMatchObject({ code: "GENERATOR_LOCK_UNWRITABLE" });
    expect(read(root, "other.txt")).toBeUndefined();
  });
});

describe("atomic, of what is only read", () => {
  const held = JSON.stringify({ host: "elsewhere", pid: 1, generator: "first" });

  it("waits for nobody in a dry run, and says only that a note is there", async () => {
    const root = write();
    await interrupt(root, create, 1);
    writeFileSync(join(root, LOCK), held);
    const before = listNotes(root);
    vi.stubEnv("NX_DRY_RUN", "true");
    const tree = new FsTree(root, false);
    await other(tree, {});
    expect(tree.listChanges().map(({ path }) => path)).toEqual(["other.txt"]);
    expect([listNotes(root), read(root, LOCK)]).toEqual([before, held]);
    expect(said).toEqual([expect.stringContaining("To finish it, run there")]);
  });

  it("waits for nobody where nothing is written, and keeps a note of what is", async () => {
    const root = writeWorkspace({ [LOCK]: held });
    const page = atomic("page", (tree: Tree, { text = "" }: { text?: string }) => (text === "" ? undefined : tree.write("page.html", text)), () => true);
    await run(root, page);
    expect(listNotes(root)).toEqual(["ooneex-nx.lock"]);
    forget(root);
    await interrupt(root, page, 0, { text: "page" });
    expect(listNotes(root)).toHaveLength(1);
  });
});

describe("atomic, of a folder that goes", () => {
  const writeService = (): string => writeWorkspace({ "app.yml": "billing\n", "keep.txt": "", "billing/a.ts": "a", "billing/src/b.ts": "b", "billing/c.ts": "c" });

  it("deletes it as a whole where that has not begun", async () => {
    const root = writeService();
    await interrupt(root, remove, 1);
    await run(root, remove);
    expect([read(root, "app.yml"), existsSync(join(root, "billing")), listNotes(root)]).toEqual(["\n", false, []]);
  });

  it("counts a folder that is half gone as begun, and deletes the rest of it", async () => {
    const root = writeService();
    const first = atomic("remove", (tree: Tree) => tree.delete("billing"));
    await interrupt(root, first, 0);
    rmSync(join(root, "billing/a.ts"));
    await run(root, other);
    expect(said).toEqual([expect.stringContaining("remove was interrupted")]);
    expect(read(root, "billing/src/b.ts")).toBe("b");
    await run(root, atomic("remove", () => expect.unreachable("there is nothing to run it on")));
    expect([existsSync(join(root, "billing")), listNotes(root)]).toEqual([false, []]);
  });

  it("keeps in it what is new and what was changed, and names it", async () => {
    const root = writeService();
    await interrupt(root, remove, 1);
    rmSync(join(root, "billing/src/b.ts"));
    writeFileSync(join(root, "billing/new.ts"), "precious");
    writeFileSync(join(root, "billing/c.ts"), "edited");
    await run(root, remove);
    expect(["a.ts", "c.ts", "new.ts"].map((path) => read(root, `billing/${path}`))).toEqual([undefined, "edited", "precious"]);
    expect(said.at(-1)).toContain("billing/c.ts, billing/new.ts");
    expect(listNotes(root)).toEqual([]);
  });

  it("leaves it alone where another generator runs", async () => {
    const root = writeService();
    await interrupt(root, remove, 1);
    writeFileSync(join(root, "billing/new.ts"), "precious");
    await run(root, other);
    expect(["a.ts", "src/b.ts", "new.ts"].map((path) => read(root, `billing/${path}`))).toEqual(["a", "b", "precious"]);
  });
});
