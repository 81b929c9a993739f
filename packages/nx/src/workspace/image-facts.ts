import { OoneexNxError } from "../errors.js";
import { parseManifest } from "./manifest.js";

/** What a module's manifest says of its image under `image`, beyond what imports show. */
export interface ImageFacts {
  /** Packages as `npm:<name>`, and workspace-relative paths or globs. */
  readonly include: readonly string[];
  /** Names of packages that the bundle leaves out. */
  readonly external: readonly string[];
  /** Repository in a registry, such as `ghcr.io/acme/billing`. */
  readonly repository: string | undefined;
}

const NOTHING: ImageFacts = { include: [], external: [], repository: undefined };

const KEYS = ["include", "external", "repository"];

/**
 * Reads the key `image` of a module's manifest.
 *
 * @param text - the manifest's text
 * @param file - workspace-relative path, for the error
 * @throws OoneexNxError `MANIFEST_INVALID` where the text is not YAML, a value is of another kind, or a key is unknown
 */
export function readImageFacts(text: string, file: string): ImageFacts {
  // Most manifests say nothing of it, and need not be parsed for that.
  if (!text.includes("image")) return NOTHING;
  const image = parseManifest(text, file)["image"];
  if (image === undefined || image === null) return NOTHING;
  if (!isMap(image)) throw invalid("image has to hold the lists include and external, or a repository", file);
  const unknown = Object.keys(image).find((key) => !KEYS.includes(key));
  if (unknown !== undefined) throw invalid(`image knows no ${unknown}, only include, external and repository`, file);
  const repository = image["repository"] ?? undefined;
  if (repository !== undefined && typeof repository !== "string") throw invalid("image.repository has to be a text", file);
  return { include: readNames(image, "include", file), external: readNames(image, "external", file), repository };
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
    remedy: 'write it as image: { include: ["npm:pg"], external: ["sharp"], repository: "ghcr.io/acme/billing" }',
  });
}
