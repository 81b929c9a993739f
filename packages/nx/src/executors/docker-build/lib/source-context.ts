import { posix } from "node:path";
import { OoneexNxError } from "../../../errors.js";
import type { ContextFile, ContextFiles } from "../../../image/context-files.js";
import type { TracedSources } from "../../../workspace/sources/source-tracer.js";
import type { BuildWorkspace } from "./build-workspace.js";

/**
 * Lays out the files that a bundle is made from: each at its own place, links made again, nothing below a link.
 *
 * @param beside - workspace-relative paths of files that are wanted whatever is traced
 * @throws OoneexNxError `FILE_MISSING`
 */
export function buildSourceContext(
  { files, links, tsconfigs }: Pick<TracedSources, "files" | "links" | "tsconfigs">,
  beside: readonly string[],
  workspace: BuildWorkspace,
): ContextFiles {
  const context = new Map(readContextFiles([...files, ...beside].map((path) => locate(path, links)), workspace));
  for (const [path, to] of Object.entries(links)) context.set(path, { content: Buffer.from(to), kind: "link" });
  const generated = new Map<string, string>();
  for (const [path, text] of Object.entries(tsconfigs)) {
    const place = locate(path, links);
    // A tsconfig.json that is imported or included is wanted as it is, and so is one with several needs: by its own path, and by a link's.
    const isWhole = context.has(place) || (generated.get(place) ?? text) !== text;
    if (isWhole) generated.delete(place);
    else generated.set(place, text);
    if (isWhole) for (const [whole, file] of readContextFiles([place], workspace)) context.set(whole, file);
  }
  for (const [path, text] of generated) context.set(path, toContextFile(text));
  return context;
}

/** @throws OoneexNxError `FILE_MISSING` */
export function readContextFiles(paths: readonly string[], workspace: BuildWorkspace): [string, ContextFile][] {
  return paths.map((path) => {
    const file = workspace.readFile(path);
    if (file !== undefined) return [path, file];
    throw new OoneexNxError({
      code: "FILE_MISSING",
      what: "a file that the image is made from cannot be read",
      where: path,
      remedy: "restore it, or remove what names it",
    });
  });
}

export function toContextFile(text: string): ContextFile {
  return { content: Buffer.from(text), kind: "file" };
}

/** Where a file is staged that is named through a link which is staged as one: where the link leads. */
function locate(path: string, links: TracedSources["links"]): string {
  const link = Object.keys(links).find((candidate) => path === candidate || path.startsWith(`${candidate}/`));
  if (link === undefined) return path;
  return locate(posix.join(posix.dirname(link), links[link] ?? "", path.slice(link.length)), links);
}
