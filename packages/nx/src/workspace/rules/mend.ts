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

/** One mend may bring another one to light: a service that is declared then lacks its URL. None takes more steps than these. */
const MOST_ROUNDS = 8;

/**
 * Plans the edits that mend findings. Nothing is mended twice, so a mend that does not help ends the plan.
 *
 * @param isWanted - which findings to mend, of those that can be
 */
export function planMend(workspace: RuleWorkspace, rules: readonly Rule[], isWanted: (finding: Finding) => boolean): MendPlan {
  const edits = new Map<string, string | undefined>();
  const mended = new Map<string, Finding>();
  const edited = overlay(workspace, edits);
  let remaining = checkWorkspace(edited, rules);
  for (let round = 0; round < MOST_ROUNDS; round++) {
    const next = remaining.filter((finding) => finding.mend !== undefined && isWanted(finding) && !mended.has(identify(finding)));
    const helped = next.filter((finding) => applyMend(edited, edits, finding));
    if (helped.length === 0) break;
    for (const finding of helped) mended.set(identify(finding), finding);
    remaining = checkWorkspace(edited, rules);
  }
  for (const [path, text] of edits) if (workspace.read(path) === text) edits.delete(path);
  const open = new Set(remaining.map(identify));
  return { edits, mended: [...mended.values()].filter((finding) => !open.has(identify(finding))), remaining };
}

/** @returns whether anything was edited; a file that no edit fits is left to a person */
function applyMend(workspace: RuleWorkspace, edits: Map<string, string | undefined>, { mend }: Finding): boolean {
  try {
    const changes = (mend?.files ?? []).map(({ path, edit }) => ({ path, before: workspace.read(path), after: edit(workspace.read(path)) }));
    const real = changes.filter(({ before, after }) => before !== after);
    for (const { path, after } of real) edits.set(path, after);
    return real.length > 0;
  } catch (error) {
    if (error instanceof OoneexNxError) return false;
    throw error;
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
