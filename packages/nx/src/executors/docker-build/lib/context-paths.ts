import { lstatSync, readdirSync, readlinkSync, statSync } from "node:fs";
import { join, posix } from "node:path";
import { type ContextFile, hashContexts } from "../../../image/context-files.js";
import { type IgnorePattern, isIgnoredByBuildKit, readIgnorePatterns } from "../../../workspace/docker-ignore-patterns.js";
import type { WorkspaceFiles } from "./build-workspace.js";

/**
 * Hashes what a Dockerfile of somebody's own reads of the repository: names, contents, links and folders, without what the
 * ignore file keeps out of the build.
 *
 * @param paths - as the Dockerfile writes them
 * @param dockerfile - workspace-relative path; an ignore file beside it, with its name, counts instead of the root's
 * @returns `undefined` where one of the paths leads to nothing that could be read
 */
export function hashContextPaths(paths: readonly string[], dockerfile: string, workspace: WorkspaceFiles): string | undefined {
  const patterns = readPatterns(dockerfile, workspace);
  const files = new Map<string, ContextFile>();
  try {
    for (const path of paths) if (!collect(locate(path), patterns, workspace, files)) return undefined;
  } catch {
    // A build may read what cannot be read here, or fail at it.
    return undefined;
  }
  return hashContexts({ context: files });
}

function readPatterns(dockerfile: string, workspace: WorkspaceFiles): IgnorePattern[] {
  return readIgnorePatterns(workspace.readText(`${dockerfile}.dockerignore`) ?? workspace.readText(".dockerignore") ?? "");
}

/** Everything below the last folder without a wildcard: more than is copied, and never less. */
function locate(path: string): string {
  const folder = /[*?[]/.test(path) ? posix.dirname(path.replace(/[*?[].*$/s, "x")) : path;
  return posix.relative("/", posix.join("/", folder)) || ".";
}

/** @returns `false` where there is nothing */
function collect(path: string, patterns: readonly IgnorePattern[], workspace: WorkspaceFiles, files: Map<string, ContextFile>): boolean {
  const absolute = join(workspace.root, path);
  const stats = lstatSync(absolute, { throwIfNoEntry: false });
  if (stats === undefined) return false;
  const isIgnored = path !== "." && isIgnoredByBuildKit(patterns, path);
  if (stats.isDirectory()) {
    // What is in an ignored folder comes in only by a pattern that takes it back.
    if (isIgnored && !patterns.some(({ negated }) => negated)) return true;
    if (!isIgnored) files.set(`${path}/`, { content: Buffer.alloc(0), kind: "file" });
    for (const name of readdirSync(absolute)) collect(posix.join(path, name), patterns, workspace, files);
  } else if (!isIgnored && stats.isSymbolicLink()) {
    files.set(path, { content: Buffer.from(readlinkSync(absolute)), kind: "link" });
    // `COPY link ./` copies what it leads to.
    if (statSync(absolute, { throwIfNoEntry: false })?.isFile() === true) addFile(`${path}@`, path, workspace, files);
  } else if (!isIgnored && stats.isFile()) {
    addFile(path, path, workspace, files);
  }
  return true;
}

function addFile(name: string, path: string, workspace: WorkspaceFiles, files: Map<string, ContextFile>): void {
  const file = workspace.readFile(path);
  if (file === undefined) throw new Error(`${path} cannot be read`);
  files.set(name, file);
}
