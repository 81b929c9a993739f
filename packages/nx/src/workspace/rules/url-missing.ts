import { setEnvVariable } from "../env-yml.js";
import { localUrl } from "./loopback.js";
import type { Report, Rule } from "./rule.js";

const VARIABLE = /^[A-Z_][A-Z0-9_]*$/;

/** In development a service is where its port is. Where it is in any other environment, only its people know. */
export const urlMissing: Rule = {
  id: "url-missing",
  finds: "an environment of the app without the URL of a service",
  severity: "error",
  mendedBy: "sync",
  check: ({ services, declared, appEnvironment, listMisspelled }) =>
    services.flatMap(({ names, port }) => {
      const variable = declared.find(({ name }) => name === names.kebab)?.url ?? names.variable;
      return appEnvironment
        .filter(({ variables }) => VARIABLE.test(variable) && !variables.has(variable))
        // That one is `env-key-unmatched`, which moves its value.
        .filter((file) => listMisspelled(file, names.variable).length === 0)
        .map(({ path, kind }): Report => {
          const isKnown = kind !== "named" && port !== undefined;
          return {
            what: `${variable} has no value, so the app does not find ${names.kebab}`,
            path,
            remedy: isKnown ? undefined : `give ${variable} the address of ${names.kebab} in that environment`,
            mend: isKnown
              ? { by: kind === "example" ? "sync" : "fix", files: [{ path, edit: (text = "") => setEnvVariable(text, variable, localUrl(port), undefined, path) }] }
              : undefined,
          };
        });
    }),
};
