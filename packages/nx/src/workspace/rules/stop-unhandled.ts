import { isSourceFile } from "../source-file.js";
import type { RuleFacts } from "./facts.js";
import type { Report, Rule } from "./rule.js";

/** A handler that several services share may stand here. */
const SHARED_SOURCES = "modules/shared/src/";

/**
 * The first process of a container ignores a signal that it does not handle, and is killed ten seconds later; under an init
 * process it ends at once. Either way with the requests that it is answering. What handles the signal names it somewhere.
 */
export const stopUnhandled: Rule = {
  id: "stop-unhandled",
  finds: "a service that handles no SIGTERM, so that a stop loses the requests that it is answering",
  severity: "warning",
  mendedBy: "hand",
  check: (facts) => {
    const entrypoints = facts.services.map(({ names }) => ({ names, path: `${names.root}/src/index.ts` })).filter(({ path }) => facts.workspace.read(path) !== undefined);
    // Most name it in the entrypoint, so that no other file is read.
    const open = entrypoints.filter(({ path }) => !namesSignal(facts, path));
    if (open.length === 0) return [];
    const sources = facts.workspace.listFiles().filter(isSourceFile);
    const isHandled = (folder: string): boolean => sources.some((path) => path.startsWith(folder) && namesSignal(facts, path));
    if (isHandled(SHARED_SOURCES)) return [];
    return open
      .filter(({ names }) => !isHandled(`${names.root}/src/`))
      .map(({ names, path }): Report => ({
        what: `${names.kebab} handles no SIGTERM, so a stop loses the requests that it is answering`,
        path,
        remedy: "take src/OnAppStart.ts, the drain middleware and the two handlers of src/index.ts from a new service; docs/images.md says how",
      }));
  },
};

function namesSignal({ workspace }: RuleFacts, path: string): boolean {
  return (workspace.read(path) ?? "").includes("SIGTERM");
}
