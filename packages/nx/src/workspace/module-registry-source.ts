import { type ArrayExpression, type Expression, type ObjectExpression, parseSync, type Program, type SpreadElement, Visitor } from "oxc-parser";
import { OoneexNxError } from "../errors.js";
import { readBareExpression } from "./bare-expression.js";
import type { SourceList } from "./source-list.js";
import { readLineNumber } from "./source-text.js";

/** The arrays of a `ModuleType`. */
export type ModuleArray = "controllers" | "entities" | "middlewares" | "cronJobs" | "events";

/** A file that declares a module as an object, such as `export const AppModule: ModuleType = { … }`. */
export interface ModuleFile {
  /** Workspace-relative path, for the errors. */
  readonly path: string;
  /** Name of the object's constant: `AppModule`. */
  readonly object: string;
}

/** A module's file with its syntax tree. Offsets count UTF-16 code units. */
export interface ModuleSource {
  readonly file: ModuleFile;
  readonly text: string;
  readonly program: Program;
  /** Every spread of the file, wherever it stands. */
  readonly spreads: readonly SpreadElement[];
  /** Every word that is a name, an import's own apart, with its offset. */
  readonly names: readonly { readonly name: string; readonly start: number }[];
}

/**
 * Parses a module's file.
 *
 * @throws OoneexNxError `MODULE_FILE_INVALID` with the line
 */
export function parseModule(text: string, file: ModuleFile): ModuleSource {
  const { program, errors } = parseSync(file.path, text);
  const [error] = errors;
  if (error !== undefined) {
    throw new OoneexNxError({
      code: "MODULE_FILE_INVALID",
      what: `the module cannot be parsed: ${error.message}`,
      where: `${file.path}:${readLineNumber(text, error.labels[0]?.start ?? 0)}`,
      remedy: "mend the file and run the command again",
    });
  }
  const imports = program.body.filter(({ type }) => type === "ImportDeclaration");
  const spreads: SpreadElement[] = [];
  const names: { name: string; start: number }[] = [];
  new Visitor({
    SpreadElement: (spread) => void spreads.push(spread),
    Identifier({ name, start }) {
      if (!imports.some((statement) => start >= statement.start && start < statement.end)) names.push({ name, start });
    },
  }).visit(program);
  return { file, text, program, spreads, names };
}

/** Offsets at which a name stands, imports apart. */
export function listReferences({ names }: ModuleSource, name: string): number[] {
  return names.filter((other) => other.name === name).map(({ start }) => start);
}

/**
 * Finds one of the arrays of the module's object, through parentheses, `as const`, `satisfies` and type annotations.
 *
 * @throws OoneexNxError `MODULE_FILE_UNSUPPORTED` with the line
 */
export function findArray(source: ModuleSource, array: ModuleArray): { readonly elements: ArrayExpression["elements"]; readonly list: SourceList } {
  const object = findObject(source);
  const property = object.properties.find((entry) => entry.type === "Property" && readKey(entry.key) === array);
  if (property?.type !== "Property") {
    throw unsupported(source, object.start, `${source.file.object} has no array ${array}`, `write ${array}: [], there`);
  }
  const value = readBareExpression(property.value);
  if (value.type !== "ArrayExpression" || value.elements.includes(null)) {
    const remedy = `write ${array}: [...] there, or edit what it is made from by hand`;
    throw unsupported(source, property.start, `${array} of ${source.file.object} is not an array that is written out`, remedy);
  }
  const items = value.elements.flatMap((element) => (element === null ? [] : [{ start: element.start, end: element.end }]));
  return { elements: value.elements, list: { inside: { start: value.start + 1, end: value.end - 1 }, items } };
}

/** A file that is right and that no edit of ours gets right. */
export function unsupported({ file, text }: ModuleSource, offset: number, what: string, remedy: string): OoneexNxError {
  const where = `${file.path}:${readLineNumber(text, offset)}`;
  return new OoneexNxError({ code: "MODULE_FILE_UNSUPPORTED", what, where, remedy });
}

function findObject(source: ModuleSource): ObjectExpression {
  const { file, program } = source;
  const declarations = program.body.flatMap((statement) => {
    const declaration = statement.type === "ExportNamedDeclaration" ? statement.declaration : statement;
    return declaration?.type === "VariableDeclaration" ? declaration.declarations : [];
  });
  const found = declarations.find(({ id }) => id.type === "Identifier" && id.name === file.object);
  const value: Expression | undefined = found?.init == null ? undefined : readBareExpression(found.init);
  if (value?.type === "ObjectExpression") return value;
  const what = found === undefined ? `there is no constant ${file.object}` : `${file.object} is not an object that is written out`;
  throw unsupported(source, found?.start ?? 0, what, `write export const ${file.object}: ModuleType = { … } there, with its five arrays`);
}

function readKey(key: { type: string }): unknown {
  if (key.type === "Identifier") return (key as { type: string; name: string }).name;
  return key.type === "Literal" ? (key as { type: string; value?: unknown }).value : undefined;
}
