import { DockerfileParser, type Instruction } from "dockerfile-ast";
import type { ModuleNames } from "../names.js";
import { readFlags } from "./dockerfile-flags.js";

/** What stands behind each keyword in the Dockerfile of the framework's command, in one line with single spaces. */
type Shapes = Readonly<Record<string, readonly RegExp[]>>;

const STAGES = "base|deps|prod-deps|build|production";
const YAML = String.raw`(?:\./)?(?:modules/(?:app|shared|OWN)/(?:src/)?)?[\w.-]+\.ya?ml`;

/**
 * In the framework, five stages copy the root manifests, install twice, copy everything, run the root script `build`, and put
 * the bundle, all production dependencies and the runtime's YAML together (the framework's page on deployment, and its template
 * in packages/cli). Versions, comments and the order of what is copied may differ.
 */
const SHAPES: Shapes = {
  ARG: [/^BUN_VERSION(?:=[\w.-]+)?$/],
  FROM: [new RegExp(`^(?:oven/bun:(?:[\\w.-]+|\\$\\{?BUN_VERSION\\}?)|${STAGES}) AS (?:${STAGES})$`, "i")],
  WORKDIR: [/^\/app\/?$/],
  ENV: [/^(?:(?:^| )(?:NODE_ENV[= ]"?production"?|HOST_NAME[= ]"?0\.0\.0\.0"?|PORT[= ]"?3500"?))+$/],
  COPY: [
    /^(?:(?:package\.json|bun\.lockb?|bunfig\.toml|tsconfig\.json) )+(?:\.\/?|\/app\/?)$/,
    /^\.\/? (?:\.\/?|\/app\/?)$/,
    /^(?:--chown=bun:bun )?--from=(?:deps|prod-deps|build)(?: --chown=bun:bun)? (?:\/app\/)?(?:node_modules|dist) (?:\.\/|\/app\/)?(?:node_modules|dist)$/,
    new RegExp(`^(?:--chown=bun:bun )?(?:--from=build )?(?:/app/)?${YAML} (?:/app/)?${YAML}$`),
  ],
  RUN: [/^(?:--mount=type=cache,target=\S+ )*bun (?:install --frozen-lockfile(?: --production)?|run build)$/, /^chown -R bun:bun \/app(?:\/modules)?$/],
  USER: [/^bun$/],
  EXPOSE: [/^3500(?:\/tcp)?$/],
  HEALTHCHECK: [/^(?:--[\w-]+=\S+ )*CMD \[ ?"bun", ?"-e", ?"fetch\(\S*\/healthcheck\b.*\]$/],
  CMD: [/^\[ ?"bun", ?(?:"run", ?)?"(?:\.\/)?dist\/index\.js" ?\]$/],
};

/**
 * Looks for what somebody has written into the Dockerfile that the framework's command makes.
 *
 * @returns the line, from 1, of the first instruction that is not the framework's; `undefined` where every one is
 */
export function findForeignLine(text: string, names: ModuleNames): number | undefined {
  const instructions = DockerfileParser.parse(text).getInstructions();
  const foreign = instructions.find((instruction) => !isOfFramework(instruction, names));
  if (foreign !== undefined) return foreign.getRange().start.line + 1;
  const stages = new Set(instructions.filter((instruction) => instruction.getKeyword() === "FROM").map((stage) => /(\S+)$/.exec(readArguments(stage))?.[1]));
  return stages.has("build") && stages.has("production") ? undefined : 1;
}

function isOfFramework(instruction: Instruction, { kebab }: ModuleNames): boolean {
  const text = readArguments(instruction);
  const shapes = SHAPES[instruction.getKeyword()] ?? [];
  return shapes.some((shape) => new RegExp(shape.source.replaceAll("OWN", kebab), shape.flags).test(text));
}

/** Its flags and its arguments, without the breaks of lines and the comments between them. */
function readArguments(instruction: Instruction): string {
  return [...readFlags(instruction), instruction.getArgumentsContent() ?? ""].join(" ").replaceAll(/\s+/g, " ").trim();
}
