import { type Node, type ParseError, parseTree, printParseErrorCode } from "jsonc-parser";
import { OoneexNxError } from "../errors.js";
import { readLineNumber } from "./source-text.js";

/**
 * Parses JSON as leniently as TypeScript reads a tsconfig.json and Bun its lockfile: comments, trailing commas and a
 * byte order mark are fine.
 *
 * @param text - the file's text
 * @param file - workspace-relative path, for the error
 * @returns the root node; its offsets are those of `text`, a byte order mark included
 * @throws OoneexNxError `JSON_INVALID` with the line of the first mistake
 */
export function parseJsonc(text: string, file: string): Node {
  const errors: ParseError[] = [];
  // A blank in the mark's place keeps every offset.
  const root = parseTree(text.replace(/^\uFEFF/, " "), errors, { allowTrailingComma: true });
  const error = errors[0];
  if (root === undefined || error !== undefined) {
    throw new OoneexNxError({
      code: "JSON_INVALID",
      what: `the file is not JSON: ${error === undefined ? "it is empty" : printParseErrorCode(error.error)}`,
      where: `${file}:${readLineNumber(text, error?.offset ?? 0)}`,
      remedy: "mend the file and run the command again",
    });
  }
  return root;
}

/** The property of an object that counts: the last one with the name. */
export function findProperty(object: Node, name: string): Node | undefined {
  return object.children?.findLast((property) => property.children?.[0]?.value === name);
}

/** The value that a property of an object has. */
export function findValue(object: Node | undefined, name: string): Node | undefined {
  return object?.type === "object" ? findProperty(object, name)?.children?.[1] : undefined;
}
