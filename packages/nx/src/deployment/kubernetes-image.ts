import { isDeepStrictEqual } from "node:util";
import { isMap, isScalar, isSeq, type Pair, type Scalar, type YAMLMap } from "yaml";
import { findPair, resolveAlias } from "../workspace/yaml-entry.js";
import type { YamlFragment } from "../workspace/yaml-fragment.js";
import { APPEND, insertEntry } from "../workspace/yaml-insert.js";
import { parseEdited, parseYaml, unsupported, type YamlSource } from "../workspace/yaml-source.js";
import type { PushedImage } from "./pushed-image.js";

type Entry = Readonly<Record<string, unknown>>;

/**
 * Has a kustomization deploy an image by its digest. Its entry of `images` gets the repository, and the digest in the place of
 * the tag or of the digest that it had; every other byte stays. An image that has no entry gets one.
 *
 * @param name - the image's name in the manifests
 * @param path - workspace-relative, for errors
 * @returns the same text where that image is deployed already
 * @throws OoneexNxError `KUBERNETES_INVALID`, or `KUBERNETES_UNSUPPORTED` where no edit changes that entry and nothing else
 */
export function setImageDigest(text: string, name: string, { repository, digest }: PushedImage, path: string): string {
  const source = parseYaml(text, { code: "KUBERNETES", path });
  const wanted: Entry = { name, newName: repository, digest };
  const item = findImage(source, name);
  const result = item === undefined ? addImage(source, wanted) : isDeepStrictEqual(item.toJSON(), wanted) ? text : replace(text, item, wanted);
  const edited = result === undefined ? undefined : parseEdited(source, result);
  if (result !== undefined && edited !== undefined && isRight(source, edited, wanted)) return result;
  throw unsupported(source, item?.range?.[0] ?? 0, `write newName: ${repository} and digest: ${digest}, and no newTag, into the image ${name} by hand`);
}

function addImage(source: YamlSource, wanted: Entry): string | undefined {
  const pairs = Object.entries(wanted).map(([key, value]) => [key, { kind: "text", value: String(value), plain: true } satisfies YamlFragment] as const);
  return insertEntry(source, ["images", APPEND], { kind: "mapping", pairs });
}

/** Writes the values over those that are there, from the last to the first, so that offsets hold. */
function replace(text: string, item: YAMLMap, { newName, digest }: Entry): string | undefined {
  const version = findScalars(item, "digest") ?? findScalars(item, "newTag");
  const name = findScalars(item, "newName");
  if (version === undefined || name === undefined) return undefined;
  const edits: [Scalar, string][] = [[name.value, String(newName)], [version.key, "digest"], [version.value, String(digest)]];
  return edits
    .map(([{ range }, written]) => ({ start: range?.[0] ?? 0, end: range?.[1] ?? 0, written }))
    .sort((a, b) => b.start - a.start)
    .reduce((result, { start, end, written }) => result.slice(0, start) + written + result.slice(end), text);
}

function findScalars(item: YAMLMap, name: string): { readonly key: Scalar; readonly value: Scalar } | undefined {
  const { key, value } = item.items.find((pair: Pair) => isScalar(pair.key) && pair.key.value === name) ?? {};
  return isScalar(key) && isScalar(value) ? { key, value } : undefined;
}

/** Whether the entry says what it has to, and all else says what it said. */
function isRight(before: YamlSource, after: YamlSource, wanted: Entry): boolean {
  const name = String(wanted["name"]);
  return isDeepStrictEqual(findImage(after, name)?.toJSON(), wanted) && isDeepStrictEqual(listOthers(before, name), listOthers(after, name));
}

function listOthers({ document }: YamlSource, name: string): unknown {
  const { images = [], ...rest } = document.toJS() as { images?: readonly Entry[] | null };
  return { ...rest, images: (images ?? []).filter((image) => image["name"] !== name) };
}

function findImage(source: YamlSource, name: string): YAMLMap | undefined {
  const found = isMap(source.root) ? findPair(source, source.root, "images") : undefined;
  const list = resolveAlias(source, found?.value ?? null);
  return (isSeq(list) ? list.items : []).find((item): item is YAMLMap => isMap(item) && item.get("name") === name);
}
