import { isDeepStrictEqual } from "node:util";
import { isMap, isSeq, type YAMLSeq } from "yaml";
import { OoneexNxError } from "../errors.js";
import { entriesOf, findPair, type FoundPair, resolveAlias, tokenOf, type YamlEntry } from "./yaml-entry.js";
import { APPEND, insertEntry } from "./yaml-insert.js";
import { originalsOf, remaindersOf } from "./yaml-remove.js";
import {
  invalid,
  type Meaning,
  meaningOf,
  parseEdited,
  parseYaml,
  unsupported,
  type YamlFile,
  type YamlSource,
} from "./yaml-source.js";

/** How the app learns of one microservice. */
export interface MicroserviceDeclaration {
  /** Module folder of the service, such as `order-history`. */
  readonly name: string;
  /** Name of the environment variable that holds its address, such as `MICROSERVICE_ORDER_HISTORY_URL`. */
  readonly url: string;
}

/** The app's manifest, workspace-relative. */
export const APP_YML = "modules/app/app.yml";

const FILE: YamlFile = { code: "APP_YML", path: APP_YML };
const KEY = "microservices";
const HEADER = "# Written by @ooneex/nx: the microservices that the app calls. Other keys and comments are yours.";

/**
 * Reads which microservices the app knows, in the order of its manifest.
 *
 * @param text - content of `modules/app/app.yml`
 * @throws OoneexNxError `APP_YML_INVALID` with the line, for a file that is not YAML, a `microservices` that is not a
 *   list, and an item without a name and a url that are strings
 */
export function readMicroservices(text: string): MicroserviceDeclaration[] {
  const source = parseYaml(text, FILE);
  return listOf(source).map((item, index) => {
    const [name, url] = item instanceof Map ? [item.get("name"), item.get("url")] : [];
    if (typeof name === "string" && typeof url === "string") return { name, url };
    const offset = chainOf(source, index).at(-1)?.start ?? offsetOf(source);
    throw invalid(source, "a microservice has to be a map with the strings name and url", offset);
  });
}

/**
 * Declares a microservice at the end of the app's list, in the style of that list.
 *
 * @param text - content of `modules/app/app.yml`; `undefined` where there is no such file
 * @returns the new content; the same one where a service of that name is declared, whatever its url
 * @throws OoneexNxError `APP_YML_INVALID` for a file that has to be mended first, `APP_YML_UNSUPPORTED` where no edit
 *   adds the declaration and nothing else
 */
export function declareMicroservice(text: string | undefined, declaration: MicroserviceDeclaration): string {
  if (text === undefined) return `${HEADER}\n${declareMicroservice("", declaration)}`;
  const source = parseYaml(text, FILE);
  if (indexOf(source, declaration.name) !== -1) return text;

  const result = planDeclaration(source, declaration);
  const edited = result === undefined ? undefined : parseEdited(source, result);
  const isRight = edited !== undefined && isDeepStrictEqual(meaningOf(edited), meaningWith(source, declaration));
  if (result !== undefined && isRight) return result;
  const item = `{ name: ${JSON.stringify(declaration.name)}, url: ${declaration.url} }`;
  throw unsupported(source, offsetOf(source), `add ${item} to ${KEY} by hand`);
}

/**
 * Takes a microservice off the app's list: the exact inverse of {@link declareMicroservice}. A list that was written by
 * hand goes with its key once its last item goes; comment lines stay.
 *
 * @param text - content of `modules/app/app.yml`
 * @returns the new content; the same one where no service of that name is declared; `undefined` where the file is one
 *   that {@link declareMicroservice} made and nothing is left in it
 * @throws OoneexNxError `APP_YML_INVALID` for a file that has to be mended first, `APP_YML_UNSUPPORTED` where no edit
 *   removes the declaration and nothing else
 */
export function withdrawMicroservice(text: string, name: string): string | undefined {
  const source = parseYaml(text, FILE);
  const index = indexOf(source, name);
  if (index === -1) return text;
  const url: unknown = (listOf(source)[index] as Meaning).get("url");
  const declaration = typeof url === "string" ? { name, url } : undefined;
  if (text.startsWith(HEADER) && declaration && text === declareMicroservice(undefined, declaration)) return undefined;

  const chain = chainOf(source, index);
  const result =
    (declaration && originalsOf(text, chain).find((original) => isOriginal(original, declaration, text))) ??
    remaindersOf(text, chain).find((rest) => isRemainder(source, index, rest));
  if (result !== undefined) return withdrawMicroservice(result, name);
  throw unsupported(source, offsetOf(source), `take ${JSON.stringify(name)} off ${KEY} by hand`);
}

/** The text with the declaration in it, not yet proven to mean that. */
function planDeclaration(source: YamlSource, { name, url }: MicroserviceDeclaration): string | undefined {
  return insertEntry(source, [KEY, APPEND], {
    kind: "mapping",
    pairs: [
      ["name", { kind: "text", value: name, plain: false }],
      ["url", { kind: "text", value: url, plain: true }],
    ],
  });
}

/** Adds an item to the parsed list, so that the meaning shows it wherever an alias or a merge brings that list. */
function meaningWith(source: YamlSource, { name, url }: MicroserviceDeclaration): Meaning {
  const list = findList(source);
  list?.items.push(source.document.createNode({ name, url }));
  const meaning = meaningOf(source);
  return list === undefined ? meaning.set(KEY, [new Map(Object.entries({ name, url }))]) : meaning;
}

/** Whether declaring in one text gives the other. */
function isOriginal(original: string, declaration: MicroserviceDeclaration, text: string): boolean {
  try {
    const isPlanned = planDeclaration(parseYaml(original, FILE), declaration) === text;
    return isPlanned && declareMicroservice(original, declaration) === text;
  } catch (error) {
    if (error instanceof OoneexNxError) return false;
    throw error;
  }
}

/** Whether a text means the same without one item, be it that the key is gone with the last one or left empty. */
function isRemainder({ text }: YamlSource, index: number, rest: string): boolean {
  const source = parseYaml(text, FILE);
  const edited = parseEdited(source, rest);
  if (edited === undefined) return false;
  findList(source)?.items.splice(index, 1);
  const meanings = [meaningOf(source), meaningOf(edited)];
  for (const meaning of meanings) if (isDeepStrictEqual(meaning.get(KEY) ?? [], [])) meaning.delete(KEY);
  return isDeepStrictEqual(meanings[0], meanings[1]);
}

function indexOf(source: YamlSource, name: string): number {
  return listOf(source).findIndex((item) => item instanceof Map && item.get("name") === name);
}

function listOf(source: YamlSource): readonly unknown[] {
  const list = meaningOf(source).get(KEY) ?? [];
  if (Array.isArray(list)) return list;
  throw invalid(source, `${KEY} is not a list`, offsetOf(source));
}

/** The list, be it the key's own, an alias's or a merged map's. */
function findList(source: YamlSource): YAMLSeq | undefined {
  const list = resolveAlias(source, findKey(source)?.value ?? null);
  return isSeq(list) ? list : undefined;
}

/** The pair of the list and the item; the item alone where an alias keeps them apart. */
function chainOf(source: YamlSource, index: number): YamlEntry[] {
  const found = findKey(source);
  const list = findList(source);
  const container = list && tokenOf(list);
  const item = container && entriesOf(container)[index];
  if (found === undefined || item === undefined) return [];
  return list === found.value ? [found.entry, item] : [item];
}

function findKey(source: YamlSource): FoundPair | undefined {
  return isMap(source.root) ? findPair(source, source.root, KEY) : undefined;
}

/** Where the key stands, or the document's content. */
function offsetOf(source: YamlSource): number {
  return findKey(source)?.entry.start ?? source.root?.range[0] ?? 0;
}
