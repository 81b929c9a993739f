import { DockerfileParser } from "dockerfile-ast";
import { parse as parseJsonc, type ParseError } from "jsonc-parser";
import { parseSync } from "oxc-parser";
import { posix } from "node:path";
import { expect } from "vitest";
import { parseAllDocuments } from "../yaml.js";

/** A path as it may be written to: relative, one spelling, printable, legal on each system. */
export function expectInside(path: string, folders: readonly string[]): void {
  expect(posix.normalize(path), path).toBe(path);
  expect(path).toMatch(/^[A-Za-z0-9._/-]+$/);
  expect(path.split("/")).not.toContain("..");
  expect(folders.some((folder) => path === folder || (folder.endsWith("/") && path.startsWith(folder))), `${path} is outside of ${folders.join(", ")}`).toBe(true);
}

/** Parses a file back as what its name says that it is. */
export function parseBack(path: string, text: string): unknown {
  if (path.endsWith(".json")) return parseJson(path, text);
  if (/\.ya?ml$/.test(path)) return parseYaml(path, text);
  if (path.endsWith(".ts")) {
    const { errors, program } = parseSync("file.ts", text);
    expect(errors, `${path}\n${text}`).toEqual([]);
    return program;
  }
  if (path.endsWith("Dockerfile")) return parseDockerfile(text);
  return text;
}

/** A Dockerfile as its instructions, without their values. */
export function parseDockerfile(text: string): string[] {
  return DockerfileParser.parse(text).getInstructions().map((instruction) => instruction.getKeyword());
}

/** The keys of a value, without what the leaves say: what an injection would add to. */
export function shapeOf(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(shapeOf);
  if (typeof value !== "object" || value === null) return typeof value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, shapeOf(item)]));
}

function parseJson(path: string, text: string): unknown {
  const errors: ParseError[] = [];
  const value: unknown = parseJsonc(text, errors);
  expect(errors, `${path}\n${text}`).toEqual([]);
  return value;
}

function parseYaml(path: string, text: string): unknown {
  const documents = parseAllDocuments(text);
  expect(documents, path).toHaveLength(1);
  const [document] = documents;
  expect(document?.errors, `${path}\n${text}`).toEqual([]);
  return document?.toJS();
}

/** What an HTML page is made of: the names of its elements and of their attributes, without scripts and styles. */
export function listMarkup(html: string): Set<string> {
  const markup = html.replaceAll(/<!--[\s\S]*?-->/g, "").replaceAll(/(<(script|style)\b[^>]*>)[\s\S]*?<\/\2>/gi, "$1");
  const names = new Set<string>();
  for (const [, element = "", attributes = ""] of markup.matchAll(/<([^\s>/]+)((?:"[^"]*"|'[^']*'|[^"'>])*)>/g)) {
    names.add(element);
    for (const [, attribute = ""] of attributes.replaceAll(/"[^"]*"|'[^']*'/g, "").matchAll(/\s([^\s=>/]+)/g)) names.add(`${element}@${attribute}`);
  }
  return names;
}
