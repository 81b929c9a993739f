import type { Flag, Instruction } from "dockerfile-ast";

/** The flags of an instruction, which its arguments do not hold, such as `--from=deps`. */
export function readFlags(instruction: Instruction): string[] {
  const flags = "getFlags" in instruction ? (instruction.getFlags as () => Flag[]).call(instruction) : [];
  return flags.map((flag) => `--${flag.getName()}${flag.getValue() === null ? "" : `=${flag.getValue()}`}`);
}
