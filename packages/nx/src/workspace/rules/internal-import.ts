import { posix } from "node:path";
import { buildAliasMatcher } from "../alias-matcher.js";
import { readSourceImports } from "../imports.js";
import { readPathAliases } from "../path-aliases.js";
import type { Deployable, WorkspaceReader } from "../service-model.js";
import { indexLines } from "../source-text.js";
import type { Report, Rule } from "./rule.js";
import { readSources } from "./source-files.js";

/** A service that is imported runs in the importer's process as well, and the importer's image holds its code. */
export const internalImport: Rule = {
  id: "internal-import",
  finds: "an import of a service's internals by another module",
  severity: "error",
  exception: "warning for types and in tests",
  mendedBy: "hand",
  check: (facts) => {
    if (facts.services.length === 0) return [];
    const resolve = buildResolver(facts.workspace);
    return readSources(facts, facts.services.map(({ names }) => names.kebab)).flatMap(({ path, module, text, isTest }) => {
      const lineOf = indexLines(text);
      return readSourceImports(path, text).sites.flatMap(({ specifier, start, typeOnly }): Report[] => {
        const target = resolve(path, specifier);
        const service = target === undefined ? undefined : findOwner(target, facts.services);
        if (service === undefined || service.names.kebab === module) return [];
        const { kebab } = service.names;
        return [
          {
            what: `${module} imports ${specifier}, which is internal to the service ${kebab}`,
            path,
            line: lineOf(start),
            // Types and tests are in no process of their own, and yet tie the two together.
            severity: typeOnly || isTest ? "warning" : "error",
            remedy: `call ${kebab} over HTTP, or move what both need to modules/shared`,
          },
        ];
      });
    });
  },
};

/** Turns a specifier into a workspace-relative path, where it leads into the workspace at all. */
function buildResolver(workspace: WorkspaceReader): (file: string, specifier: string) => string | undefined {
  const tsconfig = workspace.read("tsconfig.json");
  const matchAlias = buildAliasMatcher(tsconfig === undefined ? [] : readPathAliases(tsconfig));
  return (file, specifier) => {
    if (specifier.startsWith(".")) return posix.join(posix.dirname(file), specifier);
    const [target] = matchAlias(specifier);
    if (target !== undefined) return target;
    const module = /^@module\/([^/]+)/.exec(specifier)?.[1];
    return module === undefined ? undefined : `modules/${module}/`;
  };
}

function findOwner(path: string, services: readonly Deployable[]): Deployable | undefined {
  return services.find(({ names }) => path === names.root || path.startsWith(`${names.root}/`));
}
