import { execFileSync } from "node:child_process";
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { writeWorkspace } from "../../../testing/temporary-workspace.js";
import { readRevision, requireClean, revisionTag } from "./revision.js";

const COMMIT = "0123456789abcdef0123456789abcdef01234567";

/** A repository with one commit of some files. */
function makeRepository(): { root: string; commit: string } {
  const root = writeWorkspace({ "a.ts": "1\n", "b c.ts": "1\n", ".gitignore": "dist/\n" });
  const git = (...args: string[]): string =>
    execFileSync("git", ["-C", root, "-c", "user.name=Ada", "-c", "user.email=ada@example.com", ...args], { encoding: "utf8" }).trim();
  git("init", "--quiet");
  git("add", "--all");
  git("commit", "--quiet", "--no-gpg-sign", "--message", "first");
  return { root, commit: git("rev-parse", "HEAD") };
}

describe("readRevision", () => {
  it("names the commit", async () => {
    const { root, commit } = makeRepository();
    expect(await readRevision(root)).toEqual({ commit, changed: [] });
  });

  it("lists what is changed, added and removed, by names of any kind", async () => {
    const { root } = makeRepository();
    writeFileSync(join(root, "b c.ts"), "2\n");
    writeFileSync(join(root, "é.ts"), "1\n");
    rmSync(join(root, "a.ts"));
    expect([...(await readRevision(root)).changed].sort()).toEqual(["a.ts", "b c.ts", "é.ts"]);
  });

  it("counts neither what git ignores nor Nx's own folder", async () => {
    const { root, commit } = makeRepository();
    execFileSync("mkdir", ["-p", join(root, "dist"), join(root, ".nx/images")]);
    writeFileSync(join(root, "dist/index.js"), "");
    writeFileSync(join(root, ".nx/images/billing.json"), "{}");
    expect(await readRevision(root)).toEqual({ commit, changed: [] });
  });

  it("lists what git's settings hide, in a submodule too", async () => {
    const { root } = makeRepository();
    const { root: library } = makeRepository();
    const git = (...args: string[]): Buffer =>
      execFileSync("git", ["-C", root, "-c", "user.name=Ada", "-c", "user.email=ada@example.com", "-c", "protocol.file.allow=always", ...args], { stdio: "pipe" });
    git("submodule", "--quiet", "add", library, "library");
    git("config", "--file", ".gitmodules", "submodule.library.ignore", "all");
    git("add", "--all");
    git("commit", "--quiet", "--no-gpg-sign", "--message", "library");
    git("config", "status.showUntrackedFiles", "no");
    expect((await readRevision(root)).changed).toEqual([]);
    writeFileSync(join(root, "new.ts"), "1\n");
    writeFileSync(join(root, "library/a.ts"), "2\n");
    expect([...(await readRevision(root)).changed].sort()).toEqual(["library", "new.ts"]);
  });

  it("refuses a folder without a commit", async () => {
    await expect(readRevision(writeWorkspace({}))).rejects.toMatchObject({ code: "REVISION_MISSING", what: expect.stringContaining("git") as string });
  });
});

describe("revisionTag", () => {
  it("has twelve digits, and says what is not committed", () => {
    expect(revisionTag({ commit: COMMIT, changed: [] })).toBe("sha-0123456789ab");
    expect(revisionTag({ commit: COMMIT, changed: ["a.ts"] })).toBe("sha-0123456789ab-dirty");
  });
});

describe("requireClean", () => {
  it("names the first files", () => {
    expect(() => requireClean({ commit: COMMIT, changed: [] })).not.toThrow();
    expect(() => requireClean({ commit: COMMIT, changed: ["a", "b", "c", "d"] })).toThrow(/^TREE_DIRTY: .+\n {2}where: {2}a, b, c and 1 more\n/);
  });
});
