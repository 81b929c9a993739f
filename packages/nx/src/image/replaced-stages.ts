import type { Copy, Instruction, ModifiableInstruction } from "dockerfile-ast";
import { posix } from "node:path";
import { type DockerfileStage, findStage, readPaths, splitStages } from "./dockerfile-stages.js";
import { parseDockerfile } from "./parse-dockerfile.js";

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

/** Instructions that put files into a stage, or hand others on that do. */
const WRITES = new Set(["RUN", "COPY", "ADD", "ONBUILD"]);

/**
 * Finds the first line of the given stages, or of those that they are made from, which does more than hand on the build
 * context or the manifests in it. What it adds would be missing from a build with named contexts in the place of these stages.
 *
 * @param text - the Dockerfile's text
 * @param replaced - names, in lower case, of the stages that named contexts take the place of
 * @returns `undefined` where nothing is lost
 */
export function findDroppedLine(text: string, replaced: readonly string[]): DroppedLine | undefined {
  const stages = splitStages(parseDockerfile(text), {});
  const replacement = new Replacement(stages, replaced);
  const dropped = stages.flatMap(({ name }, index) => (replaced.includes(name) ? replacement.listDropped(index) : []));
  const [first] = dropped.map((instruction) => instruction.getRange().start.line).sort((a, b) => a - b);
  return first === undefined ? undefined : { line: first + 1, text: (text.split("\n")[first] ?? "").replace(/\\?\s*$/, "").trim() };
}

/** What a stage has once it is made. */
interface Made {
  /** Folders that hold the build context, or the manifests in it, each file at its place. */
  readonly roots: ReadonlySet<string>;
  /** Instructions that add something else. */
  readonly adds: readonly Instruction[];
  /** `undefined` where the image that it starts from decides. */
  readonly workdir: string | undefined;
}

class Replacement {
  readonly #stages: readonly DockerfileStage[];
  readonly #replaced: readonly string[];
  /** For each stage that is built and takes from a replaced one: all that it starts from, itself included. */
  readonly #users: readonly (readonly number[])[];

  public constructor(stages: readonly DockerfileStage[], replaced: readonly string[]) {
    this.#stages = stages;
    this.#replaced = replaced;
    const indexes = [...stages.keys()].filter((index) => !this.#isReplaced(index));
    const uses = (index: number): boolean => stages[index]?.origins.some((origin) => this.#isReplaced(findStage(stages, origin, index))) === true;
    this.#users = indexes.filter(uses).map((index) => this.#listBases(index));
  }

  /** What of a replaced stage, and of those that it copies from, is lost. */
  public listDropped(index: number): Instruction[] {
    const { base, from, instructions } = this.#stages[index] as DockerfileStage;
    const isWhole = base === "scratch";
    const start = isWhole || this.#isReplaced(findStage(this.#stages, base, index)) ? [] : [from];
    return [
      ...start,
      ...instructions.flatMap((instruction, position) => {
        const origin = readOrigin(instruction);
        if (origin === undefined) return readRoot(instruction, ROOT) === "/" ? [] : [instruction];
        const found = findStage(this.#stages, origin, index);
        const { roots, adds } = this.#make(found);
        return isWhole && position === 0 && takesOne(instruction as Copy, roots) ? adds : [instruction, ...adds];
      }),
    ];
  }

  #make(index: number): Made {
    if (this.#isReplaced(index)) return { ...ROOT, adds: [] };
    const stage = this.#stages[index];
    if (stage === undefined) return { roots: new Set(), adds: [], workdir: undefined };
    const before = stage.base === "scratch" ? { ...NOTHING, workdir: "/" } : this.#make(findStage(this.#stages, stage.base, index));
    const roots = new Set(before.roots);
    const adds = [...before.adds];
    let { workdir } = before;
    for (const instruction of stage.instructions) {
      if (instruction.getKeyword() === "WORKDIR") workdir = resolve(workdir, instruction.getArguments()[0]?.getValue() ?? "$");
      if (!WRITES.has(instruction.getKeyword())) continue;
      const root = readRoot(instruction, { roots, workdir });
      if (root !== undefined) roots.add(root);
      // What comes before the repository, users of the replaced stage have by themselves if they start from there too.
      else if (roots.size > 0 || !this.#isShared(index)) adds.push(instruction);
    }
    return { roots, adds, workdir };
  }

  #isReplaced(index: number): boolean {
    return this.#replaced.includes(this.#stages[index]?.name ?? "");
  }

  #isShared(index: number): boolean {
    return this.#users.length > 0 && this.#users.every((bases) => bases.includes(index));
  }

  #listBases(index: number): number[] {
    const stage = this.#stages[index];
    return stage === undefined ? [] : [index, ...this.#listBases(findStage(this.#stages, stage.base, index))];
  }
}

const NOTHING: Made = { roots: new Set(), adds: [], workdir: undefined };

const ROOT = { roots: new Set(["/"]), workdir: "/" };

/** The stage that is copied from. */
function readOrigin(instruction: Instruction): string | undefined {
  if (instruction.getKeyword() !== "COPY") return undefined;
  return (instruction as Copy).getFlags().find((flag) => flag.getName() === "from")?.getValue() ?? undefined;
}

/** Whether it copies one of the folders as the whole of a stage. */
function takesOne(copy: Copy, roots: ReadonlySet<string>): boolean {
  const [source, target, ...others] = readPaths(copy).map((path) => resolve("/", path) ?? "");
  return roots.has(source ?? "") && target === "/" && others.length === 0 && copy.getFlags().length === 1;
}

/**
 * The folder that an instruction puts all of the build context into, or manifests at their places: a build with named
 * contexts gets of both what the service needs. `undefined` for an instruction that does anything else.
 */
function readRoot(instruction: Instruction, { roots, workdir }: Pick<Made, "roots" | "workdir">): string | undefined {
  const keyword = instruction.getKeyword();
  if ((keyword !== "RUN" && keyword !== "COPY") || (instruction as ModifiableInstruction).getFlags().length > 0) return undefined;
  if (keyword === "RUN") return roots.has(workdir ?? "") ? readPicked(instruction.getRawArgumentsContent() ?? "") : undefined;
  const paths = readPaths(instruction as Copy);
  const sources = paths.slice(0, -1);
  const target = resolve(workdir, paths.at(-1) ?? "$");
  if (target === undefined || sources.length === 0) return undefined;
  return sources.every((path) => /^\.?\/?$/.test(path)) ? target : readManifestRoot(sources, target);
}

/** @param target - the folder, or the file, that manifests are copied to */
function readManifestRoot(sources: readonly string[], target: string): string | undefined {
  if (!sources.every((path) => /(?:^|\/)(?:package\.json|bun\.lock|bunfig\.toml)$/.test(path))) return undefined;
  const [source = "", ...others] = sources.map((path) => posix.join("/", path));
  const folder = posix.dirname(source);
  if (others.some((path) => posix.dirname(path) !== folder)) return undefined;
  const isFile = others.length === 0 && posix.basename(source) === posix.basename(target);
  const into = isFile ? posix.dirname(target) : target;
  if (folder === "/") return into;
  return into.endsWith(folder) ? into.slice(0, -folder.length) || "/" : undefined;
}

/** The folder that a command picks the manifests of the build context into. */
function readPicked(command: string): string | undefined {
  const [, folder, tests] = PICK.exec(command.replaceAll(/\s*\\\r?\n\s*/g, " ").trim().replaceAll(/ +/g, " ")) ?? [];
  const isManifest = (test: string): boolean => MANIFESTS.has(/^-(?:name|path) (?:'([^']*)'|(\S+))$/.exec(test)?.slice(1).join("") ?? "");
  return tests?.split(" -o ").every(isManifest) === true ? folder : undefined;
}

/** `undefined` where only a build can tell. */
function resolve(folder: string | undefined, path: string): string | undefined {
  if (/[$"'\\]/.test(path)) return undefined;
  if (path.startsWith("/")) return posix.join("/", path, ".");
  return folder === undefined ? undefined : posix.join(folder, path, ".");
}
