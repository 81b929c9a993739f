/** How far the build of one image is. */
export interface TargetProgress {
  /** Steps that are done or were done before, of those that have come up. */
  readonly done: number;
  readonly steps: number;
  /** Whether the image is in the engine's store or with its registry. */
  readonly isExported: boolean;
  readonly hasBegun: boolean;
}

/** Why an image could not be built. */
export interface TargetFailure {
  /** Such as `[build 2/3] RUN bun build …`; `undefined` where it failed outside of its steps. */
  readonly step: string | undefined;
  /** The engine's own words. */
  readonly message: string;
}

/** What `--progress=plain` tells, target by target. */
export interface BuildProgress {
  /** Takes what the engine has written next. */
  readonly read: (text: string) => void;
  readonly progressOf: (target: string) => TargetProgress;
  /** The output of a target's own steps. A step that several targets share is in the log of one of them. */
  readonly logOf: (target: string) => string;
  /** What a target has been at for the longest time; of what several share, one of them is told. */
  readonly openStepOf: (target: string) => string | undefined;
  /** The same for all targets. */
  readonly openStep: () => string | undefined;
  /** The targets at fault for a build that has failed. Those that were only called off are not among them. */
  readonly findFailures: () => Map<string, TargetFailure>;
}

/** What the engine calls a vertex: a step, or what it does around the steps. */
interface Vertex {
  /** As the engine writes it. */
  readonly title: string;
  /** Without the target's name. */
  readonly name: string;
  readonly target: string | undefined;
  readonly lines: string[];
  end: "DONE" | "CACHED" | "CANCELED" | "ERROR" | undefined;
  error: string;
}

/** `[stage 2/3] RUN …`, with a platform before the stage where there are several, and no stage where there is one. */
const STEP = /^\[(.*?) ?(\d+)\/(\d+)\] /;

/** A command that was called off is never reported to have failed with its own exit code. */
const OWN_FAULT = /did not complete successfully: exit code: \d+$/;

/**
 * Reads the progress of one build, or of several that run as one bake. Their vertices carry the target's name where there
 * is more than one, `[billing build 2/3]`; what they share carries the name of one of them.
 *
 * @param targets - names of the targets
 */
export function readProgress(targets: readonly string[]): BuildProgress {
  const vertices = new Map<string, Vertex>();
  const byTarget = new Map(targets.map((target): [string, Vertex[]] => [target, []]));
  /** What belongs to no vertex: the summary of what has failed, which comes last. */
  const rest: string[] = [];
  let partial = "";

  const readLine = (line: string): void => {
    const [, index, text] = /^#(\d+) (.*)$/.exec(line) ?? [];
    if (index === undefined || text === undefined) {
      rest.push(line);
      return;
    }
    const vertex = vertices.get(index);
    if (vertex !== undefined) return readVertexLine(vertex, text);
    const opened = openVertex(text, targets);
    vertices.set(index, opened);
    byTarget.get(opened.target ?? "")?.push(opened);
  };
  const verticesOf = (target: string): Vertex[] => byTarget.get(target) ?? [];

  return {
    read(text) {
      const lines = (partial + text).split(/\r?\n/);
      partial = lines.pop() ?? "";
      for (const line of lines) readLine(line);
    },
    progressOf: (target) => measure(verticesOf(target)),
    logOf: (target) => verticesOf(target).filter(isTelling).map(formatVertex).join("\n"),
    openStepOf: (target) => findOpen(verticesOf(target))?.name,
    openStep: () => findOpen([...vertices.values()])?.title,
    findFailures: () => findFailures([...vertices.values()], partial === "" ? rest : [...rest, partial], targets),
  };
}

function openVertex(title: string, targets: readonly string[]): Vertex {
  const vertex = { title, name: title, target: undefined, lines: [], end: undefined, error: "" };
  const [only, ...others] = targets;
  if (others.length === 0) return { ...vertex, target: only };
  const [prefix, target, closing] = /^\[([\w-]+)( |\] )/.exec(title) ?? [];
  if (prefix === undefined || target === undefined || !targets.includes(target)) return vertex;
  const name = title.slice(prefix.length);
  return { ...vertex, name: closing === " " ? `[${name}` : name, target };
}

function readVertexLine(vertex: Vertex, text: string): void {
  // A vertex that output returns to is named again; one that it leaves has three dots.
  if (text === "..." || text === vertex.title) return;
  vertex.lines.push(text);
  const [, end, error] = /^(DONE|CACHED|CANCELED|ERROR)(?: [\d.]+s|: (.*))?$/.exec(text) ?? [];
  if (end === undefined) return;
  vertex.end = end as Vertex["end"];
  vertex.error = error ?? "";
}

function measure(vertices: readonly Vertex[]): TargetProgress {
  const stages = new Map<string, number>();
  const done = new Set<string>();
  for (const { name, end } of vertices) {
    const [, stage, step, steps] = STEP.exec(name) ?? [];
    if (stage === undefined) continue;
    stages.set(stage, Number(steps));
    if (end === "DONE" || end === "CACHED") done.add(`${stage} ${step}`);
  }
  return {
    done: done.size,
    steps: [...stages.values()].reduce((sum, steps) => sum + steps, 0),
    isExported: vertices.some(({ name, end }) => name.startsWith("exporting to image") && end === "DONE"),
    hasBegun: vertices.length > 0,
  };
}

/** Vertices come up when they are begun. What says which builder builds has no end. */
function findOpen(vertices: readonly Vertex[]): Vertex | undefined {
  return vertices.find(({ end, title }) => end !== "DONE" && end !== "CACHED" && !title.startsWith("building with "));
}

/** What the engine does around the steps is of interest only where it fails. */
function isTelling({ name, end }: Vertex): boolean {
  return STEP.test(name) || name.startsWith("exporting ") || name.startsWith("pushing ") || end === "ERROR";
}

function formatVertex({ name, lines }: Vertex): string {
  return [name, ...lines.map((line) => `  ${line}`)].join("\n");
}

/**
 * An engine that gives one target up calls the others off, and some of those then fail in other ways. At fault is the
 * target that the engine names (buildx from 0.17 on), the one whose vertex says what the engine says in the end, and each
 * whose command has ended with an exit code of its own.
 */
function findFailures(vertices: readonly Vertex[], rest: readonly string[], targets: readonly string[]): Map<string, TargetFailure> {
  const failures = new Map<string, TargetFailure>();
  const start = rest.findLastIndex((line) => line.startsWith("ERROR: "));
  const final = start === -1 ? "" : rest.slice(start).join("\n").trim();
  for (const { target, name, end, error } of vertices) {
    if (target === undefined || end !== "ERROR" || error === "" || failures.has(target)) continue;
    const isFinal = final.includes(error);
    if (isFinal || OWN_FAULT.test(error)) failures.set(target, { step: name, message: isFinal ? summarize(rest, start) : error });
  }
  const named = /^ERROR: target ([\w-]+): /.exec(final)?.[1] ?? (targets.length === 1 ? targets[0] : undefined);
  if (named !== undefined && targets.includes(named) && !failures.has(named) && final !== "") {
    failures.set(named, { step: undefined, message: summarize(rest, start) });
  }
  return failures;
}

/** The piece of the Dockerfile and the error, without the repeated logs that stand between dashes before them. */
function summarize(rest: readonly string[], start: number): string {
  const before = rest.slice(0, start);
  return [...before.slice(before.lastIndexOf("------") + 1), ...rest.slice(start)].join("\n").trim();
}
