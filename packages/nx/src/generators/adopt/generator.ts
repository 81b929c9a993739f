import { type GeneratorCallback, logger, type Tree } from "@nx/devkit";
import { OoneexNxError } from "../../errors.js";
import { planMend } from "../../workspace/rules/mend.js";
import { atomic } from "../atomic/atomic.js";
import { sortChanges } from "../mended-files.js";
import { isInteractive, type Terminal } from "../confirm-loss.js";
import { readRuleWorkspace } from "../doctor/lib/rule-workspace.js";
import { ADOPTED_RULES, MENDABLE_RULES } from "./lib/adopted-rules.js";
import { askRule } from "./lib/ask-rule.js";
import { renderFindings, renderMend } from "./lib/report.js";
import type { AdoptOptions } from "./schema.js";

/**
 * Lists what is broken in what the framework's command wrote, and mends the findings of one rule where that is asked for. It
 * finds and mends by the doctor's rules; the doctor knows more of them, and ends with an error where one finds something.
 *
 * @param terminal - where a person is asked which rule to mend
 * @throws OoneexNxError `RULE_UNKNOWN` for one that is not among those that can be mended
 */
export async function adoptGenerator(tree: Tree, options: AdoptOptions, terminal: Terminal = process): Promise<GeneratorCallback> {
  if (options.mend !== undefined) requireMendable(options.mend);
  const workspace = readRuleWorkspace(tree);
  const found = planMend(workspace, ADOPTED_RULES).remaining;
  if (options.mend === undefined) logger.info(renderFindings(ADOPTED_RULES, found));
  const mendable = new Set(found.flatMap(({ rule, mend }) => (mend === undefined ? [] : [rule])));
  const rule = options.mend ?? (await askRule([...mendable], terminal));
  if (rule === undefined) return () => undefined;
  const plan = planMend(workspace, ADOPTED_RULES, (finding) => finding.rule === rule);
  const changes = sortChanges(tree, workspace, plan);
  for (const [path, text] of plan.edits) {
    if (text === undefined) tree.delete(path);
    else tree.write(path, text);
  }
  // After Nx's own list of what was written.
  return () => logger.info(renderMend(rule, plan, changes));
}

export default atomic("adopt", (tree: Tree, options: Parameters<typeof adoptGenerator>[1]) => adoptGenerator(tree, options), ({ mend }) => mend === undefined && !isInteractive(process));

function requireMendable(rule: string): void {
  if (MENDABLE_RULES.includes(rule)) return;
  throw new OoneexNxError({
    code: "RULE_UNKNOWN",
    what: `${JSON.stringify(rule)} is no rule whose findings can be mended`,
    where: "--mend",
    remedy: `name one of ${MENDABLE_RULES.join(", ")}`,
  });
}
