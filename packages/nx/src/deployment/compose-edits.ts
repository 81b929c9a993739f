import { isDeepStrictEqual } from "node:util";
import { isMap, isScalar, isSeq, type Node } from "yaml";
import { findPair, foundPair, isFlow, lastEntryOf, resolveAlias, tokenOf, type YamlEntry } from "../workspace/yaml-entry.js";
import type { YamlFragment } from "../workspace/yaml-fragment.js";
import { APPEND, insertEntry } from "../workspace/yaml-insert.js";
import { lastLineEnd, lineBreakAt, lineEnd, lineStart, meaningOf, type Meaning, parseEdited, startsLine, unsupported, type YamlSource } from "../workspace/yaml-source.js";
import type { EnvironmentValue } from "./compose-source.js";
import { environmentOf, mapAt, nodeAt, parseCompose } from "./compose-source.js";

/** Where an edit is made, and what a person does where it cannot be. */
interface EditPlace {
  readonly path: readonly string[];
  readonly remedy?: string;
}

/** An edit of what a service's block says under one key. */
interface PartEdit {
  readonly service: string;
  readonly key: string;
  readonly remedy: string;
}

/** A key of a section with its lines. */
export interface ComposeEntry {
  /** The key's line first, two spaces a level. */
  readonly lines: readonly string[];
  /** Whether a blank line parts it from the entry before it. */
  readonly isSpaced: boolean;
}

/** A compose file in the course of an edit. Every method leaves the bytes that it is not about. */
export class ComposeText {
  /** The text as it was parsed last: it is asked about each of its services, and parsing it takes longer the more there are. */
  private parsed: YamlSource | undefined;

  public constructor(
    public readonly path: string,
    private current: string,
  ) {}

  public get text(): string {
    return this.current;
  }

  /** @throws OoneexNxError `COMPOSE_INVALID` */
  public get source(): YamlSource {
    if (this.parsed?.text !== this.current) this.parsed = parseCompose(this.current, this.path);
    return this.parsed;
  }

  /**
   * Adds keys with their lines at the end of a section, which is made where it is missing.
   *
   * @throws OoneexNxError `COMPOSE_UNSUPPORTED` for a section in brackets, or one that an alias shares
   */
  public addBlocks(section: string, blocks: readonly ComposeEntry[]): void {
    if (blocks.length === 0) return;
    const { source, current: text } = this;
    const eol = lineBreakAt(text, text.length);
    const found = isMap(source.root) ? findPair(source, source.root, section) : undefined;
    const write = (at: number, added: readonly string[]): string => text.slice(0, at) + added.map((line) => eol + line).join("") + text.slice(at);
    const indented = (indent: number, isFirst: boolean): string[] =>
      blocks.flatMap(({ lines, isSpaced }, at) => [...(isSpaced && !(isFirst && at === 0) ? [""] : []), ...lines.map((line) => " ".repeat(indent) + line)]);
    let result: string;
    if (found === undefined) {
      const body = text.slice(0, source.end).trimEnd();
      result = write(body.length, [...(body === "" ? [] : [""]), `${section}:`, ...indented(2, true)]);
      if (body === "") result = result.slice(eol.length);
      if (!result.endsWith("\n") && body === "") result += eol;
    } else if (isNothing(found.value)) {
      const empty = isMap(found.value) ? found.value.range : undefined;
      const bare = empty ? text.slice(0, empty[0]).trimEnd() + text.slice(empty[1]) : text;
      const at = lineEnd(bare, found.entry.start);
      result = bare.slice(0, at) + indented(2, true).map((line) => eol + line).join("") + bare.slice(at);
    } else {
      const container = isMap(found.value) ? tokenOf(found.value) : undefined;
      const last = container === undefined || isFlow(container) ? undefined : lastEntryOf(container);
      if (container === undefined || last === undefined) throw unsupported(source, found.entry.start, `write ${section} in block style, one key a line`);
      const indent = last.start - lineStart(text, last.start);
      result = write(lastLineEnd(text, last.end), indented(indent, false));
    }
    const keys = blocks.map(({ lines }) => (lines[0] ?? "").replace(/:.*$/, "").replaceAll('"', ""));
    this.accept(source, result, (before, after) => {
      const added = after.get(section);
      if (!(added instanceof Map) || !keys.every((key) => added.has(key))) return false;
      const rest = new Map(added as Meaning);
      for (const key of keys) rest.delete(key);
      const was = before.get(section);
      return isDeepStrictEqual(rest, was instanceof Map ? was : new Map()) && sameBut(before, after, section);
    }, { path: [section] });
  }

  /** Lines of a key's block without its indentation; `undefined` where it is not in block style on lines of its own. */
  public readBlock(section: string, key: string): string[] | undefined {
    const found = this.findEntry(section, key);
    if (found === undefined) return undefined;
    const [start, end] = this.lines(found);
    const column = found.start - start;
    const lines = this.current.slice(start, end).split(/\r?\n/);
    return lines.every((line) => line.slice(0, column).trim() === "") ? lines.map((line) => line.slice(column).trimEnd()) : undefined;
  }

  /** Takes a key's block out, the blank line before it, and the section that it leaves empty. */
  public removeBlock(section: string, key: string): void {
    const entry = this.findEntry(section, key);
    if (entry === undefined) return;
    const { source } = this;
    const isOnly = mapAt(source, section)?.items.length === 1;
    const root = isMap(source.root) ? findPair(source, source.root, section)?.entry : undefined;
    const [start, end] = this.lines(isOnly && root !== undefined ? root : entry);
    const before = this.current.slice(0, start).replace(/\r?\n\r?\n$/, (breaks) => breaks.slice(0, breaks.length / 2));
    const after = this.current.slice(end).replace(/^\r?\n/, "");
    // A file without a line break at its end keeps none.
    const isOpen = after === "" && !this.current.endsWith("\n");
    this.accept(source, isOpen ? before.replace(/\r?\n$/, "") : before + after, (was, is) => {
      const rest = new Map(was.get(section) as Meaning);
      rest.delete(key);
      return isDeepStrictEqual(is.get(section) ?? new Map(), rest) && sameBut(was, is, section);
    }, { path: [section, key], remedy: `take ${key} out of ${section} by hand` });
  }

  /**
   * Gives a variable of a service's environment a value, in the map or in the list that it is written as.
   *
   * @throws OoneexNxError `COMPOSE_UNSUPPORTED` for an environment that another service shares by an alias
   */
  public setVariable(service: string, name: string, value: string): void {
    const { source, current: text } = this;
    const found = environmentOf(source, service).get(name);
    const edit: PartEdit = { service, key: "environment", remedy: `write ${name} with the value ${value} into an environment of ${service}'s own` };
    if (found?.range !== undefined) {
      const [start, end] = found.range;
      const written = found.isItem ? `${name}=${value}` : value;
      const quoted = found.type === "QUOTE_SINGLE" ? `'${written}'` : found.type === "PLAIN" ? written : JSON.stringify(written);
      this.acceptPart(source, text.slice(0, start) + quoted + text.slice(end), edit);
    } else {
      const isList = isSeq(nodeAt(source, "services", service, "environment"));
      const fragment: YamlFragment = { kind: "text", value: isList ? `${name}=${value}` : value, plain: false };
      const result = insertEntry(source, ["services", service, "environment", isList ? APPEND : name], fragment);
      this.acceptPart(source, result ?? this.appendVariable(service, name, value), edit);
    }
    if (environmentOf(this.source, service).get(name)?.value === value) return;
    this.current = text;
    throw unsupported(source, offsetAt(source, ["services", service, "environment"]), edit.remedy);
  }

  /** Takes a variable out that stands on a line of its own, and in no environment that is shared; any other stays. */
  public removeVariable(service: string, name: string): boolean {
    const { source, current: text } = this;
    const found = environmentOf(source, service).get(name);
    if (found?.range === undefined) return false;
    const start = found.entry?.start ?? this.itemStart(found);
    const end = found.range[1];
    if (start === undefined || !startsLine(text, start) || text.slice(end, lineEnd(text, end)).trim() !== "") return false;
    const rest = text.slice(0, lineStart(text, start)) + text.slice(lineEnd(text, end)).replace(/^\r?\n/, "");
    const edited = parseEdited(source, rest);
    if (edited === undefined || !sameButPart(meaningOf(source), meaningOf(edited), service, "environment")) return false;
    this.current = rest;
    return true;
  }

  /** Publishes a port of a service that publishes none. */
  public publish(service: string, published: string): void {
    const { source } = this;
    const result = insertEntry(source, ["services", service, "ports"], { kind: "items", items: [{ kind: "text", value: published, plain: false }] });
    this.acceptPart(source, result, { service, key: "ports", remedy: `publish ${published} of ${service} by hand` });
  }

  /** Writes a variable below the others, where the one that a merge brings in gives way to it. */
  private appendVariable(service: string, name: string, value: string): string | undefined {
    const { source, current: text } = this;
    const map = mapAt(source, "services", service, "environment");
    const container = map && tokenOf(map);
    const last = container === undefined || isFlow(container) ? undefined : lastEntryOf(container);
    if (last === undefined) return undefined;
    const at = lastLineEnd(text, last.end);
    const indent = " ".repeat(last.start - lineStart(text, last.start));
    return `${text.slice(0, at)}${lineBreakAt(text, at)}${indent}${name}: ${JSON.stringify(value)}${text.slice(at)}`;
  }

  private acceptPart(source: YamlSource, result: string | undefined, { service, key, remedy }: PartEdit): void {
    const path = ["services", service, key];
    if (result === undefined) throw unsupported(source, offsetAt(source, path), remedy);
    this.accept(source, result, (before, after) => sameButPart(before, after, service, key), { path, remedy });
  }

  private accept(source: YamlSource, result: string, isRight: (before: Meaning, after: Meaning) => boolean, { path, remedy = "write it in block style, one key a line" }: EditPlace): void {
    const edited = parseEdited(source, result);
    if (edited === undefined || !isRight(meaningOf(source), meaningOf(edited))) throw unsupported(source, offsetAt(source, path), remedy);
    this.current = result;
    this.parsed = edited;
  }

  private findEntry(section: string, key: string): YamlEntry | undefined {
    const map = mapAt(this.source, section);
    const pair = map?.items.find((item) => String(item.key) === key);
    const entry = map && pair && foundPair(map, pair)?.entry;
    return entry !== undefined && !isFlow(entry.container) && startsLine(this.current, entry.start) ? entry : undefined;
  }

  private lines({ start, end }: YamlEntry): [start: number, end: number] {
    return [lineStart(this.current, start), lastLineEnd(this.current, end)];
  }

  private itemStart({ range }: EnvironmentValue): number | undefined {
    const dash = range === undefined ? -1 : this.current.lastIndexOf("-", range[0]);
    return dash === -1 ? undefined : dash;
  }
}

/** Whether a key has no value, or brackets with nothing in them. */
function isNothing(value: Node | null): boolean {
  if (value === null || (isScalar(value) && value.value === null && value.range?.[0] === value.range?.[1])) return true;
  return isMap(value) && value.items.length === 0 && !isBlockMap(value);
}

function isBlockMap(node: Parameters<typeof tokenOf>[0]): boolean {
  const token = tokenOf(node);
  return token !== undefined && !isFlow(token);
}

function sameBut(before: Meaning, after: Meaning, section: string): boolean {
  const [a, b] = [new Map(before), new Map(after)];
  a.delete(section);
  b.delete(section);
  return isDeepStrictEqual(a, b);
}

/** Whether nothing but what one service says under one key differs. An anchor in it means something to others as well. */
function sameButPart(before: Meaning, after: Meaning, service: string, key: string): boolean {
  const [a, b] = [before, after].map((meaning) => {
    const services = new Map(meaning.get("services") as Meaning);
    const block = new Map(services.get(service) as Meaning);
    block.delete(key);
    return services.set(service, block);
  });
  return isDeepStrictEqual(a, b) && sameBut(before, after, "services");
}

/** Where the last key of a path stands that the file has. */
function offsetAt(source: YamlSource, path: readonly string[]): number {
  let node: Node | null = source.root;
  let offset = 0;
  for (const key of path) {
    const found = isMap(node) ? findPair(source, node, key) : undefined;
    if (found === undefined) break;
    offset = found.entry.start;
    node = resolveAlias(source, found.value);
  }
  return offset;
}
