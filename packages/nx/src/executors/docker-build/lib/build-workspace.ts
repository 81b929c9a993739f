import type { ExecutorContext } from "@nx/devkit";
import { existsSync, readFileSync, statSync } from "node:fs";
import { join, posix } from "node:path";
import type { ContextFile } from "../../../image/context-files.js";
import type { Builder } from "../../../image/build-plan.js";
import { type Probe, readDefaultPlatform } from "../../../image/engine.js";
import { rememberProbe } from "../../../image/remember-probe.js";
import { type Manifests, readManifests } from "../../../image/manifests/manifests.js";
import { OoneexNxError } from "../../../errors.js";
import { createSourceTracer, type SourceTracer } from "../../../workspace/sources/source-tracer.js";

/** The files of a workspace as they are when each is first asked for. */
export interface WorkspaceFiles {
  /** Absolute path. */
  readonly root: string;
  /** Reads a file by its workspace-relative path; `undefined` where there is none. */
  readonly readFile: (path: string) => ContextFile | undefined;
  /** The same as text. */
  readonly readText: (path: string) => string | undefined;
}

/** What all image builds of one process share: each file is read once, each source parsed once, the lockfile parsed once. */
export interface BuildWorkspace extends WorkspaceFiles {
  readonly tracer: () => SourceTracer;
  /** Asks an engine what does not change while this process runs; each question once. */
  readonly ask: Probe;
  /** What an engine builds for unless it is told, such as `linux/amd64`; `undefined` where none answers. */
  readonly platform: (builder: Builder) => Promise<string | undefined>;
  /** @throws OoneexNxError `LOCKFILE_MISSING` and what reading the lockfile throws */
  readonly manifests: () => Manifests;
}

/** @param root - absolute path of the workspace */
export function openWorkspaceFiles(root: string): WorkspaceFiles {
  const files = new Map<string, ContextFile | undefined>();
  const readFile = (path: string): ContextFile | undefined => {
    if (!files.has(path)) files.set(path, readContextFile(join(root, path)));
    return files.get(path);
  };
  const readText = (path: string): string | undefined => {
    const file = readFile(path);
    return file === undefined ? undefined : Buffer.from(file.content).toString("utf8");
  };
  return { root, readFile, readText };
}

/**
 * Opens the workspace that an executor runs in. The graph tells which folders are packages of it.
 *
 * @param ask - asks each question once
 */
export function openBuildWorkspace({ root, projectsConfigurations }: ExecutorContext, ask: Probe = rememberProbe()): BuildWorkspace {
  const files = openWorkspaceFiles(root);
  const { readText } = files;
  const platforms = new Map<Builder, Promise<string | undefined>>();
  const packages = memoize(() =>
    Object.values(projectsConfigurations.projects)
      .map((project) => project.root)
      .filter((folder) => folder !== "." && existsSync(join(root, folder, "package.json")))
      .sort(),
  );
  return {
    ...files,
    ask,
    platform(builder) {
      const platform = platforms.get(builder) ?? readDefaultPlatform(builder, ask);
      platforms.set(builder, platform);
      return platform;
    },
    tracer: memoize(() => createSourceTracer(root, packages())),
    manifests: memoize(() => {
      const texts = ["", ...packages()].map((folder): [string, string] => [folder, readText(posix.join(folder, "package.json")) ?? "{}"]);
      const lockfile = readText("bun.lock");
      if (lockfile === undefined) throw lockfileMissing();
      return readManifests({ lockfile, manifests: Object.fromEntries(texts) });
    }),
  };
}

function lockfileMissing(): OoneexNxError {
  return new OoneexNxError({
    code: "LOCKFILE_MISSING",
    what: "there is no lockfile that tells which packages a service needs",
    where: "bun.lock",
    remedy: "bun install --save-text-lockfile, or build from everything with --prune=false",
  });
}

function readContextFile(path: string): ContextFile | undefined {
  try {
    return { content: readFileSync(path), kind: (statSync(path).mode & 0o111) === 0 ? "file" : "executable" };
  } catch {
    return undefined;
  }
}

function memoize<T>(compute: () => T): () => T {
  let value: { readonly is: T } | undefined;
  return () => (value ??= { is: compute() }).is;
}
