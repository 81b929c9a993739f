import { logger } from "@nx/devkit";
import { chmodSync, existsSync, readdirSync, readFileSync, statSync, symlinkSync, utimesSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { writeWorkspace } from "../../testing/temporary-workspace.js";
import { isHeld, takeLock } from "./lock.js";

const LOCK = ".nx/ooneex/ooneex-nx.lock";

const holder = (fields: object): string => JSON.stringify({ host: hostname(), pid: 2 ** 30, generator: "gone", ...fields });

let said: string[];

beforeEach(() => {
  said = [];
  vi.spyOn(logger, "warn").mockImplementation((line: string) => void said.push(line));
});

afterEach(() => {
  vi.restoreAllMocks();
});

async function takeAndRelease(root: string): Promise<void> {
  const release = await takeLock(root, "next", 0);
  expect(isHeld(root)).toBe(true);
  release?.();
  expect(isHeld(root)).toBe(false);
  expect(readdirSync(join(root, ".nx/ooneex"))).toEqual([".gitignore"]);
}

describe("takeLock", () => {
  it("writes down whose it is, where git does not look", async () => {
    const root = writeWorkspace({});
    const release = await takeLock(root, "first");
    expect(JSON.parse(readFileSync(join(root, LOCK), "utf8"))).toMatchObject({ host: hostname(), pid: process.pid, generator: "first" });
    expect(readFileSync(join(root, ".nx/ooneex/.gitignore"), "utf8")).toBe("*\n");
    release?.();
    await takeAndRelease(root);
  });

  it.each([
    ["a process that is gone", holder({})],
    ["this process, which does not have it", holder({ pid: process.pid })],
    ["a process that has got the number of one that is gone", holder({ pid: process.ppid, started: "long ago" })],
  ])("counts for nothing the lock of %s", async (_, text) => {
    await takeAndRelease(writeWorkspace({ [LOCK]: text }));
  });

  it("counts for nothing one that stays unreadable, and waits for one that may be about to be written", async () => {
    const root = writeWorkspace({ [LOCK]: "" });
    await expect(takeLock(root, "next", 0)).rejects.toMatchObject({ code: "GENERATOR_BUSY" });
    // A process that a busy machine holds up between the two has it still.
    const lately = new Date(Date.now() - 2_000);
    utimesSync(join(root, LOCK), lately, lately);
    await expect(takeLock(root, "next", 0)).rejects.toMatchObject({ code: "GENERATOR_BUSY" });
    const earlier = new Date(Date.now() - 60_000);
    utimesSync(join(root, LOCK), earlier, earlier);
    await takeAndRelease(root);
  });

  it.each([
    ["a process at work", holder({ pid: process.ppid, generator: "first" }), "first"],
    ["another machine, whose processes nobody here knows", holder({ host: "elsewhere", generator: "first" }), "elsewhere"],
  ])("waits for %s, says so once, and names the file at the end", async (_, text, who) => {
    const root = writeWorkspace({ [LOCK]: text });
    const error = { code: "GENERATOR_BUSY", what: expect.stringContaining(who) as string, where: LOCK };
    await expect(takeLock(root, "next", 250)).rejects.toMatchObject(error);
    expect(said).toEqual([expect.stringContaining("waiting for the generator first")]);
    expect(readFileSync(join(root, LOCK), "utf8")).toBe(text);
  });

  it("removes what a process has left that was killed while it removed a lock", async () => {
    const root = writeWorkspace({ [LOCK]: holder({}), [`${LOCK}.stale`]: "" });
    const earlier = new Date(Date.now() - 60_000);
    utimesSync(join(root, `${LOCK}.stale`), earlier, earlier);
    (await takeLock(root, "next", 5_000))?.();
    expect(readdirSync(join(root, ".nx/ooneex"))).toEqual([".gitignore"]);
  });

  it.each([".nx", ".nx/ooneex"])("refuses where %s is a file, since nobody would know who is at work", async (path) => {
    const root = writeWorkspace({ [path]: "a file" });
    await expect(takeLock(root, "next", 0)).rejects.toMatchObject({ code: "GENERATOR_LOCK_UNWRITABLE", what: expect.stringContaining(path) as string, where: path });
    expect(readFileSync(join(root, path), "utf8")).toBe("a file");
  });

  it("refuses where a link leads to nothing in place of the folder", async () => {
    const root = writeWorkspace({});
    symlinkSync("nowhere", join(root, ".nx"));
    await expect(takeLock(root, "next", 0)).rejects.toMatchObject({ code: "GENERATOR_LOCK_UNWRITABLE", where: ".nx" });
  });

  // Permissions do not stop the root user.
  describe.skipIf(process.getuid === undefined || process.getuid() === 0)("without permission", () => {
    it.each([".nx", ".nx/ooneex"])("refuses where %s is somebody else's, and names the remedy", async (path) => {
      const root = writeWorkspace({ [`${path}/file`]: "" });
      chmodSync(join(root, path), 0o555);
      const error = { code: "GENERATOR_LOCK_UNWRITABLE", where: ".nx/ooneex", remedy: expect.stringContaining("chown") as string };
      await expect(takeLock(root, "next", 0)).rejects.toMatchObject(error).finally(() => chmodSync(join(root, path), 0o755));
    });

    it("refuses where somebody else's process that is gone has left its lock there", async () => {
      const root = writeWorkspace({ [LOCK]: holder({}) });
      const folder = join(root, ".nx/ooneex");
      chmodSync(folder, 0o555);
      await expect(takeLock(root, "next", 0)).rejects.toMatchObject({ code: "GENERATOR_LOCK_UNWRITABLE" }).finally(() => chmodSync(folder, 0o755));
    });

    it("takes none where the workspace cannot be written", async () => {
      const root = writeWorkspace({});
      chmodSync(root, 0o555);
      const release = await takeLock(root, "next", 0).finally(() => chmodSync(root, 0o755));
      expect(release).toBeUndefined();
    });
  });

  it("lets another user read whose it is, who would take it for left over otherwise", async () => {
    const root = writeWorkspace({});
    const before = process.umask(0o022);
    const release = await takeLock(root, "first").finally(() => process.umask(before));
    expect(statSync(join(root, LOCK)).mode & 0o777).toBe(0o644);
    release?.();
  });

  it("piles up no listeners", async () => {
    const before = process.listenerCount("exit");
    const releases = [];
    for (let index = 0; index < 5; index += 1) releases.push(await takeLock(writeWorkspace({}), "many"));
    expect(process.listenerCount("exit")).toBe(before + 1);
    for (const release of releases) release?.();
    expect(process.listenerCount("exit")).toBe(before);
  });

  it("gives back only its own", async () => {
    const root = writeWorkspace({});
    const release = await takeLock(root, "first");
    release?.();
    writeFileSync(join(root, LOCK), holder({ host: "elsewhere" }));
    release?.();
    expect(existsSync(join(root, LOCK))).toBe(true);
  });

  it("leaves the lock of a process that has taken it after somebody had deleted this one's", async () => {
    const root = writeWorkspace({});
    const release = await takeLock(root, "first");
    const theirs = holder({ pid: process.ppid, generator: "second" });
    writeFileSync(join(root, LOCK), theirs);
    release?.();
    expect(readFileSync(join(root, LOCK), "utf8")).toBe(theirs);
  });

  it.each([0, -1, 1.5])("takes no process for at work whose number is %d, which would be of a whole group", async (pid) => {
    const root = writeWorkspace({ [LOCK]: holder({ pid }) });
    const earlier = new Date(Date.now() - 60_000);
    utimesSync(join(root, LOCK), earlier, earlier);
    await takeAndRelease(root);
  });
});
