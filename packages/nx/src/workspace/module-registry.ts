import type { Expression } from "oxc-parser";
import { readBareExpression } from "./bare-expression.js";
import { findImport, type ImportedName, insertImport, removeImport } from "./module-registry-imports.js";
import {
  findArray,
  listReferences,
  type ModuleArray,
  type ModuleFile,
  type ModuleSource,
  parseModule,
  unsupported,
} from "./module-registry-source.js";
import { fillList, insertItem, listEmptied, removeItem, type SourceList } from "./source-list.js";
import type { SourceRange } from "./source-text.js";

export type { ModuleArray, ModuleFile };

/** What a module is composed of: something imported, and the arrays that take it. */
export interface ModulePart extends ImportedName {
  readonly arrays: readonly ModuleArray[];
  /** Whether an array takes the arrays of what is imported, `...BillingModule.controllers`, or the import itself. */
  readonly form: "spread" | "item";
  /** Whether an item stands before the others, and not behind them. */
  readonly first?: boolean;
}

type Element = ReturnType<typeof findArray>["elements"][number];

/**
 * Adds a part to a module: its import, in its place where the imports are sorted, and an entry in each array, in its place
 * among the other modules where these are sorted, else behind them. Every other byte stays.
 *
 * @param text - the file's text
 * @returns the new text; the same one where everything is there already, wherever in the file it stands
 * @throws OoneexNxError `MODULE_FILE_INVALID` where the text cannot be parsed; `MODULE_FILE_UNSUPPORTED`, with the line,
 *   where the object or one of the arrays is not written out, or the name means something else there
 */
export function addModulePart(text: string, file: ModuleFile, part: ModulePart): string {
  const source = parseModule(text, file);
  const local = findImport(source, part)?.local;
  const named = { ...part, local: local ?? part.name };
  const [taken] = local === undefined ? listReferences(source, part.name) : [];
  if (taken !== undefined) {
    throw unsupported(source, taken, `${part.name} means something else there`, `rename it, then run the command again`);
  }
  // Before any edit, so that an error names a line of the file as it is.
  for (const array of part.arrays) if (!isEntered(source, named, array)) findArray(source, array);
  const imported = local === undefined ? insertImport(source, part) : text;
  return part.arrays.reduce((edited, array) => addEntry(edited, file, named, array), imported);
}

/**
 * Takes a part out of a module: the exact inverse of {@link addModulePart}.
 *
 * @param text - the file's text
 * @returns the new text; the same one where the part is not imported
 * @throws OoneexNxError `MODULE_FILE_INVALID` where the text cannot be parsed; `MODULE_FILE_UNSUPPORTED`, with the line,
 *   where something else in the file uses the part
 */
export function removeModulePart(text: string, file: ModuleFile, part: ModulePart): string {
  const source = parseModule(text, file);
  const found = findImport(source, part);
  if (found === undefined) return text;
  const named = { ...part, local: found.local };
  const entries = part.arrays.flatMap((array) => listEntries(source, named, array));
  const use = listReferences(source, found.local).find((at) => !entries.some(({ start, end }) => start <= at && at < end));
  if (use !== undefined) {
    throw unsupported(source, use, `${found.local} is used there in another way`, "take that use out, then run the command again");
  }
  const emptied = part.arrays.reduceRight((edited, array) => removeEntries(edited, file, named, array), text);
  return removeImport(parseModule(emptied, file), part);
}

/** A part with the name that the file knows it by. */
interface NamedPart extends ModulePart {
  readonly local: string;
}

function addEntry(text: string, file: ModuleFile, part: NamedPart, array: ModuleArray): string {
  const source = parseModule(text, file);
  if (isEntered(source, part, array)) return text;
  const { elements, list } = findArray(source, array);
  const entry = part.form === "spread" ? `...${part.local}.${array}` : part.local;
  if (list.items.length > 0) return insertItem(text, list, placeOf(elements, part, array, file), entry, " ");
  const { start, end } = list.inside;
  return start === end ? text.slice(0, start) + entry + text.slice(end) : fillList(text, list.inside, entry, "  ");
}

function removeEntries(text: string, file: ModuleFile, part: NamedPart, array: ModuleArray): string {
  const source = parseModule(text, file);
  if (!isEntered(source, part, array)) return text;
  const { elements, list } = findArray(source, array);
  const index = elements.findIndex((element) => isEntry(element, part, array));
  if (index === -1) return text;
  const originals = list.items.length === 1 ? [emptyList(text, list), ...listEmptied(text, list)] : [];
  const original = originals.find((candidate) => addEntry(candidate, file, part, array) === text);
  return removeEntries(original ?? removeItem(text, list, index), file, part, array);
}

/** Whether the file uses the part for an array, in that array or, where it is put together elsewhere, there. */
function isEntered(source: ModuleSource, part: NamedPart, array: ModuleArray): boolean {
  if (part.form === "spread") return source.spreads.some((element) => isEntry(element, part, array));
  return listReferences(source, part.local).length > 0;
}

/** Where the entries of a part stand. */
function listEntries(source: ModuleSource, part: NamedPart, array: ModuleArray): SourceRange[] {
  if (!isEntered(source, part, array)) return [];
  return findArray(source, array).elements.flatMap((element) => (element !== null && isEntry(element, part, array) ? [element] : []));
}

function emptyList(text: string, { inside }: SourceList): string {
  return text.slice(0, inside.start) + text.slice(inside.end);
}

function isEntry(element: Element, { form, local }: NamedPart, array: ModuleArray): boolean {
  if (form === "spread") return readSpread(element, array) === local;
  return element?.type === "Identifier" && element.name === local;
}

/** Where an entry goes among those that are there. */
function placeOf(elements: readonly Element[], part: NamedPart, array: ModuleArray, { object }: ModuleFile): number {
  if (part.form === "item") return part.first === true ? 0 : elements.length;
  // What is shared comes first, wherever its name would put it: its middlewares run before those of the others.
  const names = elements.map((element) => {
    const name = readSpread(element, array);
    return name?.endsWith("Module") === true && name !== "SharedModule" && name !== object ? name : undefined;
  });
  const modules = names.filter((name) => name !== undefined);
  if (modules.length === 0) return elements.length;
  const isSorted = modules.every((name, index) => index === 0 || (modules[index - 1] as string) <= name);
  const next = isSorted ? names.findIndex((name) => name !== undefined && name > part.local) : -1;
  return next === -1 ? names.findLastIndex((name) => name !== undefined) + 1 : next;
}

/** `BillingModule` of `...BillingModule.controllers`. */
function readSpread(element: Element, array: ModuleArray): string | undefined {
  if (element?.type !== "SpreadElement") return undefined;
  const member: Expression = readBareExpression(element.argument);
  if (member.type !== "MemberExpression" || member.computed) return undefined;
  const isArray = member.property.type === "Identifier" && member.property.name === array;
  return isArray && member.object.type === "Identifier" ? member.object.name : undefined;
}
