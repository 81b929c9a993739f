import { posix } from "node:path";
import { MODULES_ROOT } from "../names.js";
import { addPathAlias, readPathAliases, removePathAlias } from "../path-aliases.js";
import type { WorkspaceReader } from "../service-model.js";
import { findLine } from "./locate.js";
import type { Report, Rule } from "./rule.js";

const TSCONFIG = "tsconfig.json";

/** Kinds of module that others import by their alias. */
const IMPORTED = new Set(["module", "microservice", "api"]);

export const aliasMissing: Rule = {
  id: "alias-missing",
  finds: "a module without its path alias in tsconfig.json",
  severity: "error",
  mendedBy: "sync",
  check: ({ modules, workspace }) => {
    const text = workspace.read(TSCONFIG);
    if (text === undefined) return [];
    const aliases = readPathAliases(text, TSCONFIG);
    return modules
      .filter(({ names, type }) => type !== undefined && IMPORTED.has(type) && !aliases.has(names.alias))
      .map(({ names }): Report => ({
        what: `${names.alias} leads nowhere`,
        path: TSCONFIG,
        mend: { by: "sync", files: [{ path: TSCONFIG, edit: (now = "") => addPathAlias(now, names.alias, `./${names.root}/src/*`, TSCONFIG) }] },
      }));
  },
};

export const aliasLeftover: Rule = {
  id: "alias-leftover",
  finds: "a path alias into the folder of a module that there is no more",
  severity: "warning",
  mendedBy: "sync",
  check: ({ workspace }) => {
    const text = workspace.read(TSCONFIG);
    if (text === undefined) return [];
    return [...readPathAliases(text, TSCONFIG)]
      .filter(([alias, targets]) => alias.startsWith("@module/") && targets.length > 0 && targets.every((target) => isGone(workspace, target)))
      .map(([alias]): Report => ({
        what: `${alias} leads into a folder that does not exist`,
        path: TSCONFIG,
        line: findLine(text, JSON.stringify(alias)),
        mend: { by: "sync", files: [{ path: TSCONFIG, edit: (now = "") => removePathAlias(now, alias, TSCONFIG) }] },
      }));
  },
};

function isGone(workspace: WorkspaceReader, target: string): boolean {
  const [root, module] = posix.normalize(target).split("/");
  return root === MODULES_ROOT && module !== undefined && workspace.list(`${root}/${module}`).length === 0;
}
