/** An image in a registry, by what nothing can move. */
export interface PushedImage {
  /** `ghcr.io/acme/billing` */
  readonly repository: string;
  /** `sha256:…` */
  readonly digest: string;
}

/** Workspace-relative path of what `docker-push` says of an image, by the image's name. */
export function pushedImagePath(imageName: string): string {
  return `.nx/images/${imageName}.json`;
}

/**
 * Reads which image `docker-push` has pushed.
 *
 * @returns `undefined` where the text names no image with a digest
 */
export function parsePushedImage(text: string): PushedImage | undefined {
  const { references, digest } = parse(text);
  // The first colon behind the last slash parts the tag; one before it is the registry's port.
  const repository = references?.[0]?.replace(/(?::[^:/@]+)?(?:@.*)?$/, "");
  return repository === undefined || typeof digest !== "string" ? undefined : { repository, digest };
}

interface Pushed {
  readonly references?: readonly string[];
  readonly digest?: string | null;
}

function parse(text: string): Pushed {
  try {
    return JSON.parse(text) as Pushed;
  } catch {
    return {};
  }
}
