import { type GeneratorCallback, logger, type Tree } from "@nx/devkit";
import { OoneexNxError } from "../../errors.js";
import { planMend } from "../../workspace/rules/mend.js";
import type { Finding } from "../../workspace/rules/rule.js";
import { RULES } from "../../workspace/rules/rules.js";
import { atomic } from "../atomic/atomic.js";
import { sortChanges } from "../mended-files.js";
import { countFindings, describeCount, renderJson, renderText } from "./lib/report.js";
import { readRuleWorkspace } from "./lib/rule-workspace.js";
import { resolveSelection } from "./lib/selection.js";
import type { DoctorOptions } from "./schema.js";

/** What the doctor acts on besides the tree. */
export interface DoctorOutput {
  /** Prints a text that ends in a line break. */
  readonly write: (text: string) => void;
  /** Makes the process end with an exit code that is not 0. */
  readonly fail: () => void;
}

/**
 * Says what does not fit together in a workspace, and with `fix` mends what can be mended. Writes nothing without it.
 *
 * @throws OoneexNxError `DOCTOR_FOUND_ERRORS` where errors are left; with `fix` once the rest is written
 */
export function doctorGenerator(tree: Tree, options: DoctorOptions, output: DoctorOutput = PROCESS): GeneratorCallback {
  const isWanted = resolveSelection(options.fix);
  const workspace = readRuleWorkspace(tree);
  const plan = planMend(workspace, RULES, isWanted);
  const ignored = plan.edits.size === 0 ? [] : sortChanges(tree, workspace, plan).ignored;
  for (const [path, text] of plan.edits) {
    if (text === undefined) tree.delete(path);
    else tree.write(path, text);
  }
  if (options.json === true) {
    output.write(renderJson(plan, ignored));
    // Nx prints an error to the standard output as well, where a program reads the document.
    if (countFindings(plan.remaining).errors > 0) output.fail();
    return () => undefined;
  }
  logger.info(renderText(plan, ignored));
  const refuse = (): void => refuseErrors(plan.remaining);
  // Nx writes what was mended only after this returns.
  if (plan.edits.size === 0) refuse();
  return refuse;
}

export default atomic("doctor", (tree: Tree, options: DoctorOptions) => doctorGenerator(tree, options), ({ fix }) => resolveSelection(fix) === undefined);

const PROCESS: DoctorOutput = {
  write: (text) => void process.stdout.write(text),
  // Nx ends the process with code 0 when a generator returns, and the last word on the code is had here.
  fail: () =>
    process.once("exit", () => {
      process.exitCode = 1;
    }),
};

function refuseErrors(findings: readonly Finding[]): void {
  const count = countFindings(findings);
  if (count.errors === 0) return;
  throw new OoneexNxError({
    code: "DOCTOR_FOUND_ERRORS",
    what: describeCount(count),
    where: findings.find(({ severity }) => severity === "error")?.where,
    remedy: "run what stands below each finding above",
  });
}
