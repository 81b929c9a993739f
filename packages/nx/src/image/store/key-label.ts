/** Label with the key that an image was built from, 64 hexadecimal digits. */
export const KEY_LABEL = "dev.ooneex.nx.key";

/**
 * Trigger that takes the key from an image that is based on ours, which inherits our labels and is another image. The
 * engine runs it when such an image is built, and hands it on to none, so that an image which has it is no such image.
 *
 * @see https://docs.docker.com/reference/dockerfile/#onbuild
 */
export const KEY_TRIGGER = `LABEL ${KEY_LABEL}=""`;

/** How much of a key stands in a tag, which holds 128 characters: enough that no two keys meet. */
const DIGITS_IN_TAG = 32;

/**
 * Names the tag under which an image is found in a registry, which cannot be searched by label.
 *
 * @param reference - any reference of the repository, such as `ghcr.io/acme/billing:1.2`
 * @param key - 64 hexadecimal digits
 * @returns such as `ghcr.io/acme/billing:ooneex-0123456789abcdef0123456789abcdef`
 */
export function keyTag(reference: string, key: string): string {
  return `${repositoryOf(reference)}:${nameKeyTag(key)}`;
}

/** Tells whether a reference is one that only a build of this key gives, in whatever repository. */
export function isKeyTag(reference: string, key: string): boolean {
  return reference.endsWith(`:${nameKeyTag(key)}`);
}

/**
 * Tells whether a reference leads to a registry: it names one, or a user or an organisation of Docker Hub. `billing:latest`
 * and Podman's `localhost/billing:latest` stay on the machine.
 */
export function isRegistryReference(reference: string): boolean {
  return reference.includes("/") && !reference.startsWith("localhost/");
}

/** A reference without its tag and its digest. A colon before the last slash is that of a port. */
export function repositoryOf(reference: string): string {
  return reference.replace(/@[^@]*$/, "").replace(/:[^:/]*$/, "");
}

function nameKeyTag(key: string): string {
  return `ooneex-${key.slice(0, DIGITS_IN_TAG)}`;
}
