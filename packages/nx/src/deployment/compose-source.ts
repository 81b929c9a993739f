import { isMap, isScalar, isSeq, type Node, type Scalar, type YAMLMap } from "yaml";
import { OoneexNxError } from "../errors.js";
import { findPair, resolveAlias, tokenOf, type YamlEntry } from "../workspace/yaml-entry.js";
import { parseYaml, type YamlSource } from "../workspace/yaml-source.js";

/** A variable of a block's environment, in a map or in a list. */
export interface EnvironmentValue {
  readonly value: string;
  /** Offsets of the scalar that holds it; `undefined` where other blocks share it. */
  readonly range: readonly [start: number, end: number] | undefined;
  /** As the file quotes it. */
  readonly type: Scalar["type"];
  /** Whether the scalar is `NAME=value`. */
  readonly isItem: boolean;
  /** The pair or the item. */
  readonly entry: YamlEntry | undefined;
}

/**
 * Parses a compose file.
 *
 * @throws OoneexNxError `COMPOSE_INVALID` with the line, for a file that is not YAML or not a map
 */
export function parseCompose(text: string, path: string): YamlSource {
  return parseYaml(text, { code: "COMPOSE", path });
}

/** What a compose file has at its top, besides what begins with `x-` (https://github.com/compose-spec/compose-spec). */
const TOP = new Set(["version", "name", "include", "services", "networks", "volumes", "configs", "secrets", "models"]);

/**
 * Requires a file to be one that compose takes, as opposed to one of its first generation or of another program.
 *
 * @throws OoneexNxError `COMPOSE_UNSUPPORTED` with the line of the first key that compose does not know
 */
export function requireKeys(source: YamlSource): void {
  for (const { key } of isMap(source.root) ? source.root.items : []) {
    const name = isScalar(key) ? String(key.value) : "";
    if (TOP.has(name) || name.startsWith("x-") || name === "<<") continue;
    const line = source.text.slice(0, (isScalar(key) ? key.range?.[0] : undefined) ?? 0).split("\n").length;
    throw new OoneexNxError({
      code: "COMPOSE_UNSUPPORTED",
      what: `compose knows no ${JSON.stringify(name)} at the top of a file`,
      where: `${source.file.path}:${line}`,
      remedy: "write services below a key services, or have another file written with --file",
    });
  }
}

/** The map under a path of keys, followed through aliases; `undefined` where there is none. */
export function mapAt(source: YamlSource, ...path: readonly string[]): YAMLMap | undefined {
  const node = nodeAt(source, ...path);
  return isMap(node) ? node : undefined;
}

/** The node under a path of keys, followed through aliases; `undefined` where there is no such key. */
export function nodeAt(source: YamlSource, ...path: readonly string[]): Node | null | undefined {
  let node: Node | null | undefined = source.root;
  for (const key of path) {
    if (!isMap(node)) return undefined;
    const found = findPair(source, node, key);
    if (found === undefined) return undefined;
    node = resolveAlias(source, found.value);
  }
  return node;
}

/** Names of the keys of a section, such as `services`, in their order. */
export function keysOf(source: YamlSource, section: string): string[] {
  return (mapAt(source, section)?.items ?? []).flatMap(({ key }) =>
    isScalar(key) && typeof key.value === "string" && key.source !== "<<" ? [key.value] : [],
  );
}

/** Text of a scalar under a path; `undefined` for anything else. */
export function scalarAt(source: YamlSource, ...path: readonly string[]): string | undefined {
  const node = nodeAt(source, ...path);
  return isScalar(node) && node.value !== null ? spell(node) : undefined;
}

/** The variables of a service's environment, by name. Compose takes a map and a list of `NAME=value` alike. */
export function environmentOf(source: YamlSource, service: string): Map<string, EnvironmentValue> {
  const environment = nodeAt(source, "services", service, "environment");
  const variables = new Map<string, EnvironmentValue>();
  if (isMap(environment)) {
    for (const { key } of environment.items) {
      const name = isScalar(key) ? String(key.value) : "";
      const found = findPair(source, environment, name);
      if (found === undefined) continue;
      const value = resolveAlias(source, found.value);
      if (!isScalar(value)) continue;
      const isOwn = value === found.value && found.entry.container === tokenOf(environment);
      variables.set(name, { ...describe(value, isOwn), value: spell(value), isItem: false, entry: found.entry });
    }
  } else if (isSeq(environment)) {
    for (const item of environment.items) {
      const [, name, value] = /^([^=]+)=(.*)$/s.exec(isScalar(item) ? spell(item) : "") ?? [];
      if (!isScalar(item) || name === undefined || value === undefined) continue;
      variables.set(name, { ...describe(item, true), value, isItem: true, entry: undefined });
    }
  }
  return variables;
}

function describe(scalar: Scalar, isOwn: boolean): Pick<EnvironmentValue, "range" | "type"> {
  const range = scalar.range;
  return { type: scalar.type, range: isOwn && range ? [range[0], range[1]] : undefined };
}

function spell({ value }: Scalar): string {
  return (value as string | number | boolean | null)?.toString() ?? "";
}
