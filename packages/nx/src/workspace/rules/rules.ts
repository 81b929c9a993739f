import { OoneexNxError } from "../../errors.js";
import { addressLiteral } from "./address-literal.js";
import { addressPublic } from "./address-public.js";
import { aliasLeftover, aliasMissing } from "./aliases.js";
import { corsService, corsWildcard } from "./cors-wildcard.js";
import { declarationUnsound } from "./declaration-unsound.js";
import { declaredButMissing } from "./declared-but-missing.js";
import { deploymentOutdated } from "./deployment-outdated.js";
import { dockerfileBroken, dockerfileMissing, healthcheckMissing } from "./dockerfile-broken.js";
import { envKeyUnmatched } from "./env-key-unmatched.js";
import { readFacts, type RuleWorkspace } from "./facts.js";
import { internalImport } from "./internal-import.js";
import { pipelineOutdated } from "./pipeline-outdated.js";
import { pipelineLeftover, pipelinePerService } from "./pipelines.js";
import { portDuplicate } from "./port-duplicate.js";
import { portMismatch } from "./port-mismatch.js";
import { portMissing } from "./port-missing.js";
import { repositoryShared } from "./repository-shared.js";
import type { Finding, Report, Rule } from "./rule.js";
import { scopeMissing } from "./scope-missing.js";
import { secretTracked } from "./secret-tracked.js";
import { sectionEmpty } from "./section-empty.js";
import { serviceIncomplete } from "./service-incomplete.js";
import { serviceUndeclared } from "./service-undeclared.js";
import { stopUnhandled } from "./stop-unhandled.js";
import { databaseShared, redisShared } from "./store-shared.js";
import { tagMutable } from "./tag-mutable.js";
import { urlLeftover } from "./url-leftover.js";
import { urlLoopback } from "./url-loopback.js";
import { urlMismatch } from "./url-mismatch.js";
import { urlMissing } from "./url-missing.js";

/** Stands for every rule that a file keeps from reading the workspace. */
export const FILE_INVALID: Rule = {
  id: "file-invalid",
  finds: "a file of the wiring that cannot be read",
  severity: "error",
  mendedBy: "hand",
  check: () => [],
};

/** Every rule, in the order in which findings are told and mended. */
export const RULES: readonly Rule[] = [
  FILE_INVALID,
  serviceUndeclared,
  declaredButMissing,
  declarationUnsound,
  serviceIncomplete,
  portDuplicate,
  portMissing,
  portMismatch,
  envKeyUnmatched,
  urlMissing,
  urlMismatch,
  urlLoopback,
  urlLeftover,
  sectionEmpty,
  aliasMissing,
  aliasLeftover,
  scopeMissing,
  deploymentOutdated,
  dockerfileMissing,
  dockerfileBroken,
  healthcheckMissing,
  stopUnhandled,
  pipelineOutdated,
  pipelineLeftover,
  pipelinePerService,
  databaseShared,
  redisShared,
  corsWildcard,
  corsService,
  addressLiteral,
  internalImport,
  secretTracked,
  repositoryShared,
  tagMutable,
  addressPublic,
];

/** The rules of which `nx sync` mends some findings: none of them reads sources or asks git. */
export const SYNC_RULES: readonly Rule[] = RULES.filter(({ mendedBy }) => mendedBy === "sync");

/**
 * Checks a workspace. A file that cannot be parsed is a finding of `file-invalid`, once however many rules read it.
 *
 * @param rules - in the order in which their findings are wanted
 */
export function checkWorkspace(workspace: RuleWorkspace, rules: readonly Rule[] = RULES): Finding[] {
  const invalid = new Map<string, Finding>();
  const guard = <T>(read: () => T): T | undefined => {
    try {
      return read();
    } catch (error) {
      if (!(error instanceof OoneexNxError)) throw error;
      invalid.set(error.message, describeInvalid(error));
      return undefined;
    }
  };
  const facts = guard(() => readFacts(workspace));
  const findings = facts === undefined ? [] : rules.flatMap((rule) => (guard(() => rule.check(facts)) ?? []).map((report) => describe(rule, report)));
  return [...invalid.values(), ...findings];
}

function describe(rule: Rule, { what, path, line, severity, remedy, mend }: Report): Finding {
  const command = mend?.by === "sync" ? "nx sync" : `nx g @ooneex/nx:doctor --fix=${rule.id}`;
  return {
    rule: rule.id,
    severity: severity ?? rule.severity,
    what,
    where: line === undefined ? path : `${path}:${line}`,
    remedy: remedy ?? command,
    mend,
  };
}

function describeInvalid({ what, where, remedy }: OoneexNxError): Finding {
  return { rule: FILE_INVALID.id, severity: FILE_INVALID.severity, what, where: where ?? "", remedy: remedy ?? "mend the file", mend: undefined };
}
