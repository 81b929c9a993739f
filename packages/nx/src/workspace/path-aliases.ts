import type { Node } from "jsonc-parser";
import { OoneexNxError } from "../errors.js";
import { findProperty, findValue, parseJsonc } from "./jsonc-document.js";
import {
  fillList,
  insertItem,
  isEmptyOverLines,
  listEmptied,
  readItemIndent,
  removeItem,
  type SourceList,
} from "./source-list.js";
import { readIndent, readIndentStep, readLineEnding, readLineNumber } from "./source-text.js";

/** Where the aliases stand in a tsconfig.json, from the outside in. */
const PLACE = ["compilerOptions", "paths"] as const;

/** How the text around an alias is written. */
interface Style {
  readonly colon: string;
  readonly gap: string;
  readonly step: string;
  readonly eol: string;
}

/**
 * Reads the path aliases of a tsconfig.json: `@module/billing/*` → `["./modules/billing/src/*"]`.
 *
 * @param text - the file's text
 * @param file - workspace-relative path, for the error
 * @throws OoneexNxError `JSON_INVALID`
 */
export function readPathAliases(text: string, file = "tsconfig.json"): Map<string, string[]> {
  const paths = findValue(findValue(parseJsonc(text, file), PLACE[0]), PLACE[1]);
  const aliases = new Map<string, string[]>();
  for (const { children } of paths?.type === "object" ? (paths.children ?? []) : []) {
    const [key, value] = children ?? [];
    const targets = value?.type === "array" ? (value.children ?? []).map((target) => target.value as unknown) : [];
    aliases.set(
      key?.value as string,
      targets.filter((target) => typeof target === "string"),
    );
  }
  return aliases;
}

/**
 * Adds a path alias to a tsconfig.json, behind the others and written as they are. {@link removePathAlias} is the exact
 * inverse, also where `paths` or `compilerOptions` is missing or empty.
 *
 * @param text - the file's text
 * @param key - the alias, such as `@module/billing/*`
 * @param target - where it leads, such as `./modules/billing/src/*`
 * @param file - workspace-relative path, for the error
 * @returns the original text where the alias is there already, wherever it leads
 * @throws OoneexNxError `JSON_INVALID`, or `TSCONFIG_INVALID` where something else than an object holds the aliases
 */
export function addPathAlias(text: string, key: string, target: string, file: string): string {
  const objects = readObjects(text, file);
  const object = objects[objects.length - 1] as Node;
  const names = PLACE.slice(objects.length - 1);
  if (names.length === 0 && findProperty(object, key) !== undefined) return text;

  const style = readStyle(text, objects[0] as Node);
  const list = readList(object);
  if (list.items.length === 0) {
    const indent = isEmptyOverLines(text, list.inside) ? readIndent(text, list.inside.end) + style.step : undefined;
    return fillList(text, list.inside, buildEntry(names, key, target, style, indent), style.step);
  }
  const entry =
    (names.length === 0 ? copyEntry(text, object, key, target) : undefined) ??
    buildEntry(names, key, target, style, readItemIndent(text, list));
  return insertItem(text, list, list.items.length, entry, style.gap);
}

/**
 * Removes a path alias from a tsconfig.json, and with it whatever {@link addPathAlias} had to create around it.
 *
 * @param text - the file's text
 * @param key - the alias, such as `@module/billing/*`
 * @param file - workspace-relative path, for the error
 * @returns the original text where there is no such alias
 * @throws OoneexNxError `JSON_INVALID`, or `TSCONFIG_INVALID` where something else than an object holds the aliases
 */
export function removePathAlias(text: string, key: string, file: string): string {
  const objects = readObjects(text, file);
  const paths = objects[PLACE.length];
  const alias = paths === undefined ? undefined : findProperty(paths, key);
  if (paths === undefined || alias === undefined) return text;

  const plain = removeItem(text, readList(paths), (paths.children ?? []).indexOf(alias));
  const target: unknown = alias.children?.[1]?.children?.[0]?.value;
  if (typeof target !== "string") return plain;
  // Which of the texts the alias was added to follows from adding it again: no two of them give the same result.
  return listOrigins(text, objects).find((origin) => addPathAlias(origin, key, target, file) === text) ?? plain;
}

/** The texts that adding an alias can have made this one from, if the alias is alone in `paths`. */
function listOrigins(text: string, objects: readonly Node[]): string[] {
  const origins: string[] = [];
  for (let depth = objects.length - 1; depth >= 0; depth--) {
    const list = readList(objects[depth] as Node);
    if (list.items.length > 1) {
      const child = objects[depth + 1]?.parent;
      if (child !== undefined) origins.push(removeItem(text, list, (child.parent?.children ?? []).indexOf(child)));
      break;
    }
    origins.push(...listEmptied(text, list));
  }
  return origins;
}

/** The objects on the way to the aliases, as far as they exist: the root, `compilerOptions`, `paths`. */
function readObjects(text: string, file: string): Node[] {
  const objects = [parseJsonc(text, file)];
  for (const name of ["", ...PLACE]) {
    const object = objects.at(-1) as Node;
    const value = name === "" ? object : findValue(object, name);
    if (value === undefined) break;
    if (value.type !== "object") {
      throw new OoneexNxError({
        code: "TSCONFIG_INVALID",
        what: `${name === "" ? "the file" : name} is no object, so no path alias can stand in it`,
        where: `${file}:${readLineNumber(text, value.offset)}`,
        remedy: `write ${name === "" ? "" : `"${name}": `}{} there and run the command again`,
      });
    }
    if (name !== "") objects.push(value);
  }
  return objects;
}

function readList(object: Node): SourceList {
  return {
    inside: { start: object.offset + 1, end: object.offset + object.length - 1 },
    items: (object.children ?? []).map(({ offset, length }) => ({ start: offset, end: offset + length })),
  };
}

/** Minified files have no blank after a colon; the first one tells. */
function readStyle(text: string, root: Node): Style {
  const [key, value] = root.children?.[0]?.children ?? [];
  const minified = key !== undefined && value !== undefined && value.offset - key.offset - key.length === 1;
  return {
    colon: minified ? ":" : ": ",
    gap: minified ? "" : " ",
    step: readIndentStep(text),
    eol: readLineEnding(text),
  };
}

/** The alias as a property, within the objects that are missing around it. */
function buildEntry(
  names: readonly string[],
  key: string,
  target: string,
  style: Style,
  indent: string | undefined,
): string {
  const [name, ...rest] = names;
  if (name === undefined) return `${JSON.stringify(key)}${style.colon}[${JSON.stringify(target)}]`;
  const inner = indent === undefined ? undefined : indent + style.step;
  const entry = buildEntry(rest, key, target, style, inner);
  const body = inner === undefined ? entry : `${style.eol}${inner}${entry}${style.eol}${indent}`;
  return `${JSON.stringify(name)}${style.colon}{${body}}`;
}

/** The alias written as the last of the others that lead to one target, its blanks and line breaks included. */
function copyEntry(text: string, paths: Node, key: string, target: string): string | undefined {
  for (const { children } of (paths.children ?? []).toReversed()) {
    const [otherKey, value] = children ?? [];
    const [otherTarget, ...more] = value?.type === "array" ? (value.children ?? []) : [];
    if (otherKey === undefined || value === undefined || otherTarget === undefined || more.length > 0) continue;
    const opening = text.slice(otherKey.offset + otherKey.length, otherTarget.offset);
    const closing = text.slice(otherTarget.offset + otherTarget.length, value.offset + value.length);
    if (opening.includes("/") || closing.includes("/")) continue;
    return `${JSON.stringify(key)}${opening}${JSON.stringify(target)}${closing}`;
  }
  return undefined;
}
