import { isMap, isScalar, isSeq, type Node, type YAMLSeq } from "yaml";
import { findPair, resolveAlias } from "../workspace/yaml-entry.js";
import { quote, type YamlFragment } from "../workspace/yaml-fragment.js";
import { APPEND, insertEntry } from "../workspace/yaml-insert.js";
import { lineEnd, lineStart, parseEdited, parseYaml, unsupported, type YamlSource } from "../workspace/yaml-source.js";

/** An image of a kustomization as it is to be: the name in the manifests, and what stands for it. */
export interface KustomizeImage {
  readonly name: string;
  readonly newName: string;
  readonly newTag: string;
}

/**
 * Adds the folders to `resources` of a kustomization that it does not have, and takes out others.
 *
 * @param path - workspace-relative, for errors
 * @throws OoneexNxError `KUBERNETES_INVALID`, or `KUBERNETES_UNSUPPORTED` where a list cannot be added to
 */
export function updateResources(text: string, wanted: readonly string[], gone: readonly string[], path: string): string {
  const isFolder = (item: unknown, name: string): boolean => isScalar(item) && String(item.value).replace(/^\.\//, "").replace(/\/$/, "") === name;
  let result = text;
  for (const name of wanted) {
    const fragment: YamlFragment = { kind: "text", value: name, plain: true };
    result = addItem(result, path, "resources", (item) => isFolder(item, name), fragment);
  }
  for (const name of gone) {
    const rest = removeItem(result, path, "resources", (item) => isFolder(item, name));
    if (rest === undefined) throw unsupported(parse(result, path), 0, `take ${name} out of resources by hand`);
    result = rest;
  }
  return result;
}

/**
 * Adds images that a kustomization has no entry for, and takes out those of services that are gone. One that cannot be taken
 * out stays, as kustomize does not mind an image that no manifest names.
 *
 * @param path - workspace-relative, for errors
 * @throws OoneexNxError as {@link updateResources} does
 */
export function updateImages(text: string, wanted: readonly KustomizeImage[], gone: readonly string[], path: string): string {
  const isImage = (item: unknown, name: string): boolean => isMap(item) && item.get("name") === name;
  let result = text;
  for (const { name, newName, newTag } of wanted) {
    const pairs = Object.entries({ name, newName, newTag }).map(([key, value]) => [key, { kind: "text", value, plain: true }] as const);
    result = addItem(result, path, "images", (item) => isImage(item, name), { kind: "mapping", pairs });
  }
  for (const name of gone) result = removeItem(result, path, "images", (item) => isImage(item, name)) ?? result;
  return result;
}

/** Lines of an image, as {@link updateImages} adds it. */
export function imageLines({ name, newName, newTag }: KustomizeImage): string[] {
  const text = (value: string): string => quote(value, "PLAIN");
  return [`  - name: ${text(name)}`, `    newName: ${text(newName)}`, `    newTag: ${text(newTag)}`];
}

type IsItem = (item: unknown) => boolean;

function addItem(text: string, path: string, key: string, isItem: IsItem, fragment: YamlFragment): string {
  const source = parse(text, path);
  if (listAt(source, key)?.items.some(isItem) === true) return text;
  const result = insertEntry(source, [key, APPEND], fragment);
  const edited = result === undefined ? undefined : parseEdited(source, result);
  const before = listAt(source, key)?.items.length ?? 0;
  const after = edited && listAt(edited, key)?.items;
  if (result === undefined || after?.length !== before + 1 || !after.some(isItem)) throw unsupported(source, 0, `add it to ${key} by hand`);
  return result;
}

/**
 * Takes out the lines of an item. A list that becomes empty gets brackets.
 *
 * @returns the same text where there is no such item; `undefined` where its lines are not its own
 */
function removeItem(text: string, path: string, key: string, isItem: IsItem): string | undefined {
  const source = parse(text, path);
  const list = listAt(source, key);
  const item = list?.items.find(isItem) as Node | undefined;
  if (list === undefined || item?.range == null) return text;
  // A map in block style ends behind the line break of its last line.
  const last = text.slice(0, item.range[1]).trimEnd().length;
  const [start, end] = [lineStart(text, text.lastIndexOf("-", item.range[0])), lineEnd(text, last)];
  const body = text.slice(0, start) + text.slice(end).replace(/^\r?\n/, "");
  const result = list.items.length > 1 ? body : body.replace(new RegExp(`^(${key}:)[ \\t]*$`, "m"), "$1 []");
  const edited = parseEdited(source, result);
  const rest = edited && listAt(edited, key)?.items;
  return rest?.length === list.items.length - 1 && !rest.some(isItem) ? result : undefined;
}

function parse(text: string, path: string): YamlSource {
  return parseYaml(text, { code: "KUBERNETES", path });
}

function listAt(source: YamlSource, key: string): YAMLSeq | undefined {
  const found = isMap(source.root) ? findPair(source, source.root, key) : undefined;
  const value = resolveAlias(source, found?.value ?? null);
  return isSeq(value) ? value : undefined;
}
