import { MODULES_ROOT } from "../names.js";
import { isSourceFile } from "../source-file.js";
import type { RuleFacts } from "./facts.js";

/** A source file of a module. */
export interface ModuleSource {
  /** Workspace-relative path. */
  readonly path: string;
  /** Folder of the module that it belongs to. */
  readonly module: string;
  readonly text: string;
  readonly isTest: boolean;
}

/** Where tests stand. */
export const TEST = /(?:^|\/)(?:tests?|__tests__|e2e)\/|\.(?:spec|test)\.[cm]?[jt]sx?$/;

/** Reads the sources of all modules that hold one of some words: few do, and only those are worth a parser. */
export function readSources({ workspace }: RuleFacts, words: readonly string[]): ModuleSource[] {
  return workspace.listFiles().flatMap((path) => {
    const [root, module] = path.split("/");
    if (root !== MODULES_ROOT || module === undefined || !isSourceFile(path)) return [];
    const text = workspace.read(path) ?? "";
    return words.some((word) => text.includes(word)) ? [{ path, module, text, isTest: TEST.test(path) }] : [];
  });
}
