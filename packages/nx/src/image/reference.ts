import { OoneexNxError } from "../errors.js";

/**
 * The grammar of an image reference: `[host[:port]/]path[:tag][@digest]`, each path component in lower case. From the
 * OCI distribution specification and the reference grammar that Docker and Podman share.
 */
const REFERENCE =
  /^(?:(?:[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?(?:\.[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?)*|\[[0-9a-fA-F:]+\])(?::[0-9]+)?\/)?[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*)*(?::[\w][\w.-]{0,127})?(?:@[a-z0-9]+:[0-9a-f]{32,})?$/;

/**
 * Builds the list of references that an image is tagged with.
 *
 * An image that stays on this machine is `<name>:latest` before anything else. One that is pushed carries only what is
 * wanted, since a name without a registry would be pushed to the engine's default one.
 *
 * @param name - the service's name in snake case, which is a legal path component
 * @param tags - full references (`registry.example.com/billing:1.2.0`), or bare tags (`:1.2.0`) of the image's own name
 * @param push - whether the references are pushed to their registries
 * @returns each reference once, in order
 * @throws OoneexNxError `TAG_ILLEGAL` or `TAG_MISSING`
 */
export function buildReferences(name: string, tags: readonly string[], push: boolean): string[] {
  const wanted = tags.map((tag) => (tag.startsWith(":") ? `${name}${tag}` : tag));
  for (const reference of wanted) {
    if (REFERENCE.test(reference)) continue;
    throw new OoneexNxError({
      code: "TAG_ILLEGAL",
      what: `${JSON.stringify(reference)} is not an image reference`,
      where: "tags",
      remedy: "write [registry[:port]/]name[:tag] in lower case, or :tag for a tag of the service's own image",
    });
  }
  if (push && wanted.length === 0) {
    throw new OoneexNxError({
      code: "TAG_MISSING",
      what: "there is no reference to push the image to",
      where: "push",
      remedy: `say where with tags, such as --tags=registry.example.com/${name}:1.2.0`,
    });
  }
  return [...new Set(push ? wanted : [`${name}:latest`, ...wanted])];
}
