import type { Workspace } from "../../../e2e/workspace/workspace.js";

/** A module that is made from another by renaming it. */
export interface CloneNames {
  readonly name: string;
  /** Gives a text of the other one this one's names and port. */
  readonly replace: (text: string) => string;
}

/** The port that the first service of a workspace gets; the next ones follow. */
const FIRST_PORT = 3001;

/** Files that name every module. */
const SHARED = [
  "tsconfig.json",
  ".commitlintrc.ts",
  "modules/app/app.yml",
  "modules/app/.env.yml",
  "modules/app/src/AppModule.ts",
  "modules/shared/src/SharedModule.ts",
];

/**
 * Builds what turns a module's texts and paths into those of another module of that number, from 1.
 *
 * The names are one lower-case word, so that three spellings are all there are.
 */
export function buildNames(from: string, to: string, index: number): CloneNames["replace"] {
  const pascal = (name: string) => name.charAt(0).toUpperCase() + name.slice(1);
  return (text) =>
    text
      .replaceAll(from, to)
      .replaceAll(pascal(from), pascal(to))
      .replaceAll(from.toUpperCase(), to.toUpperCase())
      .replaceAll(String(FIRST_PORT), String(FIRST_PORT + index - 1));
}

/** Puts each clone into the files that name every module, in the way in which the module that it is made from is in them. */
export async function registerClones(workspace: Workspace, from: string, clones: readonly CloneNames[]): Promise<void> {
  for (const path of SHARED) {
    if (!workspace.exists(path)) continue;
    const text = await workspace.read(path);
    const result = repeatEntries(text, from, clones);
    if (result !== text) await workspace.write(path, result);
  }
}

/**
 * Repeats what names a module for each of its clones: entries of a YAML list as the lines that belong together, spread
 * elements of a list on a line of their own, and otherwise the line.
 */
function repeatEntries(text: string, from: string, clones: readonly CloneNames[]): string {
  const repeat = (entry: string, between = "") => clones.map(({ replace }) => replace(entry)).join(between);
  const name = new RegExp(from, "i");
  const spread = new RegExp(String.raw`\.\.\.${from}Module\.\w+`, "i");
  const item = new RegExp(String.raw`^ *- name: "?${from}"?\n(?: {4}.*\n)+`, "m");
  const block = new RegExp(String.raw`^  ${from}:.*\n(?: {4}.*\n)+`, "m");
  for (const whole of [item, block]) if (whole.test(text)) return text.replace(whole, (entry) => repeat(entry));
  return text
    .split("\n")
    .map((line) => {
      if (!name.test(line)) return line;
      return spread.test(line) ? line.replace(spread, (entry) => repeat(entry, ",\n    ")) : repeat(line, "\n");
    })
    .join("\n");
}
