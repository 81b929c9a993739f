import { openTestBed } from "../../../e2e/test-bed.js";
import type { WorkspaceHost } from "../../../e2e/workspace/template.js";
import type { Workspace } from "../../../e2e/workspace/workspace.js";
import { type Cost, measureCost } from "../measure/cost.js";
import { median, Samples } from "../statistics.js";
import { COMMANDS, type NxCommand, restore, type ScaleCommand } from "./commands.js";
import { fitExponents, type ScalePoint, type ScaleRow } from "./fit.js";
import { growWorkspace, makeSeed, type ScaleSubject } from "./workspace.js";

export interface ScaleOptions {
  readonly quick: boolean;
  /** Tells a person how far it is. */
  readonly log: (line: string) => void;
  /** What workspaces are made on, where that is open already. */
  readonly host?: WorkspaceHost;
}

/** Numbers of modules, and rounds of each: what is small takes little time and needs more of them. */
const SIZES = [
  { modules: 10, rounds: 1 },
  { modules: 100, rounds: 2 },
  { modules: 1000, rounds: 1 },
] as const;
const QUICK_SIZES = SIZES.slice(0, 2).map((size) => ({ ...size, rounds: 1 }));

/** Milliseconds that a command may take: a square one ends as a failure, and not as a night. */
const TIMEOUT = 240_000;

/**
 * Measures every command in workspaces of growing size, three services in ten modules, beside Nx without the plugin.
 *
 * What counts is processor time, since it says the same on a busy machine. The daemon is off, so that each command starts from
 * the files and what Nx keeps in its cache, as in a pipeline.
 *
 * @throws Error where there is no /proc to read it from
 */
export async function benchScale({ quick, log, host }: ScaleOptions): Promise<ScaleRow[]> {
  const bed = host === undefined ? await openTestBed() : undefined;
  const commands = quick ? COMMANDS.filter((command) => command.quick === true) : COMMANDS;
  const found = new Samples<ScalePoint>();
  try {
    const on = host ?? (bed as NonNullable<typeof bed>).host;
    const seed = await makeSeed(on);
    for (const { modules, rounds } of quick ? QUICK_SIZES : SIZES) {
      log(`  commands in a workspace of ${modules} modules`);
      for (const [name, cost] of await measureSize(seed, on, commands, modules, rounds)) {
        found.add(name, { modules, ...cost });
        log(`  ${name.padEnd(50)} ${(cost.cpu / 1000).toFixed(2)} s  ${cost.peak.toFixed(0)} MB  (${(cost.wall / 1000).toFixed(2)} s by the clock)`);
      }
    }
    await seed.dispose();
  } finally {
    await bed?.close();
  }
  return commands.map(({ row, nx }) => {
    const [points, alone] = [found.of(nameSample("plugin", row)), found.of(nameSample("nx", nx.row))];
    return { row, nxRow: nx.row, points, nx: alone, exponents: fitExponents(points, alone) };
  });
}

/** What each command takes in a workspace of one size, by the name of its sample. */
async function measureSize(seed: Workspace, host: WorkspaceHost, commands: readonly ScaleCommand[], modules: number, rounds: number): Promise<Map<string, Cost>> {
  const samples = new Samples<Cost>();
  const measure = async (subject: ScaleSubject, row: string, workspace: Workspace, argv: readonly string[]) => {
    const cost = await measureCost(() => workspace.run(argv, { timeout: TIMEOUT }));
    if (cost === undefined) throw new Error("processor time and memory are read from /proc, and there is none");
    samples.add(nameSample(subject, row), cost);
  };
  const nx = new Map<string, NxCommand>(commands.map((command) => [command.nx.row, command.nx]));
  await inWorkspace(seed, host, modules, "nx", rounds, async (workspace, round) => {
    for (const { row, argv } of nx.values()) await measure("nx", row, workspace, argv(round));
  });
  await inWorkspace(seed, host, modules, "plugin", rounds, async (workspace) => {
    for (const { row, argv, output } of commands) {
      if (output !== undefined) await workspace.remove(output);
      await measure("plugin", row, workspace, argv);
    }
  });
  const names = [...[...nx.keys()].map((row) => nameSample("nx", row)), ...commands.map(({ row }) => nameSample("plugin", row))];
  const middle = (name: string, of: (cost: Cost) => number) => median(samples.of(name).map(of));
  return new Map(names.map((name) => [name, { cpu: middle(name, ({ cpu }) => cpu), wall: middle(name, ({ wall }) => wall), peak: middle(name, ({ peak }) => peak) }]));
}

/** Runs rounds in a workspace of its own, in which the graph has been built before, each from the same commit. */
async function inWorkspace(
  seed: Workspace,
  host: WorkspaceHost,
  modules: number,
  subject: ScaleSubject,
  rounds: number,
  work: (workspace: Workspace, round: number) => Promise<void>,
): Promise<void> {
  const workspace = await growWorkspace(seed, host, modules, subject);
  try {
    await workspace.run(["nx", "show", "projects"], { timeout: TIMEOUT });
    for (let round = 0; round < rounds; round += 1) {
      await work(workspace, round);
      await restore(workspace);
    }
  } finally {
    await workspace.dispose();
  }
}

function nameSample(subject: ScaleSubject, row: string): string {
  return subject === "nx" ? `Nx alone: ${row}` : row;
}
