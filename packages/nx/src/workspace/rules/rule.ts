import type { RuleFacts } from "./facts.js";

/** `error` ends the doctor's run with an exit code that is not 0; `warning` is said and no more. */
export type Severity = "error" | "warning";

/** One file's part of a mend. Pure: text in, text out, `undefined` where there is no file, or is to be none. */
export interface FileMend {
  /** Workspace-relative path. */
  readonly path: string;
  readonly edit: (text: string | undefined) => string | undefined;
}

/** How a finding is mended. */
export interface Mend {
  /**
   * `sync` takes no judgement and is done by `nx sync`; `fix` is done where a person asks for that rule. Nx's daemon keeps what
   * a sync generator wrote until a file changes that git has, so a sync of any other file could undo its owner's edit.
   */
  readonly by: "sync" | "fix";
  readonly files: readonly FileMend[];
}

/** What a rule finds, before it is known which rule it was. */
export interface Report {
  /** What is wrong. */
  readonly what: string;
  /** Workspace-relative path of the file that it is about. */
  readonly path: string;
  /** Line in that file, from 1. */
  readonly line?: number | undefined;
  /** Default: the rule's. */
  readonly severity?: Severity | undefined;
  /** The edit that mends it. Default: the command that carries `mend` out. */
  readonly remedy?: string | undefined;
  readonly mend?: Mend | undefined;
}

/** One thing that must hold in a workspace. */
export interface Rule {
  /** Stable, in kebab-case. */
  readonly id: string;
  /** What it finds, as a noun phrase without a full stop: a cell of the table in docs/doctor.md. */
  readonly finds: string;
  readonly severity: Severity;
  /** Where it is the other severity, for the table: `warning in …`. */
  readonly exception?: string;
  /** Who mends it at best: `nx sync`, the doctor's `--fix`, or a person. */
  readonly mendedBy: "sync" | "fix" | "hand";
  /** @throws OoneexNxError where a file that it reads cannot be parsed */
  readonly check: (facts: RuleFacts) => readonly Report[];
}

/** What is wrong in one place of a workspace. */
export interface Finding {
  /** Id of the rule. */
  readonly rule: string;
  readonly severity: Severity;
  readonly what: string;
  /** `file` or `file:line`, workspace-relative. */
  readonly where: string;
  /** The command or the edit that mends it. */
  readonly remedy: string;
  readonly mend: Mend | undefined;
}
