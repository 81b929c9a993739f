import type { MendPlan } from "../../../workspace/rules/mend.js";
import { describeIgnored, type IgnoredFile } from "../../mended-files.js";
import type { Finding } from "../../../workspace/rules/rule.js";

/** How many findings of each severity there are. */
export interface FindingCount {
  readonly errors: number;
  readonly warnings: number;
}

/** Counts findings by their severity. */
export function countFindings(findings: readonly Finding[]): FindingCount {
  const errors = findings.filter(({ severity }) => severity === "error").length;
  return { errors, warnings: findings.length - errors };
}

/** Says a count in words: `2 errors, 1 warning`. */
export function describeCount({ errors, warnings }: FindingCount): string {
  const say = (count: number, word: string): string[] => (count === 0 ? [] : [`${count} ${word}${count === 1 ? "" : "s"}`]);
  return [...say(errors, "error"), ...say(warnings, "warning")].join(", ") || "nothing to mend";
}

/** What was mended, what of it no commit holds, and what is left, for a person: grouped by file, each with what mends it. */
export function renderText({ mended, remaining }: Pick<MendPlan, "mended" | "remaining">, ignored: readonly IgnoredFile[] = []): string {
  const groups = groupByFile(remaining);
  const lines = [...mended.map(({ rule, what }) => `mended ${rule}: ${what}`), ...describeIgnored(ignored)];
  for (const [file, findings] of groups) {
    lines.push("", file);
    for (const { rule, severity, what, where, remedy } of findings) {
      const line = where.slice(file.length + 1);
      lines.push(`  ${severity} ${rule}${line === "" ? "" : `, line ${line}`}: ${what}`, `    ${remedy}`);
    }
  }
  return [...lines, "", describeCount(countFindings(remaining))].join("\n");
}

/**
 * What was mended and what is left, for a program. Within version 1 keys are only added.
 *
 * @returns a JSON document with a line break at its end
 */
export function renderJson({ mended, remaining }: Pick<MendPlan, "mended" | "remaining">, ignored: readonly IgnoredFile[] = []): string {
  const document = { version: 1, ...countFindings(remaining), findings: remaining.map(describeFinding), mended: mended.map(describeFinding), ignored };
  return `${JSON.stringify(document, null, 2)}\n`;
}

function describeFinding({ rule, severity, what, where, remedy, mend }: Finding): object {
  return { rule, severity, what, where, remedy, mendable: mend !== undefined, mendedBy: mend?.by ?? "hand" };
}

function groupByFile(findings: readonly Finding[]): Map<string, Finding[]> {
  const groups = new Map<string, Finding[]>();
  for (const finding of findings) groups.set(readFile(finding), [...(groups.get(readFile(finding)) ?? []), finding]);
  return groups;
}

function readFile({ where }: Finding): string {
  return where.replace(/:\d+$/, "");
}
