import { OoneexNxError } from "../../../errors.js";
import type { Finding } from "../../../workspace/rules/rule.js";
import { RULES } from "../../../workspace/rules/rules.js";
import type { DoctorOptions } from "../schema.js";

/**
 * Reads which findings are to be mended.
 *
 * @returns `undefined` where none is
 * @throws OoneexNxError `RULE_UNKNOWN`, and `RULE_NOT_MENDABLE` for one that only a person mends
 */
export function resolveSelection(fix: DoctorOptions["fix"]): ((finding: Finding) => boolean) | undefined {
  if (fix === undefined || fix === false || fix === "false") return undefined;
  if (fix === true || fix === "" || fix === "true") return () => true;
  const ids = (typeof fix === "string" ? [fix] : fix).flatMap((value) => value.split(",")).map((id) => id.trim());
  for (const id of ids) requireMendable(id);
  return ({ rule }) => ids.includes(rule);
}

function requireMendable(id: string): void {
  const rule = RULES.find((known) => known.id === id);
  const mendable = RULES.filter(({ mendedBy }) => mendedBy !== "hand").map((known) => known.id);
  if (rule !== undefined && rule.mendedBy !== "hand") return;
  throw new OoneexNxError({
    code: rule === undefined ? "RULE_UNKNOWN" : "RULE_NOT_MENDABLE",
    what: rule === undefined ? `there is no rule ${JSON.stringify(id)}` : `what ${id} finds takes a person to mend`,
    where: "--fix",
    remedy: `name one of ${mendable.join(", ")}`,
  });
}
