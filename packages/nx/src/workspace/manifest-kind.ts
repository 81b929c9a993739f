import { isMap, isScalar } from "yaml";
import { readManifest } from "./manifest.js";
import { applyEdits, type SourceEdit } from "./source-text.js";
import { commaAfter, commaBefore, findPair, type FoundPair, isFlow } from "./yaml-entry.js";
import { lineBreakAt, lineBreakBefore, lineEnd, lineStart, parseYaml, startsLine, unsupported, type YamlSource } from "./yaml-source.js";

const PORT_COMMENT = "# in development; unique in the workspace, and kept here because .env.yml does not survive a clone";

/**
 * Turns the manifest of a regular module into that of a microservice: its type, and a port below it where it names none.
 *
 * @param port - TCP port in development
 * @param file - workspace-relative path, for the error
 * @throws OoneexNxError `MANIFEST_INVALID` with the line for what is not YAML, `MANIFEST_UNSUPPORTED` where no edit does this
 *   and nothing else
 */
export function toServiceManifest(text: string, port: number, file: string): string {
  const source = parse(text, file);
  const type = findType(source);
  const edits = [retype(source, type, "microservice")];
  if (readManifest(text, file).port === undefined) edits.push(insertPort(source, type, port));
  return checked(source, applyEdits(text, edits), { type: "microservice", port: readManifest(text, file).port ?? port });
}

/** Turns the manifest of a microservice into that of a regular module: the exact inverse of {@link toServiceManifest}. */
export function toModuleManifest(text: string, file: string): string {
  const source = parse(text, file);
  const edits = [retype(source, findType(source), "module")];
  const port = isMap(source.root) ? findPair(source, source.root, "port") : undefined;
  if (port !== undefined) edits.push(removePair(source, port));
  return checked(source, applyEdits(text, edits), { type: "module", port: undefined });
}

function parse(text: string, file: string): YamlSource {
  return parseYaml(text, { code: "MANIFEST", path: file });
}

function findType(source: YamlSource): FoundPair {
  const found = isMap(source.root) ? findPair(source, source.root, "type") : undefined;
  if (found !== undefined) return found;
  throw unsupported(source, 0, "write its type on a line of its own, such as type: module");
}

/** Another type in the quotes of the one before. */
function retype(source: YamlSource, { value, entry }: FoundPair, type: string): SourceEdit {
  const range = isScalar(value) ? value.range : undefined;
  if (range == null) throw unsupported(source, entry.start, `write type: ${type} by hand`);
  const [start, end] = range;
  const quote = /^["']/.exec(source.text.slice(start, end))?.[0] ?? "";
  return { start, end, text: quote + type + quote };
}

function insertPort({ text }: YamlSource, { entry }: FoundPair, port: number): SourceEdit {
  if (isFlow(entry.container)) return { start: entry.end, end: entry.end, text: `, port: ${port}` };
  const at = lineEnd(text, Math.max(entry.end - lineBreakBefore(text, entry.end), entry.start));
  const indent = text.slice(lineStart(text, entry.start), entry.start);
  return { start: at, end: at, text: `${lineBreakAt(text, at)}${indent}port: ${port} ${PORT_COMMENT}` };
}

function removePair({ text }: YamlSource, { entry }: FoundPair): SourceEdit {
  if (isFlow(entry.container)) {
    const before = commaBefore(entry);
    const after = commaAfter(entry);
    return { start: before?.offset ?? entry.start, end: before === undefined && after !== undefined ? after.offset + 1 : entry.end, text: "" };
  }
  const start = lineStart(text, entry.start);
  const end = lineEnd(text, Math.max(entry.end - lineBreakBefore(text, entry.end), entry.start));
  const isFirst = lineBreakBefore(text, start) === 0;
  if (!startsLine(text, entry.start)) return { start: entry.start, end: entry.end, text: "" };
  return isFirst ? { start, end: end + (/^\r?\n/.exec(text.slice(end))?.[0].length ?? 0), text: "" } : { start: start - lineBreakBefore(text, start), end, text: "" };
}

/** The edited text, where it means what it should. */
function checked(source: YamlSource, edited: string, wanted: ReturnType<typeof readManifest>): string {
  const { type, port } = readManifest(edited, source.file.path);
  if (type === wanted.type && port === wanted.port) return edited;
  throw unsupported(source, 0, `write type: ${wanted.type} by hand`);
}
