import { DockerfileParser, type Instruction } from "dockerfile-ast";
import { isSecret } from "../docker-ignore.js";
import { findValue, parseJsonc } from "../jsonc-document.js";
import type { Deployable } from "../service-model.js";
import type { RuleFacts } from "./facts.js";
import { readFlags } from "./dockerfile-flags.js";
import { findForeignLine } from "./framework-dockerfile.js";
import type { Report, Rule } from "./rule.js";

/** Why a Dockerfile does not build, with the line, from 1. */
interface Fault {
  readonly what: string;
  readonly line: number | undefined;
}

/** What the new Dockerfile takes from the service's folder. */
const NEEDED = ["src/index.ts", "roles.yml"];

/**
 * The Dockerfile is its service's own. Where it is what the framework's command writes, it is replaced if a person asks for
 * that; where somebody has written into it, that person mends it.
 */
export const dockerfileBroken: Rule = {
  id: "dockerfile-broken",
  finds: "a Dockerfile that cannot build, such as the one that the framework's command writes",
  severity: "error",
  mendedBy: "fix",
  check: (facts) =>
    facts.deployables.flatMap((module): Report[] => {
      const path = `${module.names.root}/Dockerfile`;
      const text = facts.workspace.read(path);
      if (text === undefined) return [];
      const reason = findObstacle(facts, module, text);
      const edit = (): string => facts.workspace.renderDockerfile(module.names);
      const end = reason === undefined ? { mend: { by: "fix" as const, files: [{ path, edit }] } } : { remedy: `mend it by hand, since ${reason}` };
      return listFaults(facts, module, text).map(({ what, line }) => ({ what, line, path, ...end }));
    }),
};

/** Why a Dockerfile is not replaced by the one of a new service; `undefined` where it can be. */
function findObstacle({ workspace }: RuleFacts, { names }: Deployable, text: string): string | undefined {
  const foreign = findForeignLine(text, names);
  if (foreign !== undefined) return `line ${foreign} is not the framework's and would be lost; nx g @ooneex/nx:doctor --fix=dockerfile-missing writes a new one once it is deleted`;
  const missing = NEEDED.find((file) => workspace.read(`${names.root}/${file}`) === undefined);
  return missing === undefined ? undefined : `a new one needs ${names.root}/${missing}, which is not there`;
}

export const dockerfileMissing: Rule = {
  id: "dockerfile-missing",
  finds: "a service without a Dockerfile",
  severity: "error",
  mendedBy: "fix",
  check: ({ services, workspace }) =>
    services
      .filter(({ hasDockerfile }) => !hasDockerfile)
      .map(({ names, manifest }): Report => {
        const edit = (text: string | undefined): string => text ?? workspace.renderDockerfile(names);
        return { what: `${names.kebab} has no Dockerfile to build its image from`, path: manifest, mend: { by: "fix", files: [{ path: `${names.root}/Dockerfile`, edit }] } };
      }),
};

export const healthcheckMissing: Rule = {
  id: "healthcheck-missing",
  finds: "a Dockerfile without a health check, so that nothing can wait for the service",
  severity: "warning",
  mendedBy: "hand",
  check: ({ services, workspace }) =>
    services.flatMap(({ names }): Report[] => {
      const path = `${names.root}/Dockerfile`;
      const text = workspace.read(path);
      if (text === undefined || readInstructions(text).some((instruction) => instruction.getKeyword() === "HEALTHCHECK")) return [];
      return [{ what: `the image of ${names.kebab} has no health check`, path, remedy: "add a HEALTHCHECK that fails on refusal, time-out and 5xx" }];
    }),
};

function listFaults(facts: RuleFacts, module: Deployable, text: string): Fault[] {
  const instructions = readInstructions(text);
  return [
    ...findMissingScripts(facts, instructions),
    ...findCopiedSecrets(facts, instructions),
    ...findOldBun(facts, instructions),
    ...findMissingManifests(facts, instructions),
    ...findMissingStage(facts, module, instructions),
  ];
}

function findMissingScripts({ workspace }: RuleFacts, instructions: readonly Instruction[]): Fault[] {
  const scripts = findValue(parseJsonc(workspace.read("package.json") ?? "{}", "package.json"), "scripts");
  return instructions.flatMap((instruction) => {
    const name = instruction.getKeyword() === "RUN" ? /\bbun run ([A-Za-z][\w:-]*)(?=\s|$|[;&|])/.exec(readArguments(instruction))?.[1] : undefined;
    if (name === undefined || findValue(scripts, name) !== undefined) return [];
    return [{ what: `bun run ${name} is run, and package.json has no script ${name}`, line: lineOf(instruction) }];
  });
}

function findCopiedSecrets({ workspace }: RuleFacts, instructions: readonly Instruction[]): Fault[] {
  const dockerIgnore = workspace.read(".dockerignore");
  return listCopies(instructions).flatMap(({ sources, line }) =>
    sources.filter((source) => isSecret(source, dockerIgnore)).map((source) => ({ what: `${source} is copied, which git and the build context leave out, and which would bake secrets into the image`, line })),
  );
}

/** Bun reads version 2 of its lockfile from 1.4 on. */
function findOldBun({ workspace }: RuleFacts, instructions: readonly Instruction[]): Fault[] {
  if (!/"lockfileVersion"\s*:\s*2\b/.test((workspace.read("bun.lock") ?? "").slice(0, 200))) return [];
  const defaults = new Map(instructions.flatMap((instruction) => (instruction.getKeyword() === "ARG" ? [readDefault(instruction)] : [])));
  const fill = (text: string): string => text.replace(/\$(?:\{(\w+)\}|(\w+))/g, (whole, braced?: string, plain?: string) => defaults.get(braced ?? plain ?? "") ?? whole);
  return instructions.flatMap((instruction) => {
    if (instruction.getKeyword() !== "FROM") return [];
    const [image, minor] = /\boven\/bun:(?:0\.\d+|1\.(\d+))/.exec(fill(readArguments(instruction))) ?? [];
    if (image === undefined || Number(minor ?? 0) >= 4) return [];
    return [{ what: `${image} cannot read version 2 of bun.lock, which needs Bun 1.4`, line: lineOf(instruction) }];
  });
}

/** A frozen install stops where the manifest of a workspace package is missing. */
function findMissingManifests({ workspace, modules }: RuleFacts, instructions: readonly Instruction[]): Fault[] {
  const install = instructions.find((instruction) => instruction.getKeyword() === "RUN" && /\bbun (?:ci\b|install\b.*--frozen-lockfile)/s.test(readArguments(instruction)));
  if (install === undefined) return [];
  const line = lineOf(install) ?? 0;
  const before = instructions.filter((instruction) => (lineOf(instruction) ?? 0) < line);
  // What comes by way of a mount or another stage may be anything.
  if (before.some((instruction) => instruction.getKeyword() === "COPY" && hasFlag(instruction, "--from="))) return [];
  if (hasFlag(install, "--mount=type=bind")) return [];
  const sources = listCopies(before).flatMap((copy) => copy.sources);
  const missing = modules.filter(({ names }) => workspace.read(`${names.root}/package.json`) !== undefined && !sources.some((source) => covers(source, `${names.root}/package.json`)));
  const [first] = missing;
  return first === undefined ? [] : [{ what: `bun install --frozen-lockfile runs without ${first.names.root}/package.json${missing.length > 1 ? ` and ${missing.length - 1} more` : ""}, and stops there`, line }];
}

function findMissingStage({ workspace }: RuleFacts, { names }: Deployable, instructions: readonly Instruction[]): Fault[] {
  const stages = instructions.filter((instruction) => instruction.getKeyword() === "FROM");
  const hasStage = stages.some((instruction) => /\bAS\s+production\s*$/i.test(readArguments(instruction)));
  const hasTarget = ["project.json", "package.json"].some((name) => /"target"\s*:/.test(workspace.read(`${names.root}/${name}`) ?? ""));
  return hasStage || hasTarget ? [] : [{ what: "there is no stage production, the target that is built", line: lineOf(stages.at(-1)) }];
}

function listCopies(instructions: readonly Instruction[]): { readonly sources: string[]; readonly line: number | undefined }[] {
  return instructions
    .filter((instruction) => ["COPY", "ADD"].includes(instruction.getKeyword()) && !hasFlag(instruction, "--from="))
    .map((instruction) => {
      const words = readArguments(instruction).replace(/^\[|\]$/g, "").split(/[\s,]+/).map((word) => word.replace(/^"|"$/g, "")).filter((word) => word !== "");
      return { sources: words.slice(0, -1).map((source) => source.replace(/^\.?\//, "") || "."), line: lineOf(instruction) };
    });
}

function covers(source: string, path: string): boolean {
  const folder = source.replace(/\/$/, "");
  if (folder === "." || folder === path || path.startsWith(`${folder}/`)) return true;
  const pattern = folder.split("*").map((piece) => piece.replaceAll(/[.+?^${}()|[\]\\]/g, "\\$&")).join("[^/]*");
  return folder.includes("*") && new RegExp(`^${pattern}(?:/|$)`).test(path);
}

function hasFlag(instruction: Instruction, start: string): boolean {
  return readFlags(instruction).some((flag) => flag.startsWith(start));
}

function readDefault(argument: Instruction): [name: string, value: string] {
  const [name = "", value = ""] = readArguments(argument).split("=", 2);
  return [name, value.replace(/^["']|["']$/g, "")];
}

function readInstructions(text: string): Instruction[] {
  return DockerfileParser.parse(text).getInstructions();
}

function readArguments(instruction: Instruction): string {
  return instruction.getRawArgumentsContent() ?? "";
}

function lineOf(instruction: Instruction | undefined): number | undefined {
  const range = instruction?.getRange();
  return range === undefined ? undefined : range.start.line + 1;
}
