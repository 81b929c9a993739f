import { parse } from "yaml";
import { OoneexNxError } from "../errors.js";

/** What a module's manifest says of its image under `image`, beyond what imports show. */
export interface ImageFacts {
  /** Packages as `npm:<name>`, and workspace-relative paths or globs. */
  readonly include: readonly string[];
  /** Names of packages that the bundle leaves out. */
  readonly external: readonly string[];
}

/**
 * Reads the key `image` of a module's manifest.
 *
 * @param text - the manifest's text
 * @param file - workspace-relative path, for the error
 * @throws OoneexNxError `MANIFEST_INVALID` where a list is anything else
 */
export function readImageFacts(text: string, file: string): ImageFacts {
  // Most manifests say nothing of it, and need not be parsed for that.
  if (!text.includes("image")) return { include: [], external: [] };
  const manifest: unknown = parse(text, { merge: true });
  const image: unknown = isMap(manifest) ? manifest["image"] : undefined;
  if (image === undefined || image === null) return { include: [], external: [] };
  if (!isMap(image)) throw invalid("image", file);
  return { include: readNames(image, "include", file), external: readNames(image, "external", file) };
}

function readNames(image: Record<string, unknown>, key: string, file: string): string[] {
  const list = image[key] ?? [];
  if (!Array.isArray(list) || !list.every((entry): entry is string => typeof entry === "string")) throw invalid(`image.${key}`, file);
  return list;
}

function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function invalid(key: string, file: string): OoneexNxError {
  return new OoneexNxError({
    code: "MANIFEST_INVALID",
    what: key === "image" ? "image has to hold the lists include and external" : `${key} has to be a list of texts`,
    where: file,
    remedy: 'write it as image: { include: ["npm:pg"], external: ["sharp"] }',
  });
}
