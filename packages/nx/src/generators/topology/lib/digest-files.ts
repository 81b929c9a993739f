import type { Tree } from "@nx/devkit";
import { basename } from "node:path";
import { OoneexNxError } from "../../../errors.js";
import type { ProcessFacts } from "../../../topology/model.js";

const DIGEST = /^sha256:[0-9a-f]{64}$/;

/**
 * Reads the digests of images out of the files that `docker-build --digest-file` and `docker-push` wrote. Which service a file
 * is about, its references say: the last part of their path is the image's name. Where the repository has a name of its own, it
 * is the file's name, as `docker-push` calls it.
 *
 * @returns digests by the processes' names
 * @throws OoneexNxError `DIGEST_FILE_INVALID` for a file that is missing, is none of those, or is about no service
 */
export function readDigestFiles(tree: Tree, files: readonly string[], processes: readonly ProcessFacts[]): Map<string, string> {
  const names = new Map(processes.flatMap(({ name }) => [[name, name], [name.replaceAll("-", "_"), name]] as const));
  return new Map(
    files.map((file) => {
      const { references, digest } = parse(tree, file);
      const name = [...references.map(readImageName), basename(file, ".json")].map((each) => names.get(each)).find((found) => found !== undefined);
      if (name === undefined) throw invalid(file, `none of its references is a service's image: ${references.join(", ")}`);
      return [name, digest];
    }),
  );
}

function parse(tree: Tree, file: string): { references: string[]; digest: string } {
  const text = tree.isFile(file) ? tree.read(file, "utf8") : null;
  if (text === null) throw invalid(file, "there is no such file");
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch {
    throw invalid(file, "it is not JSON");
  }
  const { references, digest } = (content ?? {}) as Record<string, unknown>;
  if (!Array.isArray(references) || !references.every((entry) => typeof entry === "string")) throw invalid(file, "it has no list of references");
  if (typeof digest !== "string" || !DIGEST.test(digest)) throw invalid(file, "it has no digest");
  return { references, digest };
}

/** `ghcr.io/acme/billing:1.2.0@sha256:…` is called `billing`. */
function readImageName(reference: string): string {
  return /([^/:@]+)(?::[^/@]*)?(?:@.*)?$/.exec(reference)?.[1] ?? "";
}

function invalid(file: string, what: string): OoneexNxError {
  return new OoneexNxError({
    code: "DIGEST_FILE_INVALID",
    what: `the digest file says nothing of a service's image: ${what}`,
    where: file,
    remedy: "name one of .nx/images, which nx docker-push writes, or write it with nx docker-build <service> --digest-file=<file>",
  });
}
