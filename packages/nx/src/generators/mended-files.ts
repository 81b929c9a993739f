import type { Tree } from "@nx/devkit";
import type { MendPlan } from "../workspace/rules/mend.js";
import type { RuleWorkspace } from "../workspace/rules/facts.js";
import { isIgnoredByGit } from "./git-ignore.js";

/** What is to be said of files that a mend changes. */
export interface ChangedFiles {
  /** Those that a commit can hold; `undefined` where there is no repository. */
  readonly committed: readonly string[] | undefined;
  /** Those that git leaves out, so that only a person can take the change back. */
  readonly ignored: readonly IgnoredFile[];
}

/** A file that git leaves out, with the lines of it that change. */
export interface IgnoredFile {
  /** Workspace-relative. */
  readonly path: string;
  /** Trimmed lines that are no more. */
  readonly removed: readonly string[];
  /** Trimmed lines that are new. */
  readonly added: readonly string[];
}

/**
 * Sorts the files of a mend by whether git can take it back. A file that git does not have can be deleted, and no commit tells
 * of it.
 *
 * @param workspace - as it is before the mend is written
 */
export function sortChanges(tree: Tree, workspace: RuleWorkspace, { edits }: Pick<MendPlan, "edits">): ChangedFiles {
  const tracked = workspace.listTracked();
  if (tracked === undefined) return { committed: undefined, ignored: [] };
  const written = [...edits].filter(([path, text]) => text !== undefined || tracked.has(path)).map(([path]) => path);
  const ignored = written.filter((path) => !tracked.has(path) && isIgnoredByGit(tree.root, path) === true);
  return {
    committed: written.filter((path) => !ignored.includes(path)),
    ignored: ignored.map((path) => ({ path, ...compareLines(workspace.read(path) ?? "", edits.get(path) ?? "") })),
  };
}

/** Says which files git leaves out and what of them changed, a line each; none where there are none. */
export function describeIgnored(ignored: readonly IgnoredFile[]): string[] {
  if (ignored.length === 0) return [];
  const lines = ignored.flatMap(({ path, removed, added }) => [`  ${path}`, ...removed.map((line) => `    - ${line}`), ...added.map((line) => `    + ${line}`)]);
  return ["", `No commit holds ${ignored.map(({ path }) => path).join(", ")}, which git leaves out. To take it back, write what stood there:`, ...lines];
}

function compareLines(before: string, after: string): Pick<IgnoredFile, "removed" | "added"> {
  const [was, is] = [readLines(before), readLines(after)];
  return { removed: without(was, is), added: without(is, was) };
}

/** A line that occurs more often than in the others counts as often as it does more. */
function without(lines: readonly string[], others: readonly string[]): string[] {
  const left = [...others];
  return lines.filter((line) => {
    const index = left.indexOf(line);
    if (index !== -1) left.splice(index, 1);
    return index === -1;
  });
}

/** Such a file may hold a password, which is for no terminal. */
function readLines(text: string): string[] {
  return text.split("\n").map((line) => line.trim().replace(/\/\/[^\s/@]+@/g, "//***@")).filter((line) => line !== "");
}
