import type { Rule } from "../../../workspace/rules/rule.js";
import { RULES } from "../../../workspace/rules/rules.js";

/** What the framework's command leaves behind, by the rule that finds it; with what mending it is called in a commit. */
const SUBJECTS: ReadonlyMap<string, string> = new Map([
  ["file-invalid", "repair a file of the wiring"],
  ["service-undeclared", "declare every service to the app"],
  ["declared-but-missing", "declare no service that is gone"],
  ["declaration-unsound", "declare each service once, by a variable of its own"],
  ["service-incomplete", "complete the files of a service"],
  ["port-duplicate", "give each service a port of its own"],
  ["port-missing", "keep the ports of services where a clone has them"],
  ["port-mismatch", "name one port for each service"],
  ["env-key-unmatched", "name the variables of services as app.yml does"],
  ["url-missing", "give the app the address of each service"],
  ["url-mismatch", "point the app at the ports of its services"],
  ["url-leftover", "drop the addresses of services that are gone"],
  ["section-empty", "drop empty sections of services that are gone"],
  ["alias-missing", "give each module its path alias"],
  ["alias-leftover", "drop path aliases of modules that are gone"],
  ["scope-missing", "list each service among the commit scopes"],
  ["dockerfile-missing", "give each service a Dockerfile"],
  ["dockerfile-broken", "replace Dockerfiles that cannot build"],
  ["pipeline-leftover", "drop pipelines of services that are gone"],
  ["pipeline-per-service", "drop pipelines that the one for all services replaces"],
  ["database-shared", "give each service a database of its own"],
]);

/** The rules by which the framework's command leaves something to mend, in the order in which it is best mended. */
export const ADOPTED_RULES: readonly Rule[] = RULES.filter(({ id }) => SUBJECTS.has(id));

/** The ids of those that can be mended without a person. */
export const MENDABLE_RULES: readonly string[] = ADOPTED_RULES.filter(({ mendedBy }) => mendedBy !== "hand").map(({ id }) => id);

/** What mending a rule is called, as a conventional commit. It has no scope, which a workspace may not list. */
export function readSubject(rule: string): string {
  return `fix: ${SUBJECTS.get(rule) ?? rule}`;
}
