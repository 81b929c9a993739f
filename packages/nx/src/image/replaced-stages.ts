import { type Copy, DockerfileParser, type From, type Instruction } from "dockerfile-ast";

/** A line of a Dockerfile that a build does not run, once named contexts take the place of stages. */
export interface DroppedLine {
  /** From 1. */
  readonly line: number;
  /** The line as it is written, without what it goes on with on the next. */
  readonly text: string;
}

/** Files that every pruned build hands in as manifests, as a test of `find` writes them. */
const MANIFESTS = new Set(["package.json", "./bun.lock", "./bunfig.toml", "./patches/*", "*.patch", "*.tgz", "*.tar.gz"]);

/** Picking the manifests out of the build context, as the generated Dockerfile does. */
const PICK = /^mkdir (?:-p )?(\S+) && find \. -name node_modules -prune -o -type f \\\( (.+) \\\) -exec cp --parents -t \1 \{\} \+$/;

/**
 * Finds the first line of the given stages, or of those that they copy from, which does more than hand on the build context
 * or the manifests in it. What it adds would be missing from a build with named contexts in the place of these stages.
 *
 * @param text - the Dockerfile's text
 * @param replaced - names of the stages that named contexts take the place of
 * @returns `undefined` where nothing is lost
 */
export function findDroppedLine(text: string, replaced: readonly string[]): DroppedLine | undefined {
  const stages = splitStages(DockerfileParser.parse(text).getInstructions());
  const own = stages.filter(({ name }) => replaced.includes(name));
  const behind = own.flatMap(({ instructions }) => instructions.flatMap((instruction) => readOrigin(instruction) ?? []));
  const dropped = [
    ...own.flatMap(({ from, instructions }) => [
      ...(["scratch", ...replaced].includes(from.getImage() ?? "") ? [] : [from]),
      ...instructions.filter((instruction, index) => !handsOn(instruction, index === 0 && from.getImage() === "scratch")),
    ]),
    ...stages
      .filter(({ name }) => behind.includes(name) && !replaced.includes(name))
      .flatMap(({ instructions }) => instructions.filter((instruction) => WRITES.has(instruction.getKeyword()) && !takesContext(instruction))),
  ];
  const [first] = dropped.map((instruction) => instruction.getRange().start.line).sort((a, b) => a - b);
  return first === undefined ? undefined : { line: first + 1, text: (text.split("\n")[first] ?? "").replace(/\\?\s*$/, "").trim() };
}

/** Instructions that put files into a stage, or hand others on that do. */
const WRITES = new Set(["RUN", "COPY", "ADD", "ONBUILD"]);

interface Stage {
  readonly name: string;
  readonly from: From;
  /** Those below its `FROM`. */
  readonly instructions: Instruction[];
}

function splitStages(instructions: readonly Instruction[]): Stage[] {
  const stages: Stage[] = [];
  for (const instruction of instructions) {
    if (instruction.getKeyword() === "FROM") {
      const from = instruction as From;
      stages.push({ name: from.getBuildStage() ?? String(stages.length), from, instructions: [] });
    } else stages.at(-1)?.instructions.push(instruction);
  }
  return stages;
}

/** The stage that is copied from. */
function readOrigin(instruction: Instruction): string | undefined {
  if (instruction.getKeyword() !== "COPY") return undefined;
  return (instruction as Copy).getFlags().find((flag) => flag.getName() === "from")?.getValue() ?? undefined;
}

/** One folder of another stage as the whole of this one, or the build context. */
function handsOn(instruction: Instruction, canBeWhole: boolean): boolean {
  if (readOrigin(instruction) === undefined) return takesContext(instruction);
  const [, target, ...others] = readPaths(instruction);
  return canBeWhole && target === "/" && others.length === 0 && (instruction as Copy).getFlags().length === 1;
}

/** All of the build context, or manifests: a build with named contexts gets of both what the service needs. */
function takesContext(instruction: Instruction): boolean {
  if (instruction.getKeyword() === "RUN") return picksManifests(instruction.getRawArgumentsContent() ?? "");
  if (instruction.getKeyword() !== "COPY" || (instruction as Copy).getFlags().length > 0) return false;
  const sources = readPaths(instruction).slice(0, -1);
  return sources.length > 0 && sources.every((path) => /^\.?\/?$|(?:^|\/)(?:package\.json|bun\.lock|bunfig\.toml)$/.test(path));
}

function picksManifests(command: string): boolean {
  const [, , tests] = PICK.exec(command.replaceAll(/\s*\\\r?\n\s*/g, " ").trim().replaceAll(/ +/g, " ")) ?? [];
  if (tests === undefined) return false;
  return tests.split(" -o ").every((test) => MANIFESTS.has(/^-(?:name|path) (?:'([^']*)'|(\S+))$/.exec(test)?.slice(1).join("") ?? ""));
}

function readPaths(instruction: Instruction): string[] {
  return instruction.getArguments().map((argument) => argument.getValue());
}
