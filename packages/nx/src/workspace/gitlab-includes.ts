import { isDeepStrictEqual } from "node:util";
import { isMap, isSeq } from "yaml";
import { entriesOf, findPair, tokenOf, type YamlEntry } from "./yaml-entry.js";
import { remaindersOf } from "./yaml-remove.js";
import { type Meaning, meaningOf, parseEdited, parseYaml, unsupported, type YamlFile, type YamlSource } from "./yaml-source.js";

/** GitLab's pipeline, workspace-relative. */
export const GITLAB_FILE = ".gitlab-ci.yml";

const FILE: YamlFile = { code: "CI_YML", path: GITLAB_FILE };
const KEY = "include";

/**
 * Reads which files of the repository a pipeline of GitLab takes in: items of its list `include` that have `local` and
 * nothing else (docs.gitlab.com/ci/yaml/#includelocal).
 *
 * @returns workspace-relative paths, in the list's order
 * @throws OoneexNxError `CI_YML_INVALID` for a file that is not YAML
 */
export function readLocalIncludes(text: string): string[] {
  return listIncludes(parseYaml(text, FILE)).flatMap((item) => readLocal(item) ?? []);
}

/**
 * Takes one file off the list `include`, and the list with its last item.
 *
 * @returns the new content; the same one where the file is not on the list; `undefined` where nothing is left
 * @throws OoneexNxError `CI_YML_INVALID`, and `CI_YML_UNSUPPORTED` where no edit takes this item out and nothing else
 */
export function removeLocalInclude(text: string, path: string): string | undefined {
  const source = parseYaml(text, FILE);
  const index = listIncludes(source).findIndex((item) => readLocal(item) === path);
  if (index === -1) return text;
  const chain = readChain(source, index);
  const expected = withoutInclude(source, index);
  const result = remaindersOf(text, chain).find((rest) => {
    const edited = parseEdited(source, rest);
    return edited !== undefined && isDeepStrictEqual(meaningOf(edited), expected);
  });
  if (result === undefined) throw unsupported(source, chain.at(-1)?.start ?? 0, `take ${path} off ${KEY} by hand`);
  return result.trim() === "" ? undefined : result;
}

function listIncludes(source: YamlSource): readonly unknown[] {
  const list = meaningOf(source).get(KEY);
  return Array.isArray(list) ? list : [];
}

function readLocal(item: unknown): string | undefined {
  const local: unknown = item instanceof Map && item.size === 1 ? item.get("local") : undefined;
  return typeof local === "string" ? local.replace(/^\//, "") : undefined;
}

function withoutInclude(source: YamlSource, index: number): Meaning {
  const meaning = meaningOf(source);
  const rest = listIncludes(source).filter((_item, position) => position !== index);
  if (rest.length === 0) meaning.delete(KEY);
  else meaning.set(KEY, rest);
  return meaning;
}

function readChain(source: YamlSource, index: number): YamlEntry[] {
  const found = isMap(source.root) ? findPair(source, source.root, KEY) : undefined;
  const container = found !== undefined && isSeq(found.value) ? tokenOf(found.value) : undefined;
  const item = container && entriesOf(container)[index];
  return found === undefined || item === undefined ? [] : [found.entry, item];
}
