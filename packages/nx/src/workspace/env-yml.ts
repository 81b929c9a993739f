import { isDeepStrictEqual } from "node:util";
import { isMap, isScalar, type Node, type YAMLMap } from "yaml";
import { OoneexNxError } from "../errors.js";
import { foundPair, isMergeKey, mergedMaps, resolveAlias, type YamlEntry } from "./yaml-entry.js";
import { insertEntry } from "./yaml-insert.js";
import { originalsOf, remaindersOf } from "./yaml-remove.js";
import { type Meaning, meaningOf, parseEdited, parseYaml, unsupported, type YamlSource } from "./yaml-source.js";

/** Where the app's variables may be, workspace-relative. The framework reads the first file that exists. */
const APP_ENV_FILES = ["modules/app/.env.yml", ".env.yml", "modules/shared/.env.yml"] as const;

const DEFAULT_FILE = APP_ENV_FILES[0];

/** Paths with a variable that is not their own spelling (the framework's documentation of `.env.yml`). */
const FIXED_NAMES: Readonly<Record<string, string>> = { "app.host": "HOST_NAME", "app.port": "PORT" };

/** A value of a `.env.yml`: the keys that lead to it, and the entries that hold one another, its own last. */
interface EnvLeaf {
  readonly keys: readonly unknown[];
  readonly chain: readonly YamlEntry[];
}

/**
 * Finds the app's env file.
 *
 * @param exists - tells of a workspace-relative path whether there is such a file
 */
export function resolveEnvFile(exists: (path: string) => boolean): string | undefined {
  return APP_ENV_FILES.find((path) => exists(path));
}

/**
 * Reads a `.env.yml` as the runtime does: each path to a value is one variable, its parts joined by `_` and in upper
 * case, but for the few with a fixed name. A list is its items joined by commas; null, an empty string and an empty list
 * give no variable. Of two paths to one variable the last counts.
 *
 * @param file - workspace-relative path, for the error
 * @throws OoneexNxError `ENV_YML_INVALID` with the line, for a file that is not YAML or not a map
 */
export function flattenEnv(text: string, file: string = DEFAULT_FILE): Map<string, string> {
  return flatten(parseEnv(text, file));
}

/**
 * Lists the variables that a `.env.yml` has a path for and no value.
 *
 * @param file - workspace-relative path, for the error
 * @throws OoneexNxError as {@link flattenEnv} does
 */
export function listEmptyVariables(text: string, file: string = DEFAULT_FILE): string[] {
  const source = parseEnv(text, file);
  const names: string[] = [];
  walkValues(meaningOf(source), [], (keys, value) => {
    if (value === "") names.push(nameVariable(keys));
  });
  const variables = flatten(source);
  return [...new Set(names)].filter((name) => !variables.has(name));
}

/**
 * Gives a variable a value, in double quotes, under a path that the runtime flattens to exactly this variable. A
 * top-level key takes it where the path cannot be added to, because an alias shares it or a value stands in its way.
 *
 * @param path - default: `microservice`, `<service>`, `url` for `MICROSERVICE_<SERVICE>_URL`, a top-level key for others
 * @param file - workspace-relative path, for the error
 * @returns the new content; the same one where the variable has a value, by whatever path
 * @throws OoneexNxError `ENV_YML_INVALID` for a file that has to be mended first, `ENV_YML_UNSUPPORTED` where no edit
 *   adds this variable and nothing else
 */
export function setEnvVariable(
  text: string,
  variable: string,
  value: string,
  path: readonly string[] = pathOf(variable),
  file: string = DEFAULT_FILE,
): string {
  const source = parseEnv(text, file);
  const variables = flatten(source);
  if (variables.has(variable)) return text;
  variables.set(variable, value);

  for (const candidate of [path, [variable.toLowerCase()]]) {
    const result = insertEntry(source, candidate, { kind: "text", value, plain: false });
    const edited = result === undefined ? undefined : parseEdited(source, result);
    const isRight =
      edited !== undefined &&
      isDeepStrictEqual(flatten(edited), variables) &&
      isDeepStrictEqual(meaningOf(edited), meaningWith(source, candidate, value));
    if (result !== undefined && isRight) return result;
  }
  throw unsupported(source, 0, `give ${variable} a value by hand`);
}

/**
 * Takes a variable out: the exact inverse of {@link setEnvVariable}. Only paths that flatten to exactly this variable
 * go, with the parents that they leave empty; comment lines stay.
 *
 * @param file - workspace-relative path, for the error
 * @returns the new content; the same one where the variable has no value
 * @throws OoneexNxError `ENV_YML_INVALID` for a file that has to be mended first, `ENV_YML_UNSUPPORTED` where no edit
 *   removes this variable and nothing else
 */
export function unsetEnvVariable(text: string, variable: string, file: string = DEFAULT_FILE): string {
  const source = parseEnv(text, file);
  const value = flatten(source).get(variable);
  if (value === undefined) return text;

  const leaves = isMap(source.root) ? leavesOf(source, source.root) : [];
  const leaf = leaves.find(({ keys }) => nameVariable(keys) === variable);
  const result =
    leaf &&
    (originalsOf(text, leaf.chain).find((original) => isOriginal(original, { variable, value, leaf, text, file })) ??
      remaindersOf(text, leaf.chain).find((rest) => isRemainder(source, leaf, rest)));
  if (result !== undefined) return unsetEnvVariable(result, variable, file);
  throw unsupported(source, leaf?.chain.at(-1)?.start ?? 0, `take ${variable} out by hand`);
}

function parseEnv(text: string, file: string): YamlSource {
  return parseYaml(text, { code: "ENV_YML", path: file });
}

/** `app.yml` names `MICROSERVICE_<SERVICE>_URL`, so the path starts with the singular. */
function pathOf(variable: string): readonly string[] {
  const service = /^MICROSERVICE_(.+)_URL$/.exec(variable)?.[1];
  return service === undefined ? [variable.toLowerCase()] : ["microservice", service.toLowerCase(), "url"];
}

/** What the runtime calls the variable of a path to a value, such as `["app", "port"]`. */
export function nameVariable(keys: readonly unknown[]): string {
  const path = keys.map(String).join(".");
  return (Object.hasOwn(FIXED_NAMES, path) ? FIXED_NAMES[path] : undefined) ?? path.replaceAll(".", "_").toUpperCase();
}

function flatten(source: YamlSource): Map<string, string> {
  const variables = new Map<string, string>();
  walkValues(meaningOf(source), [], (keys, value) => {
    if (value !== "") variables.set(nameVariable(keys), value);
  });
  return variables;
}

function walkValues(map: Meaning, parents: readonly unknown[], visit: (keys: readonly unknown[], value: string) => void): void {
  for (const [key, value] of map) {
    const keys = [...parents, key];
    if (value instanceof Map) walkValues(value, keys, visit);
    else visit(keys, spell(value));
  }
}

function spell(value: unknown): string {
  if (Array.isArray(value)) return value.join(",");
  return (value as string | number | boolean | null | undefined)?.toString() ?? "";
}

/** Pairs that give a variable, an alias's and a merged map's among them. */
function leavesOf(
  source: YamlSource,
  map: YAMLMap,
  parents: readonly unknown[] = [],
  chain: readonly YamlEntry[] = [],
): EnvLeaf[] {
  const own = map.items.filter((pair) => !isMergeKey(pair)).flatMap((pair) => {
    const found = foundPair(map, pair);
    const value = resolveAlias(source, pair.value as Node | null);
    const key = resolveAlias(source, pair.key as Node | null);
    if (found === undefined || !isScalar(key)) return [];
    const keys = [...parents, key.value];
    const entries = [...chain, found.entry];
    if (isMap(value)) return leavesOf(source, value, keys, value === pair.value ? entries : []);
    return spell(value?.toJS(source.document)) === "" ? [] : [{ keys, chain: entries }];
  });
  return [...own, ...mergedMaps(source, map).flatMap((merged) => leavesOf(source, merged, parents))];
}

/** What a text is compared with to tell whether a variable was added to it. */
interface Addition {
  readonly variable: string;
  readonly value: string;
  readonly leaf: EnvLeaf;
  readonly text: string;
  readonly file: string;
}

/** Whether setting the variable in one text gives the other. */
function isOriginal(original: string, { variable, value, leaf, text, file }: Addition): boolean {
  try {
    return setEnvVariable(original, variable, value, leaf.keys.map(String), file) === text;
  } catch (error) {
    if (error instanceof OoneexNxError) return false;
    throw error;
  }
}

/** Whether a text gives the same variables but one, and means the same but for parents that this one leaves empty. */
function isRemainder(source: YamlSource, { keys }: EnvLeaf, rest: string): boolean {
  const edited = parseEdited(source, rest);
  if (edited === undefined) return false;
  const [before, after] = [flatten(source), flatten(edited)];
  for (const variables of [before, after]) variables.delete(nameVariable(keys));
  const [expected, actual] = [meaningOf(source), meaningOf(edited)];
  removeKey(expected, keys);
  pruneKey(expected, keys);
  pruneKey(actual, keys);
  return isDeepStrictEqual(after, before) && isDeepStrictEqual(actual, expected);
}

function meaningWith(source: YamlSource, path: readonly string[], value: string): Meaning {
  const meaning = meaningOf(source);
  let map = meaning;
  for (const key of path.slice(0, -1)) {
    const found = map.get(key);
    const child: Meaning = found instanceof Map ? found : new Map();
    map.set(key, child);
    map = child;
  }
  map.set(path.at(-1), value);
  return meaning;
}

function removeKey(map: Meaning, [key, ...rest]: readonly unknown[]): void {
  const child = map.get(key);
  if (rest.length === 0) map.delete(key);
  else if (child instanceof Map) removeKey(child, rest);
}

/** Drops the maps along a path that hold nothing. */
function pruneKey(map: Meaning, [key, ...rest]: readonly unknown[]): void {
  const child = map.get(key);
  if (child instanceof Map) pruneKey(child, rest);
  if (child === null || (child instanceof Map && child.size === 0)) map.delete(key);
}
