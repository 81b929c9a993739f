import type { Tree } from "@nx/devkit";
import { posix } from "node:path";
import { OoneexNxError } from "../../../errors.js";
import { readSourceImports } from "../../../workspace/imports.js";
import type { ModuleNames } from "../../../workspace/names.js";
import { isSourceFile } from "../../../workspace/source-file.js";
import { indexLines } from "../../../workspace/source-text.js";
import { SERVICE_PARTS } from "../../module-parts.js";
import { walkFiles } from "../../walk-files.js";

/** What an inlined service takes with it. */
export interface Departure {
  /** Files that go, workspace-relative. */
  readonly files: readonly string[];
  /** Files that stay, with the text that they are about to have. */
  readonly edited: ReadonlyMap<string, string>;
  /** The variable that holds the service's URL. */
  readonly variable: string;
}

/**
 * Refuses to inline a service whose files, health controller, drain middleware or URL are still used.
 *
 * @throws OoneexNxError `SERVICE_IN_USE`, which names the lines
 */
export function refuseUses(tree: Tree, names: ModuleNames, departure: Departure): void {
  const uses = walkFiles(tree).filter(isSourceFile).flatMap((path) => {
    if (departure.files.includes(path)) return [];
    const text = departure.edited.get(path) ?? tree.read(path, "utf8") ?? "";
    const lines = listOffsets(path, text, names, departure).map(indexLines(text));
    return [...new Set(lines)].sort((a, b) => a - b).map((line) => `${path}:${line}`);
  });
  if (uses.length === 0) return;
  throw new OoneexNxError({
    code: "SERVICE_IN_USE",
    what: `what ${names.kebab} has only as a service is used: its entrypoint, its health controller, its drain middleware or its URL`,
    where: uses.join(", "),
    remedy: `take those uses out, and call what ${names.pascal}Module offers in the app's own process, then run again`,
  });
}

function listOffsets(path: string, text: string, names: ModuleNames, { files, variable }: Departure): number[] {
  const isOwn = path.startsWith(`${names.root}/`);
  const words = isOwn ? [variable, ...SERVICE_PARTS.map(({ name }) => name)] : [variable];
  const mentions = words.flatMap((word) => [...text.matchAll(new RegExp(`\\b${word}\\b`, "g"))].map(({ index }) => index));
  if (!isOwn && !text.includes(names.kebab)) return mentions;
  const gone = new Set(files.map(stripExtension));
  const imports = readSourceImports(path, text).sites.filter(({ specifier }) => {
    const target = resolveSpecifier(path, specifier, names);
    return target !== undefined && [target, `${target}/index`].some((file) => gone.has(stripExtension(file)));
  });
  return [...mentions, ...imports.map(({ start }) => start)];
}

/** The file that a relative path or the module's alias leads to. */
function resolveSpecifier(path: string, specifier: string, { packageName, root }: ModuleNames): string | undefined {
  if (specifier.startsWith(".")) return posix.join(posix.dirname(path), specifier);
  return specifier.startsWith(`${packageName}/`) ? `${root}/src/${specifier.slice(packageName.length + 1)}` : undefined;
}

function stripExtension(path: string): string {
  return path.replace(/\.[cm]?[jt]sx?$/, "");
}
