import { isDeepStrictEqual } from "node:util";
import { isMap, isScalar } from "yaml";
import { findPair, type FoundPair } from "./yaml-entry.js";
import { remaindersOf } from "./yaml-remove.js";
import { meaningOf, parseEdited, parseYaml, unsupported, type YamlFile, type YamlSource } from "./yaml-source.js";

/**
 * Offset of a top-level key that has no value; `undefined` where there is none.
 *
 * @throws OoneexNxError `<code>_INVALID` for a file that is not YAML
 */
export function findEmptyKey(text: string, key: string, file: YamlFile): number | undefined {
  return findEmpty(parseYaml(text, file), key)?.entry.start;
}

/**
 * Takes a top-level key out that has no value. Comment lines stay.
 *
 * @returns the same text where there is none
 * @throws OoneexNxError `<code>_INVALID` for a file that is not YAML, `<code>_UNSUPPORTED` where no edit takes the key out
 *   and nothing else
 */
export function removeEmptyKey(text: string, key: string, file: YamlFile): string {
  const source = parseYaml(text, file);
  const found = findEmpty(source, key);
  if (found === undefined) return text;
  const expected = meaningOf(source);
  expected.delete(key);
  const result = remaindersOf(text, [found.entry]).find((rest) => {
    const edited = parseEdited(source, rest);
    return edited !== undefined && isDeepStrictEqual(meaningOf(edited), expected);
  });
  // A section is set apart by an empty line, which would be left at the end.
  if (result !== undefined) return /\n\r?\n$/.test(text) ? result : result.replace(/(\r?\n)(?:\r?\n)+$/, "$1");
  throw unsupported(source, found.entry.start, `take ${key} out by hand`);
}

function findEmpty(source: YamlSource, key: string): FoundPair | undefined {
  const found = isMap(source.root) ? findPair(source, source.root, key) : undefined;
  const isEmpty = found !== undefined && (found.value === null || (isScalar(found.value) && found.value.value === null));
  return isEmpty ? found : undefined;
}
