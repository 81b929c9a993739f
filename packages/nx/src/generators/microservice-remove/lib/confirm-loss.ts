import { createInterface } from "node:readline/promises";
import { OoneexNxError } from "../../../errors.js";
import type { ModuleNames } from "../../../workspace/names.js";

/**
 * Asks before files are deleted that a person added or changed, and refuses where nobody can be asked.
 *
 * @param files - workspace-relative paths; none needs no question
 * @throws OoneexNxError `FILES_CHANGED` where the answer is no, or nobody can answer
 */
export async function confirmLoss(names: ModuleNames, files: readonly string[]): Promise<void> {
  if (files.length === 0) return;
  if (isInteractive() && (await ask(names, files))) return;
  throw new OoneexNxError({
    code: "FILES_CHANGED",
    what: `${names.kebab} holds files that were added or changed by hand, and nothing is removed`,
    where: files.join(", "),
    remedy: "keep what you need elsewhere, then run again with --force",
  });
}

/** Nx says `false` for --no-interactive; a terminal on both sides is what it takes to answer. */
function isInteractive(): boolean {
  const { NX_INTERACTIVE, CI } = process.env;
  return NX_INTERACTIVE !== "false" && (CI === undefined || CI === "false") && process.stdin.isTTY && process.stdout.isTTY;
}

async function ask(names: ModuleNames, files: readonly string[]): Promise<boolean> {
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  try {
    process.stdout.write(`These files of ${names.kebab} were added or changed by hand:\n`);
    for (const file of files) process.stdout.write(`  ${file}\n`);
    const answer = await terminal.question("Delete them with the service? (y/N) ");
    return /^y(?:es)?$/i.test(answer.trim());
  } finally {
    terminal.close();
  }
}
