import type { Tree } from "@nx/devkit";
import { parseSync } from "oxc-parser";
import { DATASTORE_VARIABLE } from "../../../topology/datastores.js";
import { isSourceFile } from "../../../workspace/source-file.js";
import { walkFiles } from "../../walk-files.js";

/** A place where source names a variable. */
export interface Mention {
  /** Name of the process that the source is part of. */
  readonly process: string;
  readonly variable: string;
  /** Workspace-relative path. */
  readonly file: string;
}

const TEST = /\.(?:spec|test)\.[cm]?[jt]sx?$|(?:^|\/)(?:tests?|__tests__)\//;
const URL_VARIABLE = /\bMICROSERVICE_[A-Z0-9_]+_URL\b/g;

/**
 * Finds the variables of addresses that a folder's source names, be it as a property, a text or a type. Comments and tests
 * do not count. A name that is put together at run time cannot be seen.
 *
 * @param declared - names of variables to look for beside those that look like one
 */
export function findMentions(tree: Tree, folder: string, declared: readonly string[]): Omit<Mention, "process">[] {
  const files = walkFiles(tree, folder).filter((path) => isSourceFile(path) && !TEST.test(path.slice(folder.length)));
  return files.sort().flatMap((file) => {
    const text = tree.read(file, "utf8") ?? "";
    if (listVariables(text, declared).length === 0) return [];
    return listVariables(withoutComments(file, text), declared).map((variable) => ({ variable, file }));
  });
}

function listVariables(text: string, declared: readonly string[]): string[] {
  const words = new Set(text.match(/\b[A-Za-z_$][\w$]*\b/g) ?? []);
  return [...new Set([...(text.match(URL_VARIABLE) ?? []), ...(text.match(DATASTORE_VARIABLE) ?? []), ...declared.filter((name) => words.has(name))])];
}

/** A file that does not parse is taken as it is: what it names is more likely meant than not. */
function withoutComments(file: string, text: string): string {
  const { comments, errors } = parseSync(file, text);
  if (errors.length > 0) return text;
  let result = "";
  let from = 0;
  for (const { start, end } of comments) {
    result += `${text.slice(from, start)} `;
    from = end;
  }
  return result + text.slice(from);
}
