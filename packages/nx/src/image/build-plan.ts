/** Container engines that images can be built with. */
export type EngineKind = "docker" | "podman";

/** What builds: the engine, and which of its commands understands what. `podman-4` is any Podman before 5.1. */
export type Builder = "buildx" | "docker-buildkit" | "podman" | "podman-4";

/**
 * Build argument with the time, in seconds since 1970, that the image and its files are given instead of the present one.
 *
 * @see https://reproducible-builds.org/specs/source-date-epoch/
 */
export const SOURCE_DATE_EPOCH = "SOURCE_DATE_EPOCH";

/**
 * What one image build is, independent of the engine that runs it. Every field is named after the flag of
 * `docker buildx build` that it becomes. Paths are workspace-relative; the build context is the workspace root.
 */
export interface BuildPlan {
  readonly file: string;
  /** Copy of `file` that an engine reads in its place; `undefined` for none. */
  readonly stagedFile: string | undefined;
  readonly target: string;
  readonly tags: readonly string[];
  readonly platforms: readonly string[];
  readonly buildArgs: Readonly<Record<string, string>>;
  /** Named contexts: folder by name. A folder takes the place of the Dockerfile's stage of that name. */
  readonly buildContexts: Readonly<Record<string, string>>;
  readonly labels: Readonly<Record<string, string>>;
  readonly secrets: readonly string[];
  readonly cacheFrom: readonly string[];
  readonly cacheTo: readonly string[];
  readonly push: boolean;
  /** `undefined` leaves it to what can work: loaded, unless the image is pushed or has several platforms. */
  readonly load: boolean | undefined;
  readonly builder: string | undefined;
  readonly network: string | undefined;
  readonly provenance: string | undefined;
  readonly sbom: string | undefined;
  readonly metadataFile: string | undefined;
  readonly noCache: boolean;
  readonly pull: boolean;
  readonly progress: string | undefined;
  readonly quiet: boolean;
}

/** A command as it is run: no shell, so nothing in it is ever interpreted. */
export interface Command {
  readonly argv: readonly [program: string, ...args: string[]];
  /** Variables that are set on top of the process's own environment. */
  readonly env: Readonly<Record<string, string>>;
  /** What it reads from its standard input, where it is not the terminal's. */
  readonly input?: FilteredFile;
}

/** A text file without each text that a pattern matches. */
export interface FilteredFile {
  /** Workspace-relative. */
  readonly file: string;
  /** A regular expression that means the same to JavaScript and to sed. */
  readonly without: string;
}

/** The engine that a builder belongs to. */
export function engineOf(builder: Builder): EngineKind {
  return builder === "podman" || builder === "podman-4" ? "podman" : "docker";
}

/** The Dockerfile that an engine reads. */
export function dockerfileOf({ file, stagedFile }: BuildPlan): string {
  return stagedFile ?? file;
}

/** Tells whether an image goes into the engine's own store. */
export function isLoaded({ load, push, platforms }: BuildPlan): boolean {
  return load ?? (!push && platforms.length < 2);
}
