import { OoneexNxError } from "../../errors.js";
import type { RuleWorkspace } from "./facts.js";
import type { Finding, Rule } from "./rule.js";
import { checkWorkspace } from "./rules.js";

/** What mending comes to, before anything is written. */
export interface MendPlan {
  /** Workspace-relative path to its new text; `undefined` where the file goes. Only files that change. */
  readonly edits: ReadonlyMap<string, string | undefined>;
  /** What the edits mend. */
  readonly mended: readonly Finding[];
  /** What is found once they are made. */
  readonly remaining: readonly Finding[];
}

/** One mend may bring another one to light: a service that is declared then lacks its URL. No workspace takes more steps. */
const MOST_ROUNDS = 50;

/**
 * Plans the edits that mend findings, one rule after the other, each on what the one before it left: a service that moves to
 * another port gets its URL with that port. Nothing is mended twice, so a mend that does not help ends the plan.
 *
 * @param isWanted - which findings to mend, of those that can be; none by default
 */
export function planMend(workspace: RuleWorkspace, rules: readonly Rule[], isWanted?: (finding: Finding) => boolean): MendPlan {
  const edits = new Map<string, string | undefined>();
  const tried = new Map<string, Finding>();
  const edited = overlay(workspace, edits);
  const mendable = rules.filter(({ mendedBy }) => mendedBy !== "hand");
  for (let round = 0; isWanted !== undefined && round < MOST_ROUNDS; round++) {
    const wanted = checkWorkspace(edited, mendable).filter((finding) => finding.mend !== undefined && isWanted(finding) && !tried.has(identify(finding)));
    if (wanted.length === 0) break;
    for (const finding of wanted.filter(({ rule }) => rule === wanted[0]?.rule)) {
      tried.set(identify(finding), finding);
      applyMend(edited, edits, finding);
    }
  }
  for (const [path, text] of edits) if (workspace.read(path) === text) edits.delete(path);
  const remaining = checkWorkspace(edited, rules);
  const open = new Set(remaining.map(identify));
  return { edits, mended: [...tried.values()].filter((finding) => !open.has(identify(finding))), remaining };
}

/** Makes the edits of one mend, all or none; where one does not fit, it is left to a person. */
function applyMend(workspace: RuleWorkspace, edits: Map<string, string | undefined>, { mend }: Finding): void {
  try {
    const changes = (mend?.files ?? []).map(({ path, edit }) => ({ path, before: workspace.read(path), after: edit(workspace.read(path)) }));
    for (const { path, before, after } of changes) if (before !== after) edits.set(path, after);
  } catch (error) {
    if (!(error instanceof OoneexNxError)) throw error;
  }
}

function overlay(workspace: RuleWorkspace, edits: ReadonlyMap<string, string | undefined>): RuleWorkspace {
  return {
    ...workspace,
    read: (path) => (edits.has(path) ? edits.get(path) : workspace.read(path)),
    list: (folder) => {
      const names = new Set(workspace.list(folder));
      for (const [path, text] of edits) {
        const name = path.startsWith(`${folder}/`) ? path.slice(folder.length + 1) : undefined;
        if (name === undefined || name.includes("/")) continue;
        if (text === undefined) names.delete(name);
        else names.add(name);
      }
      return [...names];
    },
    listFiles: () => [...new Set([...workspace.listFiles(), ...edits.keys()])].filter((path) => edits.get(path) !== undefined || !edits.has(path)),
  };
}

/** The line moves as a file is edited, so it does not tell findings apart. */
function identify({ rule, what, where }: Finding): string {
  return [rule, what, where.replace(/:\d+$/, "")].join("\n");
}
