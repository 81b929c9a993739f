import { isMap, isScalar, type Node } from "yaml";
import { flattenEnv, nameVariable, unsetEnvVariable } from "../env-yml.js";
import { applyEdits, readLineNumber, type SourceRange } from "../source-text.js";
import { parseYaml } from "../yaml-source.js";

/** A scalar of a YAML file: where it stands, and the keys that lead to it. */
interface Scalar extends SourceRange {
  readonly keys: readonly string[];
}

/** The line, from 1, in which a piece of text first stands; `undefined` where it does not. */
export function findLine(text: string | undefined, piece: string | RegExp): number | undefined {
  const offset = typeof piece === "string" ? (text ?? "").indexOf(piece) : (text ?? "").search(piece);
  return text === undefined || offset === -1 ? undefined : readLineNumber(text, offset);
}

/** The line of a variable in a `.env.yml`; of two paths to it the last, which counts. */
export function findVariableLine(text: string, variable: string, file: string): number | undefined {
  const found = findVariable(text, variable, file);
  return found && readLineNumber(text, found.start);
}

/**
 * Gives a variable that a `.env.yml` has another value, in its place.
 *
 * @returns the same text where the file has no such variable, or another path to it decides
 * @throws OoneexNxError `ENV_YML_INVALID`
 */
export function replaceVariable(text: string, variable: string, value: string | number, file: string): string {
  const found = findVariable(text, variable, file);
  if (found === undefined) return text;
  const space = found.start === found.end ? " " : "";
  const edited = applyEdits(text, [{ ...found, text: space + JSON.stringify(value) }]);
  return flattenEnv(edited, file).get(variable) === String(value) ? edited : text;
}

/** Gives a top-level key of a manifest another number; the same text where it has no such key. */
export function replaceNumber(text: string, key: string, value: number, file: string): string {
  const found = listScalars(text, file, "MANIFEST").findLast(({ keys }) => keys.length === 1 && keys[0] === key);
  return found === undefined ? text : applyEdits(text, [{ ...found, text: String(value) }]);
}

/** The variables that a `.env.yml` has a path for, those without a value included. */
export function listVariables(text: string, file: string): string[] {
  return listScalars(text, file, "ENV_YML").map(({ keys }) => nameVariable(keys));
}

/**
 * Takes a variable's path out, be it that it has a value or none, with the parents that it leaves empty.
 *
 * @throws OoneexNxError `ENV_YML_INVALID`, and `ENV_YML_UNSUPPORTED` where no edit takes this one out and nothing else
 */
export function dropVariable(text: string, variable: string, file: string): string {
  // What has no value is no variable, and only a variable can be taken out.
  return unsetEnvVariable(replaceVariable(text, variable, "x", file), variable, file);
}

function findVariable(text: string, variable: string, file: string): Scalar | undefined {
  return listScalars(text, file, "ENV_YML").findLast(({ keys }) => nameVariable(keys) === variable);
}

function listScalars(text: string, path: string, code: string): Scalar[] {
  return walk(parseYaml(text, { code, path }).root, []);
}

function walk(node: Node | null, keys: readonly string[]): Scalar[] {
  if (!isMap(node)) return [];
  return node.items.flatMap(({ key, value }) => {
    if (!isScalar(key)) return [];
    const path = [...keys, String(key.value)];
    if (isMap(value)) return walk(value, path);
    const range = isScalar(value) ? value.range : undefined;
    return range ? [{ keys: path, start: range[0], end: range[1] }] : [];
  });
}
