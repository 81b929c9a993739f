/** What an {@link OoneexNxError} is made of. Each part is one sentence or one place, without a line break at its end. */
export interface OoneexNxErrorParts {
  /** Stable id for programs and for the docs, in upper snake case, such as `PORT_TAKEN`. */
  readonly code: string;
  /** What is wrong. */
  readonly what: string;
  /** Workspace-relative file (with `:line` where it is known), option or target that it is about. */
  readonly where?: string | undefined;
  /** The command or the edit that mends it. */
  readonly remedy?: string | undefined;
}

/**
 * The one error type for a mistake that its user can mend. The message holds all of it and reads well without a stack.
 *
 * @example
 * ```
 * PORT_TAKEN: port 3001 already belongs to notifications
 *   where:  --port
 *   remedy: leave out --port to get the next free one, 3003
 * ```
 */
export class OoneexNxError extends Error {
  public readonly code: string;
  public readonly what: string;
  public readonly where: string | undefined;
  public readonly remedy: string | undefined;

  public constructor(parts: OoneexNxErrorParts, options?: ErrorOptions) {
    super(formatError(parts), options);
    this.name = "OoneexNxError";
    this.code = parts.code;
    this.what = parts.what;
    this.where = parts.where;
    this.remedy = parts.remedy;
  }
}

function formatError(parts: OoneexNxErrorParts): string {
  const lines = [`${parts.code}: ${parts.what}`];
  if (parts.where !== undefined) lines.push(`  where:  ${parts.where}`);
  if (parts.remedy !== undefined) lines.push(`  remedy: ${parts.remedy}`);
  return lines.join("\n");
}
