import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import type { ImportStatement } from "../workspace/imports.js";
import { readWorkspaceData, writeWorkspaceData } from "./workspace-data.js";

/** What a file of one content imports. */
export interface CachedImports {
  /** Nx's own hash of the file's content. */
  readonly hash: string;
  readonly imports: readonly ImportStatement[];
}

/**
 * What files import, by workspace-relative file, for when Nx asks for the edges of all of them again: after a change to the
 * lockfile, to an alias, to its plugins, or to the list of projects.
 */
export type ImportCache = ReadonlyMap<string, CachedImports>;

const FILE = "imports.json";

/** How an import is written in the cache: one character in front of what stands between its quotes. */
const STATIC = "=";
const DYNAMIC = "?";

/**
 * Reads the cache. One that is missing, cut off, damaged, or from another version of the plugin is an empty one: the first
 * line is a digest of the second.
 */
export function readImportCache(workspaceRoot: string): ImportCache {
  const text = readWorkspaceData(workspaceRoot, FILE) ?? "";
  const end = text.indexOf("\n");
  const body = text.slice(end + 1);
  if (end === -1 || text.slice(0, end) !== digest(body)) return new Map();
  const files = JSON.parse(body) as Record<string, [hash: string, ...imports: string[]]>;
  const cache = new Map<string, CachedImports>();
  for (const [file, [hash, ...imports]] of Object.entries(files)) cache.set(file, { hash, imports: imports.map(decode) });
  return cache;
}

/** Replaces the cache. */
export function writeImportCache(workspaceRoot: string, cache: ImportCache): void {
  const files = [...cache].map(([file, { hash, imports }]) => [file, [hash, ...imports.map(encode)]] as const);
  const body = JSON.stringify(Object.fromEntries(files));
  writeWorkspaceData(workspaceRoot, FILE, `${digest(body)}\n${body}`);
}

function encode({ specifier, dynamic }: ImportStatement): string {
  return (dynamic ? DYNAMIC : STATIC) + specifier;
}

function decode(text: string): ImportStatement {
  return { specifier: text.slice(1), dynamic: text.startsWith(DYNAMIC) };
}

/** Of the plugin's version too, since another one may read files differently. */
function digest(body: string): string {
  const manifest = readFileSync(new URL("../../package.json", import.meta.url));
  return createHash("sha256").update(manifest).update(body).digest("hex");
}
