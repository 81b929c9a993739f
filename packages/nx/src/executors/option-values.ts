import { OoneexNxError } from "../errors.js";

/** One value or several, as a command line gives them: `--secrets=a` is one text, `--secrets=a --secrets=b` a list. */
export type OneOrMore = string | readonly string[];

/**
 * Names with values: a map, or `NAME=value` once or several times. A map may be nested, since Nx reads
 * `--labels.org.example=1` as one, and may hold numbers, since Nx turns what looks like one into one.
 */
export type Assignments = OneOrMore | AssignmentMap;

interface AssignmentMap {
  readonly [name: string]: string | number | boolean | AssignmentMap;
}

/** Reads a list whose entries may hold commas, at which Nx splits the one text of an option that is only a list. */
export function readList(given: OneOrMore | undefined): readonly string[] {
  return given === undefined ? [] : [given].flat();
}

/**
 * Reads names with values into one flat map, the names of nested maps joined by dots.
 *
 * @param option - name of the option, for the error
 * @throws OoneexNxError `ASSIGNMENT_ILLEGAL` where a text is not `NAME=value`
 */
export function readAssignments(given: Assignments | undefined, option: string): Record<string, string> {
  if (typeof given === "object" && !isList(given)) return Object.fromEntries(flatten(given));
  return Object.fromEntries(readList(given).map((text) => splitAssignment(text, option)));
}

/** `Array.isArray` does not tell a list that cannot be changed from other objects. */
function isList(given: readonly string[] | AssignmentMap): given is readonly string[] {
  return Array.isArray(given);
}

function flatten(map: AssignmentMap, prefix = ""): [string, string][] {
  return Object.entries(map).flatMap(([name, value]): [string, string][] =>
    typeof value === "object" ? flatten(value, `${prefix}${name}.`) : [[`${prefix}${name}`, String(value)]],
  );
}

/** A year, in seconds. */
const LONGEST = 31_536_000;

/**
 * Reads a length of time. Nx checks neither that it is whole nor that it is not negative, and options of another target not at all.
 *
 * @param seconds - what an option says
 * @param option - name of the option, for the error
 * @returns it as it is
 * @throws OoneexNxError `SECONDS_ILLEGAL`
 */
export function readSeconds(seconds: unknown, option: string): number {
  if (typeof seconds === "number" && Number.isInteger(seconds) && seconds >= 0 && seconds <= LONGEST) return seconds;
  throw new OoneexNxError({
    code: "SECONDS_ILLEGAL",
    what: `${JSON.stringify(seconds)} is no number of seconds`,
    where: option,
    remedy: "write a whole number that is not negative, such as 600",
  });
}

/**
 * Reads a bound, of which 0 is none, as {@link readSeconds} does.
 *
 * @returns milliseconds; `undefined` for none
 */
export function readBound(seconds: unknown, option: string): number | undefined {
  const bound = readSeconds(seconds, option);
  return bound === 0 ? undefined : bound * 1_000;
}

function splitAssignment(text: string, option: string): [string, string] {
  const [, name, value] = /^([^=]+)=(.*)$/s.exec(text) ?? [];
  if (name !== undefined && value !== undefined) return [name, value];
  throw new OoneexNxError({
    code: "ASSIGNMENT_ILLEGAL",
    what: `${JSON.stringify(text)} is not a name with a value`,
    where: option,
    remedy: "write NAME=value",
  });
}
