import { KEY_LABEL } from "./key-label.js";
import { formatPlatform, normalizePlatform, type Platform } from "./platform.js";

/** Template of `docker buildx imagetools inspect` for what {@link readRegistryImage} reads. */
export const ANSWER_TEMPLATE = '{"manifest":{{json .Manifest}},"image":{{json .Image}}}';

/** An image under one name in a registry, as buildx describes it. */
export interface RegistryImage {
  /** Digest of the manifest, or of the index where there is one. */
  readonly digest: string;
  /** Digests of the images of an index, by platform; empty where the name is that of one image. */
  readonly children: Readonly<Record<string, string>>;
  /** The key of each platform's image; `undefined` for one without. */
  readonly keys: Readonly<Record<string, string | undefined>>;
}

interface Manifest {
  readonly digest?: string;
  readonly manifests?: readonly { readonly digest: string; readonly platform?: Platform }[];
}

interface Configuration extends Platform {
  readonly config?: { readonly Labels?: Readonly<Record<string, string>> | null } | null;
}

/** @returns `undefined` where the text is something else */
export function readRegistryImage(json: string): RegistryImage | undefined {
  let answer: { manifest?: Manifest | null; image?: Configuration | Record<string, Configuration> | null };
  try {
    answer = JSON.parse(json) as typeof answer;
  } catch {
    return undefined;
  }
  const { manifest, image } = answer;
  if (manifest?.digest === undefined || image === null || image === undefined) return undefined;
  // The only image of an index is described as if there were no index.
  const configurations: readonly Configuration[] = isConfiguration(image) ? [image] : Object.values(image);
  return {
    digest: manifest.digest,
    children: Object.fromEntries(readChildren(manifest)),
    keys: Object.fromEntries(configurations.map((entry) => [formatPlatform(entry), entry.config?.Labels?.[KEY_LABEL]])),
  };
}

function isConfiguration(image: Configuration | Record<string, Configuration>): image is Configuration {
  return typeof image["os"] === "string" && typeof image["architecture"] === "string";
}

/** An index lists attestations beside the images, for a platform of their own. */
function readChildren({ manifests = [] }: Manifest): [string, string][] {
  return manifests.flatMap(({ digest, platform }) =>
    platform === undefined || platform.os === "unknown" ? [] : [[formatPlatform(platform), digest] as [string, string]],
  );
}

/**
 * Says what keeps an image from being the one that a build of this key would push.
 *
 * @param platforms - of the build; none for one image, whatever it runs on
 * @returns one line; `undefined` where nothing does
 */
export function findDifference({ children, keys }: RegistryImage, key: string, platforms: readonly string[]): string | undefined {
  const there = Object.keys(keys);
  const missing = platforms.map(normalizePlatform).find((platform) => !there.includes(platform));
  if (missing !== undefined) return `it has no image for ${missing}`;
  const undescribed = Object.keys(children).find((platform) => !there.includes(platform));
  if (undescribed !== undefined) return `its image for ${undescribed} cannot be read`;
  if (there.length === 0) return "it holds no image";
  const other = there.find((platform) => keys[platform] !== key);
  return other === undefined ? undefined : `its image for ${other} was built from something else`;
}

/** Tells whether a name stands for an image, by itself or as an index of nothing else. */
export function isSameImage(image: RegistryImage, wanted: string): boolean {
  return image.digest === wanted || onlyImage(image) === wanted;
}

/** Digest of the image of an index that lists just one. */
export function onlyImage({ children }: RegistryImage): string | undefined {
  const [only, ...others] = Object.values(children);
  return others.length === 0 ? only : undefined;
}
