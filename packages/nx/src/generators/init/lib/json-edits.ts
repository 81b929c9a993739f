import type { Node } from "jsonc-parser";
import { OoneexNxError } from "../../../errors.js";
import { findValue, parseJsonc } from "../../../workspace/jsonc-document.js";
import { insertItem, readItemIndent, type SourceList } from "../../../workspace/source-list.js";
import {
  applyEdits,
  readIndent,
  readIndentStep,
  readLineEnding,
  readLineNumber,
} from "../../../workspace/source-text.js";

/**
 * Sets a value of a JSON document, with the objects around it that are missing. Every comment stays, and so does the
 * layout of what is there.
 *
 * @param path - keys from the root to the value
 * @param value - what is written on one line
 * @param file - workspace-relative path, for the error
 * @throws OoneexNxError `JSON_INVALID`, or `JSON_UNEXPECTED` where something else than an object is in the way
 */
export function setValue(text: string, path: readonly string[], value: unknown, file: string): string {
  let object = parseJsonc(text, file);
  for (const [depth, key] of path.entries()) {
    if (object.type !== "object") throw unexpected(text, object, "an object", file);
    const next = findValue(object, key);
    if (next === undefined) return addProperty(text, object, path.slice(depth), value);
    object = next;
  }
  const { offset, length } = object;
  return applyEdits(text, [{ start: offset, end: offset + length, text: JSON.stringify(value) }]);
}

/**
 * Appends an item to a list of a JSON document, or sets the list where there is none.
 *
 * @param path - keys from the root to the list
 * @param file - workspace-relative path, for the error
 * @throws OoneexNxError as {@link setValue}, and `JSON_UNEXPECTED` where the value is no list
 */
export function appendItem(text: string, path: readonly string[], item: unknown, file: string): string {
  const list = path.reduce<Node | undefined>(findValue, parseJsonc(text, file));
  if (list === undefined) return setValue(text, path, [item], file);
  if (list.type !== "array") throw unexpected(text, list, "a list", file);
  const source = readList(list);
  return source.items.length === 0
    ? fill(text, source, JSON.stringify(item), isOnOneLine(text, source))
    : insertItem(text, source, source.items.length, JSON.stringify(item), " ");
}

function addProperty(text: string, object: Node, path: readonly string[], value: unknown): string {
  const list = readList(object);
  if (list.items.length === 0) {
    const indent = readIndent(text, object.offset) + readIndentStep(text);
    return fill(text, list, writeProperty(text, path, value, indent), false);
  }
  return insertItem(text, list, list.items.length, writeProperty(text, path, value, readItemIndent(text, list)), " ");
}

/** Writes a value within the objects that lead to it: each on its own line, or on one without an indentation. */
function writeProperty(text: string, path: readonly string[], value: unknown, indent: string | undefined): string {
  const [key, ...rest] = path;
  if (key === undefined) return JSON.stringify(value);
  const head = `${JSON.stringify(key)}: `;
  if (rest.length === 0) return head + JSON.stringify(value);
  if (indent === undefined) return `${head}{ ${writeProperty(text, rest, value, indent)} }`;
  const eol = readLineEnding(text);
  const inner = indent + readIndentStep(text);
  return `${head}{${eol}${inner}${writeProperty(text, rest, value, inner)}${eol}${indent}}`;
}

/** Puts the first item between two brackets, behind the comments that stand there. */
function fill(text: string, { inside }: SourceList, item: string, onOneLine: boolean): string {
  const indent = readIndent(text, inside.start);
  const eol = readLineEnding(text);
  const comments = text.slice(inside.start, inside.end).trimEnd();
  const line = onOneLine ? item : `${comments}${eol}${indent}${readIndentStep(text)}${item}${eol}${indent}`;
  return applyEdits(text, [{ ...inside, text: line }]);
}

function isOnOneLine(text: string, { inside }: SourceList): boolean {
  return text.slice(inside.start, inside.end).trim() === "";
}

function readList({ offset, length, children = [] }: Node): SourceList {
  return {
    inside: { start: offset + 1, end: offset + length - 1 },
    items: children.map((child) => ({ start: child.offset, end: child.offset + child.length })),
  };
}

function unexpected(text: string, { offset }: Node, expected: string, file: string): OoneexNxError {
  return new OoneexNxError({
    code: "JSON_UNEXPECTED",
    what: `what stands here is not ${expected}`,
    where: `${file}:${readLineNumber(text, offset)}`,
    remedy: "mend the file and run the command again",
  });
}
