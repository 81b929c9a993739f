import { logger, type Tree } from "@nx/devkit";
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { flushChanges, FsTree } from "nx/src/generators/tree";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { writeWorkspace } from "../../testing/temporary-workspace.js";
import { atomic } from "./atomic.js";
import { takeLock } from "./lock.js";

const JOURNAL = ".nx/workspace-data/ooneex-nx-journal.json";

let said: string[];

beforeEach(() => {
  said = [];
  vi.spyOn(logger, "info").mockImplementation((line: string) => void said.push(line));
  vi.spyOn(logger, "warn").mockImplementation((line: string) => void said.push(line));
});

afterEach(() => {
  vi.restoreAllMocks();
});

/** Writes two files and deletes one. Where all is done, there is nothing to do. */
const generate = atomic("pair", (tree: Tree, { text }: { text: string }) => {
  tree.write("a.txt", text);
  tree.write("b.txt", text);
  tree.delete("old.txt");
});

/** Runs the generator and flushes the first `count` of its changes; with all of them comes the callback. */
async function run(root: string, text: string, count = 3, wrapped = generate): Promise<void> {
  const tree = new FsTree(root, false);
  const callback = await wrapped(tree, { text });
  flushChanges(root, tree.listChanges().slice(0, count));
  if (count >= 3) return void (await callback());
  // The process has ended, and its lock counts for nothing.
  rmSync(join(root, ".nx/workspace-data/ooneex-nx.lock"));
}

const read = (root: string, path: string): string | undefined => (existsSync(join(root, path)) ? readFileSync(join(root, path), "utf8") : undefined);
const readAll = (root: string): (string | undefined)[] => ["a.txt", "b.txt", "old.txt"].map((path) => read(root, path));

describe("atomic", () => {
  it("leaves nothing of its own behind", async () => {
    const root = writeWorkspace({ "old.txt": "old" });
    await run(root, "new");
    expect(readAll(root)).toEqual(["new", "new", undefined]);
    expect(existsSync(join(root, JOURNAL))).toBe(false);
    expect(existsSync(join(root, ".nx/workspace-data/ooneex-nx.lock"))).toBe(false);
  });

  it.each([1, 2])("writes the rest of what was interrupted after %i of its writes", async (count) => {
    const root = writeWorkspace({ "a.txt": "was", "old.txt": "old" });
    await run(root, "new", count);
    await run(root, "new", 3, atomic("pair", () => expect.unreachable("the same command has nothing else to do")));
    expect(readAll(root)).toEqual(["new", "new", undefined]);
    expect(said.join("\n")).toContain("The generator pair was interrupted");
    expect(existsSync(join(root, JOURNAL))).toBe(false);
  });

  it("writes a file anew whose writing broke off", async () => {
    const root = writeWorkspace({ "old.txt": "old" });
    await run(root, "new", 1);
    writeFileSync(join(root, "a.txt"), "ne");
    await run(root, "new");
    expect(readAll(root)).toEqual(["new", "new", undefined]);
  });

  it("lets another generator finish what was interrupted, before its own", async () => {
    const root = writeWorkspace({ "old.txt": "old" });
    await run(root, "new", 1);
    await run(root, "", 3, atomic("reader", (tree: Tree) => tree.write("seen.txt", tree.read("b.txt", "utf8") ?? "nothing")));
    expect(read(root, "seen.txt")).toBe("new");
    expect(readAll(root)).toEqual(["new", "new", undefined]);
  });

  it("leaves what somebody has changed since, and says so", async () => {
    const root = writeWorkspace({ "old.txt": "old" });
    await run(root, "new", 1);
    writeFileSync(join(root, "b.txt"), "mine");
    await run(root, "other", 3, atomic("nothing", () => undefined));
    expect(readAll(root)).toEqual(["new", "mine", undefined]);
    expect(said.join("\n")).toContain("left as they are: b.txt");
  });

  it("forgets what was never begun, as a dry run leaves it", async () => {
    const root = writeWorkspace({ "old.txt": "old" });
    await run(root, "new", 0);
    expect(existsSync(join(root, JOURNAL))).toBe(true);
    await run(root, "", 3, atomic("nothing", () => undefined));
    expect(readAll(root)).toEqual([undefined, undefined, "old"]);
    expect(existsSync(join(root, JOURNAL))).toBe(false);
  });

  it("gives the lock back where the generator refuses", async () => {
    const root = writeWorkspace({});
    const refuse = atomic("refuser", () => {
      throw new Error("no");
    });
    await expect(run(root, "", 3, refuse)).rejects.toThrow("no");
    expect(existsSync(join(root, ".nx/workspace-data/ooneex-nx.lock"))).toBe(false);
  });
});

describe("takeLock", () => {
  it("names who has it", async () => {
    const root = writeWorkspace({});
    const release = await takeLock(root, "first");
    await expect(takeLock(root, "second", 0)).rejects.toMatchObject({ code: "GENERATOR_BUSY", what: expect.stringContaining("first") as string });
    release();
    (await takeLock(root, "second", 0))();
  });

  it("counts a process that is gone for nothing", async () => {
    const root = writeWorkspace({ ".nx/workspace-data/ooneex-nx.lock": JSON.stringify({ pid: 2 ** 30, generator: "gone" }) });
    (await takeLock(root, "next", 0))();
    expect(existsSync(join(root, ".nx/workspace-data/ooneex-nx.lock"))).toBe(false);
  });
});
