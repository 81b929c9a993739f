import { createInterface } from "node:readline";
import { OoneexNxError } from "../errors.js";
import type { ModuleNames } from "../workspace/names.js";

/** Where a person can be asked: the part of `process` that is about its terminal. */
export interface Terminal {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly stdin: NodeJS.ReadableStream & { readonly isTTY?: boolean };
  readonly stdout: NodeJS.WritableStream & { readonly isTTY?: boolean };
}

/**
 * Asks before files of a module are deleted that a person added or changed, and refuses where nobody can be asked.
 *
 * @param files - workspace-relative paths; none needs no question
 * @throws OoneexNxError `FILES_CHANGED` where the answer is no, or nobody can answer
 */
export async function confirmLoss(names: ModuleNames, files: readonly string[], terminal: Terminal): Promise<void> {
  if (files.length === 0) return;
  if (isInteractive(terminal) && (await ask(names, files, terminal))) return;
  throw new OoneexNxError({
    code: "FILES_CHANGED",
    what: `${names.kebab} holds files that were added or changed by hand, and nothing is removed`,
    where: files.join(", "),
    remedy: "keep what you need elsewhere, then run again with --force",
  });
}

/** Whether somebody can be asked. Nx says `false` for --no-interactive; a terminal on both sides is what it takes to answer. */
export function isInteractive({ env: { NX_INTERACTIVE, CI }, stdin, stdout }: Terminal): boolean {
  const isWanted = NX_INTERACTIVE !== "false" && (CI === undefined || CI === "false");
  return isWanted && stdin.isTTY === true && stdout.isTTY === true;
}

async function ask(names: ModuleNames, files: readonly string[], { stdin, stdout }: Terminal): Promise<boolean> {
  stdout.write(`These files of ${names.kebab} were added or changed by hand:\n`);
  for (const file of files) stdout.write(`  ${file}\n`);
  const prompt = createInterface({ input: stdin, output: stdout });
  const answer = await new Promise<string>((resolve) => {
    prompt.question("Delete them? (y/N) ", resolve);
    // Ctrl-C and Ctrl-D close the prompt without an answer.
    prompt.once("close", () => resolve(""));
  });
  prompt.close();
  return /^y(?:es)?$/i.test(answer.trim());
}
