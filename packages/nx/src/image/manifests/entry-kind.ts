import { OoneexNxError } from "../../errors.js";
import type { LockedPackage } from "./lockfile.js";

/** Where a package comes from. */
export type EntryKind =
  | { readonly kind: "npm"; readonly version: string }
  /** A workspace of this repository. */
  | { readonly kind: "workspace"; readonly folder: string }
  /** An archive in this repository; the path is relative to the workspace that names it. */
  | { readonly kind: "archive"; readonly path: string }
  /** Git, a code host or an archive behind a URL: Bun fetches it by the entry's own text. */
  | { readonly kind: "remote" };

/**
 * Tells where an entry of bun.lock comes from.
 *
 * @throws OoneexNxError `DEPENDENCY_UNSUPPORTED` for what an install in an image cannot have: a link to another checkout, a
 *   folder outside of the workspaces, the root itself
 */
export function readEntryKind({ key, resolution }: LockedPackage): EntryKind {
  if (resolution.startsWith("workspace:")) return { kind: "workspace", folder: resolution.slice("workspace:".length) };
  if (/^(?:git\+|git:|git@|github:|gitlab:|bitbucket:|ssh:|https?:)/.test(resolution)) return { kind: "remote" };
  const isPath = !/^(?:link|file|root):/.test(resolution);
  if (isPath && /\.(?:tgz|tar\.gz)$/.test(resolution)) return { kind: "archive", path: resolution };
  if (/^\d+\.\d+\.\d+/.test(resolution)) return { kind: "npm", version: resolution };
  throw unsupported(key, resolution);
}

/** @returns the error for an entry that cannot be in a pruned install */
export function unsupported(key: string, why: string): OoneexNxError {
  return new OoneexNxError({
    code: "DEPENDENCY_UNSUPPORTED",
    what: `${key} cannot be installed from pruned manifests: ${why}`,
    where: `bun.lock, packages, ${JSON.stringify(key)}`,
    remedy: "make it a workspace or a packed archive of the repository, or set prune to false",
  });
}
