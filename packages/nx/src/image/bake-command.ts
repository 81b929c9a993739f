import { formatCommand } from "./build-command.js";
import { type BakeDefinition, type BakeDialect, type BakeGroup, buildBakeDefinition } from "./bake-definition.js";
import type { Command } from "./build-plan.js";
import { buildxEnvironment } from "./buildx-environment.js";

/** A bake as it is run: the command, and the definition that it reads from its standard input. */
export interface BakeCommand {
  readonly command: Command;
  readonly definition: BakeDefinition;
}

/** What the buildx that runs a bake understands. */
export interface BakeAbilities {
  readonly dialect: BakeDialect;
  /** Whether a build on the machine's network has to be allowed on the command line, which no build asks for. */
  readonly asksForNetwork: boolean;
}

/** What the newest buildx understands. */
export const NEWEST_BAKE: BakeAbilities = { dialect: "bake", asksForNetwork: true };

/**
 * Tells what a buildx understands by its version. `network` is a field of a target from 0.17.1 on, `--allow` a flag from
 * 0.17.0 on.
 *
 * @param version - such as `0.13.1`; `undefined` counts as the newest
 */
export function readBakeAbilities(version: { readonly major: number; readonly minor: number; readonly patch: number } | undefined): BakeAbilities {
  if (version === undefined) return NEWEST_BAKE;
  const { major, minor, patch } = version;
  const isAtLeast = (least: number): boolean => major * 1e6 + minor * 1e3 + patch >= least;
  return { dialect: isAtLeast(17_001) ? "bake" : "compose", asksForNetwork: isAtLeast(17_000) };
}

/**
 * Builds the command that carries a group of plans out. The build context is `.`, so it runs in the workspace root.
 *
 * @param metadataFile - absolute path of the file that it writes each image's digest to
 */
export function bakeCommand({ flags, plans }: BakeGroup, metadataFile: string, abilities: BakeAbilities): BakeCommand {
  const networks = Object.values(plans).flatMap(({ network }) => network ?? []);
  const argv = [
    "buildx",
    "bake",
    "--file",
    "-",
    ...Object.entries(flags).flatMap(([flag, value]: [string, string | undefined]) => (value === undefined ? [] : [`--${flag}`, value])),
    ...(networks.includes("host") && abilities.asksForNetwork ? ["--allow", "network.host"] : []),
    "--metadata-file",
    metadataFile,
    "--progress",
    "plain",
  ];
  return {
    // What a build may read, its secrets above all, need not be below the workspace; no other command asks about that.
    command: { argv: ["docker", ...argv], env: { BUILDX_BAKE_ENTITLEMENTS_FS: "0", ...buildxEnvironment(flags.provenance) } },
    definition: buildBakeDefinition(plans, networks.length === 0 ? "bake" : abilities.dialect),
  };
}

/** The definition as the text that bake reads. */
export function printDefinition(definition: BakeDefinition): string {
  return `${JSON.stringify(definition, null, 2)}\n`;
}

/** Writes a bake in a form that can be pasted into a POSIX shell. */
export function formatBake({ command, definition }: BakeCommand): string {
  return `${formatCommand(command)} <<'DEFINITION'\n${printDefinition(definition)}DEFINITION`;
}
