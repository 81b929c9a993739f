import { type Copy, type Dockerfile, type From, type Instruction, type ModifiableInstruction } from "dockerfile-ast";

/** One stage with what it takes from elsewhere. */
export interface DockerfileStage {
  /** In lower case: to a build, the names of stages have no case. One without a name is called by its number. */
  readonly name: string;
  readonly from: From;
  /** The stage or the image that it starts from, arguments at the head of the file filled in. */
  readonly base: string;
  /** Those below its `FROM`. */
  readonly instructions: readonly Instruction[];
  /** Names and numbers of stages, or references of images: {@link base}, then what is copied or mounted from. */
  readonly origins: readonly string[];
  /** Paths of the build context, as they are written. */
  readonly contextPaths: readonly string[];
  /** What stands behind `ONBUILD`. */
  readonly triggers: readonly string[];
}

/** @param buildArgs - values of the arguments at the head of the file; their defaults stand for the others */
export function splitStages(dockerfile: Dockerfile, buildArgs: Readonly<Record<string, string>>): DockerfileStage[] {
  const defaults = readHeadArguments(dockerfile, buildArgs);
  const blocks: { from: From; instructions: Instruction[] }[] = [];
  for (const instruction of dockerfile.getInstructions()) {
    if (instruction.getKeyword() === "FROM") blocks.push({ from: instruction as From, instructions: [] });
    else blocks.at(-1)?.instructions.push(instruction);
  }
  return blocks.map(({ from, instructions }, index) => {
    const base = substitute(from.getImage() ?? "", defaults);
    const reads = instructions.map(readReads);
    const triggers = instructions.filter((instruction) => instruction.getKeyword() === "ONBUILD");
    return {
      name: (from.getBuildStage() ?? String(index)).toLowerCase(),
      from,
      base,
      instructions,
      origins: [base, ...reads.flatMap(({ origins }) => origins.map((origin) => substitute(origin, defaults)))],
      contextPaths: reads.flatMap(({ contextPaths }) => contextPaths),
      triggers: triggers.map((instruction) => instruction.getRawArgumentsContent()?.trim() ?? ""),
    };
  });
}

/**
 * Finds the stage that a name or a number means: the nearest above with the name, as it does to BuildKit; numbers count
 * from 0.
 *
 * @param before - index of the stage that names it
 * @returns its index, -1 for what is no stage
 */
export function findStage(stages: readonly DockerfileStage[], origin: string, before: number): number {
  const named = stages.slice(0, before).findLastIndex(({ name }) => name === origin.toLowerCase());
  return named < 0 && /^\d+$/.test(origin) && Number(origin) < before ? Number(origin) : named;
}

/** The paths that `COPY` and `ADD` name, of the form with spaces and of the JSON form. The parser drops spaces inside of JSON strings. */
export function readPaths(copy: Copy): string[] {
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

type Reads = Pick<DockerfileStage, "origins" | "contextPaths">;

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
  const paths = readPaths(copy).slice(0, -1);
  const isRemote = (path: string): boolean => /^[a-z]+:\/\/|^git@/.test(path);
  return {
    origins: paths.filter(isRemote),
    // A here-document does not come from the context.
    contextPaths: paths.filter((path) => !path.startsWith("<<") && !isRemote(path)),
  };
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

function readHeadArguments(dockerfile: Dockerfile, buildArgs: Readonly<Record<string, string>>): Map<string, string> {
  const values = new Map<string, string>();
  for (const argument of dockerfile.getInitialARGs()) {
    const property = argument.getProperty();
    if (property !== null) values.set(property.getName(), buildArgs[property.getName()] ?? property.getValue() ?? "");
  }
  return values;
}

/** `$NAME`, `${NAME}` and `${NAME:-default}`; what has no value stays as it is written. */
function substitute(text: string, values: ReadonlyMap<string, string>): string {
  return text.replaceAll(/\$(?:\{(\w+)(?::-([^}]*))?\}|(\w+))/g, (written, braced: string | undefined, fallback: string | undefined, bare: string | undefined) => {
    const value = values.get(braced ?? bare ?? "");
    return value === undefined || value === "" ? (fallback ?? value ?? written) : value;
  });
}
