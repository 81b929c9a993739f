import { OoneexNxError } from "../errors.js";
import { parseManifest } from "./manifest.js";

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
 * @throws OoneexNxError `MANIFEST_INVALID` where the text is not YAML, a list is anything else, or a key is unknown
 */
export function readImageFacts(text: string, file: string): ImageFacts {
  // Most manifests say nothing of it, and need not be parsed for that.
  if (!text.includes("image")) return { include: [], external: [] };
  const image = parseManifest(text, file)["image"];
  if (image === undefined || image === null) return { include: [], external: [] };
  if (!isMap(image)) throw invalid("image has to hold the lists include and external", file);
  const unknown = Object.keys(image).find((key) => key !== "include" && key !== "external");
  if (unknown !== undefined) throw invalid(`image knows no ${unknown}, only include and external`, file);
  return { include: readNames(image, "include", file), external: readNames(image, "external", file) };
}

function readNames(image: Record<string, unknown>, key: string, file: string): string[] {
  const list = image[key] ?? [];
  if (!Array.isArray(list) || !list.every((entry): entry is string => typeof entry === "string")) throw invalid(`image.${key} has to be a list of texts`, file);
  return list;
}

function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function invalid(what: string, file: string): OoneexNxError {
  return new OoneexNxError({
    code: "MANIFEST_INVALID",
    what,
    where: file,
    remedy: 'write it as image: { include: ["npm:pg"], external: ["sharp"] }',
  });
}
