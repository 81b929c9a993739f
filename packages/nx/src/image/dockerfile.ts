import type { Dockerfile } from "dockerfile-ast";
import { parseDockerfile } from "./parse-dockerfile.js";
import { type DockerfileStage, findStage, splitStages } from "./dockerfile-stages.js";

/** What a build of one stage takes in, as far as the Dockerfile tells. */
export interface DockerfileFacts {
  /** Names of all stages, in lower case. */
  readonly stages: readonly string[];
  /** Names of the stages that the target is made from, itself included. */
  readonly reached: readonly string[];
  /** Names of the build arguments that any stage, or the head of the file, declares; each with its default, most often `""`. */
  readonly arguments: ReadonlyMap<string, string>;
  /**
   * Images that the target's stages start from or copy from, arguments filled in as far as they have a value, and files that
   * `ADD` fetches: what comes from elsewhere, and may change there.
   */
  readonly images: readonly string[];
  /**
   * Paths of the build context that the target's stages read, as they are written: of `COPY`, `ADD` and bind mounts. A
   * `.` is the whole context.
   */
  readonly contextPaths: readonly string[];
  /** What of the target's stages only a build can tell: variables, quotes, triggers. Empty for a file that is read whole. */
  readonly unknown: readonly string[];
  /** What the target hands on to images that are based on it, as it is written behind `ONBUILD`. */
  readonly triggers: readonly string[];
}

/** How a build is cut before it is read. */
export interface DockerfileQuestion {
  readonly target: string;
  /** Names, in lower case, of the stages that a named context takes the place of: what they are made from is not built. */
  readonly replaced: readonly string[];
  readonly buildArgs: Readonly<Record<string, string>>;
}

/**
 * Reads what a build of one stage takes in: other stages, images, and paths of the build context.
 *
 * @param text - the Dockerfile's text
 * @see https://docs.docker.com/reference/dockerfile/ for which instructions read the context
 */
export function readDockerfile(text: string, { target, replaced, buildArgs }: DockerfileQuestion): DockerfileFacts {
  const dockerfile = parseDockerfile(text);
  const stages = splitStages(dockerfile, buildArgs);
  const visited = visit(stages, target, replaced);
  const isReplaced = (name: string): boolean => replaced.includes(name.toLowerCase());
  const built = visited.map((index) => ({ index, ...(stages[index] as DockerfileStage) })).filter(({ name }) => !isReplaced(name));
  const isImage = (origin: string, index: number): boolean => origin !== "scratch" && !isReplaced(origin) && findStage(stages, origin, index) < 0;
  return {
    stages: stages.map(({ name }) => name),
    reached: visited.map((index) => stages[index]?.name ?? ""),
    arguments: readArgumentDefaults(dockerfile),
    images: unique(built.flatMap(({ origins, index }) => origins.filter((origin) => isImage(origin, index)))),
    contextPaths: unique(built.flatMap(({ contextPaths }) => contextPaths)),
    unknown: unique(built.flatMap(listUnknown)),
    triggers: built.find(({ index }) => index === findTarget(stages, target))?.triggers ?? [],
  };
}

/** The default at the head of the file counts for the stages that declare the argument without one. */
function readArgumentDefaults(dockerfile: Dockerfile): Map<string, string> {
  const defaults = new Map<string, string>();
  for (const argument of [...dockerfile.getInitialARGs(), ...dockerfile.getARGs()]) {
    const property = argument.getProperty();
    if (property !== null) defaults.set(property.getName(), property.getValue() ?? defaults.get(property.getName()) ?? "");
  }
  return defaults;
}

/** Names and paths that are not plain, and triggers, which run in the stages that start from this one. */
function listUnknown({ origins, contextPaths, triggers }: DockerfileStage): string[] {
  const strange = [...origins, ...contextPaths].filter((name) => /[$"'\\`]/.test(name));
  return [...strange, ...triggers.filter((trigger) => /^(?:COPY|ADD|RUN)\b/i.test(trigger)).map((trigger) => `ONBUILD ${trigger}`)];
}

function findTarget(stages: readonly DockerfileStage[], target: string): number {
  return findStage(stages, target, stages.length);
}

/** Indexes of the stages from the target back to their origins, in the order of the file. BuildKit builds no other. */
function visit(stages: readonly DockerfileStage[], target: string, replaced: readonly string[]): number[] {
  const visited = new Set<number>();
  const walk = (index: number): void => {
    const stage = stages[index];
    if (stage === undefined || visited.has(index)) return;
    visited.add(index);
    if (replaced.includes(stage.name)) return;
    for (const origin of stage.origins) if (!replaced.includes(origin.toLowerCase())) walk(findStage(stages, origin, index));
  };
  walk(findTarget(stages, target));
  return [...visited].sort((a, b) => a - b);
}

function unique(values: readonly string[]): string[] {
  return [...new Set(values)];
}
