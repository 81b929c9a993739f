import type { MendPlan } from "../../../workspace/rules/mend.js";
import type { Finding, Rule } from "../../../workspace/rules/rule.js";
import { type ChangedFiles, describeIgnored } from "../../mended-files.js";
import { countFindings, describeCount } from "../../doctor/lib/report.js";
import { readSubject } from "./adopted-rules.js";

const COMMAND = "nx g @ooneex/nx:adopt";

/** What is found, for a person: one block a rule, with the command that mends it, which is one change to review. */
export function renderFindings(rules: readonly Rule[], findings: readonly Finding[]): string {
  const blocks = rules.flatMap((rule): string[] => {
    const found = findings.filter((finding) => finding.rule === rule.id);
    if (found.length === 0) return [];
    const lines = found.flatMap(({ where, what, remedy, mend }) => [`  ${where}  ${what}`, ...(mend === undefined ? [`    by hand: ${remedy}`] : [])]);
    const command = found.some(({ mend }) => mend !== undefined) ? [`  mend it: ${COMMAND} --mend=${rule.id}`] : [];
    return [`${rule.id}: ${rule.finds}`, ...lines, ...command, ""];
  });
  return [...blocks, describeCount(countFindings(findings))].join("\n");
}

/** What was mended, with the commit that holds it and nothing else, and how much is left. */
export function renderMend(rule: string, { mended, remaining }: Pick<MendPlan, "mended" | "remaining">, { committed, ignored }: ChangedFiles): string {
  const lines = mended.map(({ where, what }) => `mended ${rule}: ${where}  ${what}`);
  if (lines.length === 0) lines.push(`${rule} finds nothing that can be mended without a person`);
  if (committed !== undefined && committed.length > 0) {
    const files = committed.map(quote).join(" ");
    lines.push("", "To commit it, and nothing else:", `  git add -- ${files} && git commit -m "${readSubject(rule)}" -- ${files}`);
  }
  lines.push(...describeIgnored(ignored));
  const left = describeCount(countFindings(remaining));
  return [...lines, "", remaining.length === 0 ? left : `${left} left: ${COMMAND}`].join("\n");
}

/** As a word for a shell. */
function quote(path: string): string {
  return /^[\w./@-]+$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`;
}
