import type { Workspace } from "../../../e2e/workspace/workspace.js";
import { EMPTY_PACKAGE } from "../measure/generator.js";
import { ALL_CHANGED, ONE_CHANGED } from "./workspace.js";

/** What Nx does without the plugin, which a command is held against. */
export interface NxCommand {
  readonly row: string;
  readonly argv: (round: number) => readonly string[];
}

/** A command of the plugin, or of Nx with the plugin. */
export interface ScaleCommand {
  readonly row: string;
  readonly argv: readonly string[];
  readonly nx: NxCommand;
  /** Whether it is part of a quick run. */
  readonly quick?: boolean;
  /** What it writes, and what is not there when it starts. */
  readonly output?: string;
}

const GENERATOR: NxCommand = { row: "an empty generator", argv: (round) => ["nx", "g", `${EMPTY_PACKAGE}:file`, `file${round}`] };
const ONE_AFFECTED: NxCommand = { row: "nx show projects --affected, one changed", argv: () => ["nx", "show", "projects", "--affected", `--base=${ONE_CHANGED}`] };
const ALL_AFFECTED: NxCommand = { row: "nx show projects --affected, all changed", argv: () => ["nx", "show", "projects", "--affected", `--base=${ALL_CHANGED}`] };
const SYNC_CHECK: NxCommand = { row: "nx sync:check", argv: () => ["nx", "sync:check"] };

const MODULE = "addedmodule";
const SERVICE = "addedservice";

/** Every command that a user types, in an order in which each finds what it works on: what one adds another one takes away. */
export const COMMANDS: readonly ScaleCommand[] = [
  { row: "nx affected, one service changed", argv: ONE_AFFECTED.argv(0), nx: ONE_AFFECTED, quick: true },
  {
    row: "nx affected -t docker-build, all changed",
    // A task graph of every service, of which none is run.
    argv: ["nx", "affected", "-t", "docker-build", `--base=${ALL_CHANGED}`, "--graph=.nx/tasks.json"],
    nx: ALL_AFFECTED,
  },
  generate("init"),
  generate("preset"),
  generate("adopt"),
  generate("module", [MODULE]),
  generate("extract", [MODULE]),
  generate("inline", [MODULE]),
  generate("module-remove", [MODULE]),
  { ...generate("microservice", [SERVICE]), quick: true },
  generate("microservice-remove", [SERVICE, "--force"]),
  { ...generate("compose"), output: "docker-compose.production.yml" },
  { ...generate("kubernetes"), output: "deploy" },
  { ...generate("ci", ["--provider=github"]), output: ".github" },
  { row: "nx sync:check", argv: SYNC_CHECK.argv(0), nx: SYNC_CHECK, quick: true },
  { ...generate("doctor"), quick: true },
  { ...generate("topology"), output: "topology.html", quick: true },
];

function generate(name: string, options: readonly string[] = []): ScaleCommand {
  return { row: `nx g ${name}`, argv: ["nx", "g", `@ooneex/nx:${name}`, ...options], nx: GENERATOR };
}

/** Brings a workspace back to its last commit, but for what git leaves out. */
export async function restore(workspace: Workspace): Promise<void> {
  await workspace.run(["git", "reset", "--hard", "--quiet"]);
  await workspace.run(["git", "clean", "-fdq"]);
}
