import { type Copy, type Dockerfile, DockerfileParser, type From, type Instruction, type ModifiableInstruction } from "dockerfile-ast";

/** What a build of one stage takes in, as far as the Dockerfile tells. */
export interface DockerfileFacts {
  /** Names of all stages, as they are written. */
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
  /** Names of the stages that a named context takes the place of: what they are made from is not built. */
  readonly replaced: readonly string[];
  readonly buildArgs: Readonly<Record<string, string>>;
}

/** One stage with what it takes from elsewhere. */
interface Stage {
  readonly name: string;
  /** Names and numbers of stages, or references of images. */
  readonly origins: readonly string[];
  readonly contextPaths: readonly string[];
  readonly triggers: readonly string[];
}

/**
 * Reads what a build of one stage takes in: other stages, images, and paths of the build context.
 *
 * @param text - the Dockerfile's text
 * @see https://docs.docker.com/reference/dockerfile/ for which instructions read the context
 */
export function readDockerfile(text: string, { target, replaced, buildArgs }: DockerfileQuestion): DockerfileFacts {
  const dockerfile = DockerfileParser.parse(text);
  const defaults = new Map<string, string>();
  for (const argument of dockerfile.getInitialARGs()) {
    const property = argument.getProperty();
    if (property !== null) defaults.set(property.getName(), buildArgs[property.getName()] ?? property.getValue() ?? "");
  }
  const stages = splitStages(dockerfile.getInstructions(), defaults);
  const visited = visit(stages, target, replaced);
  const names = new Set(stages.map(({ name }) => name.toLowerCase()));
  const isStage = (origin: string): boolean => names.has(origin.toLowerCase()) || /^\d+$/.test(origin);
  return {
    stages: stages.map(({ name }) => name),
    reached: visited.map(({ name }) => name),
    arguments: readArgumentDefaults(dockerfile),
    images: unique(visited.flatMap(({ origins }) => origins.filter((origin) => origin !== "scratch" && !isStage(origin) && !replaced.includes(origin)))),
    contextPaths: unique(visited.flatMap(({ contextPaths }) => contextPaths)),
    unknown: unique(visited.flatMap(listUnknown)),
    triggers: visited.find(({ name }) => name.toLowerCase() === target.toLowerCase())?.triggers ?? [],
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
function listUnknown({ origins, contextPaths, triggers }: Stage): string[] {
  const strange = [...origins, ...contextPaths].filter((name) => /[$"'\\`]/.test(name));
  return [...strange, ...triggers.filter((trigger) => /^(?:COPY|ADD|RUN)\b/i.test(trigger)).map((trigger) => `ONBUILD ${trigger}`)];
}

/** A stage without a name is called by its number, as `COPY --from` may call any. */
function splitStages(instructions: readonly Instruction[], defaults: ReadonlyMap<string, string>): Stage[] {
  const stages: (Stage & { origins: string[]; contextPaths: string[]; triggers: string[] })[] = [];
  for (const instruction of instructions) {
    if (instruction.getKeyword() === "FROM") {
      const from = instruction as From;
      const image = substitute(from.getImage() ?? "", defaults);
      stages.push({ name: from.getBuildStage() ?? String(stages.length), origins: [image], contextPaths: [], triggers: [] });
      continue;
    }
    const stage = stages.at(-1);
    if (stage === undefined) continue;
    if (instruction.getKeyword() === "ONBUILD") stage.triggers.push(instruction.getRawArgumentsContent()?.trim() ?? "");
    const { origins, contextPaths } = readReads(instruction);
    stage.origins.push(...origins.map((origin) => substitute(origin, defaults)));
    stage.contextPaths.push(...contextPaths);
  }
  return stages;
}

interface Reads {
  readonly origins: readonly string[];
  readonly contextPaths: readonly string[];
}

function readReads(instruction: Instruction): Reads {
  switch (instruction.getKeyword()) {
    case "COPY":
    case "ADD":
      return readCopy(instruction as Copy);
    case "RUN":
      return readMounts(instruction as ModifiableInstruction);
    default:
      return { origins: [], contextPaths: [] };
  }
}

function readCopy(copy: Copy): Reads {
  const from = copy.getFlags().find((flag) => flag.getName() === "from")?.getValue();
  if (from) return { origins: [from], contextPaths: [] };
  const paths = readArguments(copy).slice(0, -1);
  const isRemote = (path: string): boolean => /^[a-z]+:\/\/|^git@/.test(path);
  return {
    origins: paths.filter(isRemote),
    // A here-document does not come from the context.
    contextPaths: paths.filter((path) => !path.startsWith("<<") && !isRemote(path)),
  };
}

/** The arguments of the form with spaces and of the JSON form. The parser drops spaces inside of JSON strings. */
function readArguments(copy: Copy): string[] {
  const raw = copy.getRawArgumentsContent() ?? "";
  const json = /\[.*\]\s*$/s.exec(raw)?.[0];
  if (json !== undefined && copy.getJSONStrings().length > 0) return parseList(json);
  // The parser drops a backslash, which may stand before a blank of a name.
  if (/\\(?![ \t]*\r?\n)/.test(raw)) return [raw, ""];
  if (copy.getHeredocs().length === 0) return copy.getArguments().map((argument) => argument.getValue());
  // The lines below the first are the here-document's own.
  return (raw.split("\n", 1)[0] ?? "").split(/\s+/).filter((word) => word !== "" && !word.startsWith("--"));
}

/** A list that is none is one of paths that nobody can tell. */
function parseList(json: string): string[] {
  try {
    return JSON.parse(json) as string[];
  } catch {
    return [json, ""];
  }
}

/** `--mount=type=bind` reads the context unless it names a stage; the other types of mount read a stage or nothing. */
function readMounts(run: ModifiableInstruction): Reads {
  const origins: string[] = [];
  const contextPaths: string[] = [];
  for (const flag of run.getFlags()) {
    if (flag.getName() !== "mount") continue;
    const fields = new Map((flag.getValue() ?? "").split(",").map((field) => splitField(field)));
    const from = fields.get("from");
    if (from !== undefined) origins.push(from);
    else if ((fields.get("type") ?? "bind") === "bind") contextPaths.push(fields.get("source") ?? fields.get("src") ?? ".");
  }
  return { origins, contextPaths };
}

function splitField(field: string): [string, string] {
  const [name = "", ...value] = field.split("=");
  return [name, value.join("=")];
}

/** Stages from the target back to their origins. BuildKit builds no other. */
function visit(stages: readonly Stage[], target: string, replaced: readonly string[]): Stage[] {
  const visited = new Set<Stage>();
  const find = (origin: string, before: number): number => {
    // A name means the nearest stage above, as it does to BuildKit; a number counts from 0.
    for (let index = before - 1; index >= 0; index--) {
      if (stages[index]?.name.toLowerCase() === origin.toLowerCase()) return index;
    }
    return /^\d+$/.test(origin) ? Number(origin) : -1;
  };
  const walk = (index: number): void => {
    const stage = stages[index];
    if (stage === undefined || visited.has(stage)) return;
    visited.add(stage);
    if (replaced.includes(stage.name)) return;
    for (const origin of stage.origins) if (!replaced.includes(origin)) walk(find(origin, index));
  };
  walk(find(target, stages.length));
  return stages.filter((stage) => visited.has(stage)).map((stage) => (replaced.includes(stage.name) ? { ...stage, origins: [], contextPaths: [], triggers: [] } : stage));
}

/** `$NAME`, `${NAME}` and `${NAME:-default}`; what has no value stays as it is written. */
function substitute(text: string, values: ReadonlyMap<string, string>): string {
  return text.replaceAll(/\$(?:\{(\w+)(?::-([^}]*))?\}|(\w+))/g, (written, braced: string | undefined, fallback: string | undefined, bare: string | undefined) => {
    const value = values.get(braced ?? bare ?? "");
    return value === undefined || value === "" ? (fallback ?? value ?? written) : value;
  });
}

function unique(values: readonly string[]): string[] {
  return [...new Set(values)];
}
