/** A top-level `type:` on a line of its own, which is how every manifest is written that a command made. */
const PLAIN_TYPE = /^type:[ \t]*(?:"([\w-]+)"|'([\w-]+)'|([A-Za-z][\w-]*))[ \t]*(?:#.*)?\r?$/m;

/**
 * Reads a module's kind from a manifest that is written plainly. The graph reads each manifest on each Nx command, so what
 * this matches never pays for a YAML parser, which is why it stands in a file of its own.
 *
 * @returns `undefined` where it takes a parser to tell
 */
export function readPlainType(text: string): string | undefined {
  const match = PLAIN_TYPE.exec(text);
  return match?.[1] ?? match?.[2] ?? match?.[3];
}
