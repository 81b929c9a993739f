import { OoneexNxError } from "../errors.js";

/**
 * The grammar of an image reference: `[host[:port]/]path[:tag][@digest]`, each path component in lower case. From the
 * OCI distribution specification and the reference grammar that Docker and Podman share.
 */
const REFERENCE =
  /^(?:(?:[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?(?:\.[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?)*|\[[0-9a-fA-F:]+\])(?::[0-9]+)?\/)?[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*)*(?::[\w][\w.-]{0,127})?(?:@[a-z0-9]+:[0-9a-f]{32,})?$/;

/** What an image is to be called. */
export interface ReferenceOptions {
  /** The service's name in snake case, which is a legal path component. */
  readonly name: string;
  /** Full references (`registry.example.com/billing:1.2.0`), or bare tags (`:1.2.0`) of the repository. */
  readonly tags: readonly string[];
  /** What bare tags belong to, such as `ghcr.io/acme/billing`; `undefined` for the service's name. */
  readonly repository: string | undefined;
  /** Whether the references are pushed to their registries. */
  readonly push: boolean;
}

/**
 * Builds the list of references that an image is tagged with.
 *
 * An image that stays on this machine is `<name>:latest` before anything else. One that is pushed carries only what is
 * wanted, and none without a repository of somebody: `billing:1.2.0` means `docker.io/library/billing`.
 *
 * @returns each reference once, in order
 * @throws OoneexNxError `TAG_ILLEGAL`, `TAG_MISSING` or `TAG_LOCAL`
 */
export function buildReferences({ name, tags, repository, push }: ReferenceOptions): string[] {
  const wanted = tags.map((tag) => (tag.startsWith(":") ? `${repository ?? name}${tag}` : tag));
  for (const reference of wanted) requireReference(reference);
  if (!push) return [...new Set([`${name}:latest`, ...wanted])];

  const remedy = `name a registry, such as --repository=ghcr.io/acme/${name} --tags=:1.2.0`;
  if (wanted.length === 0) {
    const what = "there is no reference to push the image to";
    throw new OoneexNxError({ code: "TAG_MISSING", what, where: "push", remedy });
  }
  const local = wanted.find((reference) => !reference.includes("/"));
  if (local !== undefined) {
    const what = `${local} names no registry, and would be pushed to docker.io/library`;
    throw new OoneexNxError({ code: "TAG_LOCAL", what, where: "tags", remedy });
  }
  return [...new Set(wanted)];
}

/** A digest or id as a person is shown it: the algorithm and the first 12 hexadecimal digits. */
export function shortenDigest(digest: string): string {
  return digest.slice(0, "sha256:".length + 12);
}

/** Tells whether a text is an image reference. */
export function isReference(text: string): boolean {
  return REFERENCE.test(text);
}

function requireReference(reference: string): void {
  if (isReference(reference)) return;
  throw new OoneexNxError({
    code: "TAG_ILLEGAL",
    what: `${JSON.stringify(reference)} is not an image reference`,
    where: "tags",
    remedy: "write [registry[:port]/]name[:tag] in lower case, or :tag for a tag of the option repository",
  });
}
