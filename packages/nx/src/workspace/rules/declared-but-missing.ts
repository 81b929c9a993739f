import { APP_YML, withdrawMicroservice } from "../app-yml.js";
import { MODULES_ROOT } from "../names.js";
import { findLine } from "./locate.js";
import type { Report, Rule } from "./rule.js";

/** What is declared may run elsewhere, so no sync takes it away. */
export const declaredButMissing: Rule = {
  id: "declared-but-missing",
  finds: "a declaration in app.yml of a service that the workspace does not have",
  severity: "error",
  mendedBy: "fix",
  check: ({ services, declared, modules, workspace }) =>
    declared
      .filter(({ name }) => !services.some(({ names }) => names.kebab === name))
      .map(({ name }): Report => {
        const module = modules.find(({ names }) => names.kebab === name);
        const place = { path: APP_YML, line: findDeclaration(workspace.read(APP_YML), name) };
        if (module !== undefined) {
          return {
            ...place,
            what: `${name} is declared, and ${module.manifest} says that it is of type ${module.type ?? "none"}`,
            remedy: `write type: "microservice" in ${module.manifest}, or take the declaration out`,
          };
        }
        return {
          ...place,
          what: `${name} is declared, and there is no ${MODULES_ROOT}/${name} with a manifest`,
          mend: { by: "fix", files: [{ path: APP_YML, edit: (text) => (text === undefined ? text : withdrawMicroservice(text, name)) }] },
        };
      }),
};

/** The line of a declaration's name. */
export function findDeclaration(text: string | undefined, name: string): number | undefined {
  return findLine(text, new RegExp(`name["']?\\s*:\\s*["']?${name.replaceAll(/[^\w-]/g, "\\$&")}["']?\\s*(?:[,}#]|$)`, "m"));
}
