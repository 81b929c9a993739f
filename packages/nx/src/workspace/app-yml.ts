import { isDeepStrictEqual } from "node:util";
import { isMap, isNode, isSeq, type YAMLSeq } from "yaml";
import { OoneexNxError } from "../errors.js";
import { entriesOf, findPair, resolveAlias, tokenOf, type YamlEntry } from "./yaml-entry.js";
import type { YamlFragment } from "./yaml-fragment.js";
import { APPEND, insertEntry } from "./yaml-insert.js";
import { originalsOf, remaindersOf } from "./yaml-remove.js";
import { invalid, type Meaning, meaningOf, parseYaml, placeOf, type YamlFile, type YamlSource } from "./yaml-source.js";

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
    const node = findList(source)?.list.items[index];
    throw invalid(source, "a microservice has to be a map with the strings name and url", offsetOf(node));
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

  const result = insertEntry(source, [KEY, APPEND], describeItem(declaration));
  const item = new Map(Object.entries({ name: declaration.name, url: declaration.url }));
  const expected = meaningOf(source);
  const list = expected.get(KEY);
  if (Array.isArray(list)) list.push(item);
  else expected.set(KEY, [item]);
  if (result !== undefined && isSameBut(source, result, (meaning) => isDeepStrictEqual(meaning, expected))) return result;
  throw unsupported(source, `add - { name: ${JSON.stringify(declaration.name)}, url: ${declaration.url} } to ${KEY} by hand`);
}

/**
 * Takes a microservice off the app's list: the exact inverse of {@link declareMicroservice}. A list written by hand goes
 * with its key when its last item goes.
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
  if (declaration !== undefined && text === declareMicroservice(undefined, declaration)) return undefined;

  const chain = chainOf(source, index);
  const result =
    (declaration && originalsOf(text, chain).find((original) => declares(original, declaration, text))) ??
    remaindersOf(text, chain).find((rest) => isRemainder(source, index, rest));
  if (result === undefined) throw unsupported(source, `take the item of ${JSON.stringify(name)} off ${KEY} by hand`);
  return withdrawMicroservice(result, name);
}
