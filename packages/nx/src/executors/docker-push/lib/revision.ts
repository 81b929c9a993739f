import { OoneexNxError } from "../../../errors.js";
import { type Probe, runProbe } from "../../../image/engine.js";

/** What is checked out. */
export interface Revision {
  /** Commit, as git names it. */
  readonly commit: string;
  /** Workspace-relative paths of what differs from it; what git ignores does not count, nor does Nx's own folder. */
  readonly changed: readonly string[];
}

/** How much of a commit stands in a tag, in hexadecimal digits. */
const DIGITS = 12;

/** `status.showUntrackedFiles`, `diff.ignoreSubmodules` and a submodule's own `ignore` leave files out otherwise. */
const SHOW_ALL = ["--untracked-files=normal", "--ignore-submodules=none"];

/** How many changed files an error names. */
const NAMED = 3;

/**
 * Asks git what is checked out.
 *
 * @param root - absolute path of the workspace
 * @throws OoneexNxError `REVISION_MISSING` where there is no commit to name an image after
 */
export async function readRevision(root: string, probe: Probe = runProbe): Promise<Revision> {
  const [head, status] = await Promise.all([
    probe(["git", "-C", root, "rev-parse", "--verify", "HEAD"]),
    // By the bytes of their names, so that none is quoted, and with what git's settings hide: a build takes it in all the same.
    // Nx's own folder holds what this plugin stages.
    probe(["git", "-C", root, "status", "--porcelain", "-z", "--no-renames", ...SHOW_ALL, "--", ".", ":(exclude).nx"]),
  ]);
  const failed = [head, status].find(({ code }) => code !== 0);
  if (failed !== undefined) {
    const reason = failed.code === undefined ? "it is not on the PATH" : (failed.stderr.trim().split("\n", 1)[0] ?? "");
    throw new OoneexNxError({
      code: "REVISION_MISSING",
      what: `git names no revision: ${reason}`,
      where: root,
      remedy: "commit first; an image is named after the commit that it is built from",
    });
  }
  const entries = status.stdout.split("\0").filter((entry) => entry !== "");
  return { commit: head.stdout.trim(), changed: entries.map((entry) => entry.slice("XY ".length)) };
}

/**
 * Names the tag of a revision.
 *
 * @returns such as `sha-0123456789ab`, or `sha-0123456789ab-dirty` for one with changes, which is no name of one image
 */
export function revisionTag({ commit, changed }: Revision): string {
  return `sha-${commit.slice(0, DIGITS)}${changed.length > 0 ? "-dirty" : ""}`;
}

/** @throws OoneexNxError `TREE_DIRTY` where something differs from the commit */
export function requireClean({ changed }: Revision): void {
  if (changed.length === 0) return;
  const more = changed.length > NAMED ? ` and ${changed.length - NAMED} more` : "";
  throw new OoneexNxError({
    code: "TREE_DIRTY",
    what: "the image would hold what no commit holds",
    where: `${changed.slice(0, NAMED).join(", ")}${more}`,
    remedy: "commit or stash it, or push under a tag of its own with --allow-dirty",
  });
}
