import type { Tree } from "@nx/devkit";
import { OoneexNxError } from "../../errors.js";
import { planMend } from "../../workspace/rules/mend.js";
import { FILE_INVALID, SYNC_RULES } from "../../workspace/rules/rules.js";
import { readRuleWorkspace } from "../doctor/lib/rule-workspace.js";

/** What Nx says of a workspace that is out of step; the same as `SyncGeneratorResult` of its newer versions. */
export interface SyncResult {
  readonly outOfSyncMessage: string;
  readonly outOfSyncDetails: string[];
}

/**
 * Mends what takes no judgement, for `nx sync`, and for `nx sync:check`, which throws the edits away. What takes judgement is
 * the doctor's to tell.
 *
 * @returns nothing where everything is in step
 * @throws OoneexNxError `SYNC_BLOCKED` where a file has to be mended first
 */
export function syncGenerator(tree: Tree): SyncResult | undefined {
  const { edits, mended, remaining } = planMend(readRuleWorkspace(tree), SYNC_RULES, ({ mend }) => mend?.by === "sync");
  const invalid = remaining.find(({ rule }) => rule === FILE_INVALID.id);
  if (invalid !== undefined) throw new OoneexNxError({ ...invalid, code: "SYNC_BLOCKED" });
  for (const [path, text] of edits) {
    if (text === undefined) tree.delete(path);
    else tree.write(path, text);
  }
  if (edits.size === 0) return undefined;
  return {
    outOfSyncMessage: `The wiring of the services is out of step in ${[...edits.keys()].join(", ")}.`,
    outOfSyncDetails: mended.map(({ rule, what, where }) => `${where}: ${what} (${rule})`),
  };
}

export default syncGenerator;
