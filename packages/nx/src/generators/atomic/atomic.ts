import { type GeneratorCallback, logger, type Tree } from "@nx/devkit";
import { existsSync } from "node:fs";
import { installPackages } from "../install-packages.js";
import { hasBegun, type Journal, readJournal, removeJournal, restOf, writeJournal } from "./journal.js";
import { takeLock } from "./lock.js";

type Result = GeneratorCallback | undefined;

/**
 * Makes a generator's writes come through as a whole. Nx writes the files of a tree one after the other once the generator has
 * returned, and a full disk or a signal may end that half-way.
 *
 * What is about to be written is noted down first. Where a note is left over, the next generator writes the rest of it before its
 * own; the same command again does nothing else. Between reading and writing no other generator of the plugin is let in.
 *
 * @param name - of the generator
 * @throws OoneexNxError `GENERATOR_BUSY` where another one does not end in time, and what the generator throws
 */
export function atomic<O extends object>(
  name: string,
  generate: (tree: Tree, options: O) => Result | Promise<Result> | void | Promise<void>,
): (tree: Tree, options: O) => Promise<GeneratorCallback> {
  return async (tree, options) => {
    // A tree of a test is on no disk.
    if (!existsSync(tree.root)) return (await generate(tree, options)) ?? (() => undefined);
    const release = await takeLock(tree.root, name);
    try {
      const request = { generator: name, options: JSON.stringify(options) };
      const interrupted = readJournal(tree.root);
      const repaired = interrupted === undefined ? [] : complete(tree, interrupted);
      const isSame = repaired.length > 0 && interrupted?.generator === name && interrupted.options === request.options;
      const callback = isSame ? undefined : await generate(tree, options);
      const journal = writeJournal(tree.root, request, tree.listChanges());
      const settle = (isFlushed: boolean): void => {
        // Without a flush, as in a dry run, what was noted before still counts.
        if (isFlushed || !hasBegun(tree.root, journal)) removeJournal(tree.root, isFlushed ? undefined : interrupted);
        release();
      };
      const onExit = (): void => settle(false);
      process.once("exit", onExit);
      return async () => {
        process.off("exit", onExit);
        removeJournal(tree.root, undefined);
        try {
          if (repaired.length > 0 && interrupted?.entries.some(({ path }) => path.endsWith("package.json")) === true) installPackages(tree);
          await callback?.();
        } finally {
          release();
        }
      };
    } catch (error) {
      release();
      throw error;
    }
  };
}

/** @returns the paths that the interrupted generator had not written, workspace-relative */
function complete(tree: Tree, journal: Journal): string[] {
  const { rest, changed } = restOf(tree.root, journal);
  if (rest.length === 0 || !hasBegun(tree.root, journal)) {
    removeJournal(tree.root, undefined);
    return [];
  }
  for (const { path, after } of rest) {
    if (after === null) tree.delete(path);
    else tree.write(path, Buffer.from(after, "base64"));
  }
  logger.info(`The generator ${journal.generator} was interrupted. What it had not written yet is written now: ${rest.map(({ path }) => path).join(", ")}`);
  if (changed.length > 0) logger.warn(`Changed since the generator ${journal.generator} was interrupted, and left as they are: ${changed.join(", ")}. nx g @ooneex/nx:doctor says what is missing.`);
  return rest.map(({ path }) => path);
}
