import { setEnvVariable, unsetEnvVariable } from "../env-yml.js";
import { findVariableLine } from "./locate.js";
import type { Report, Rule } from "./rule.js";

/** `microservices.billing.url`, which the framework's command writes, is not the variable that app.yml names. */
export const envKeyUnmatched: Rule = {
  id: "env-key-unmatched",
  finds: "a key such as `microservices.billing.url`, which never becomes the variable that app.yml names",
  severity: "error",
  mendedBy: "sync",
  check: ({ services, declared, appEnvironment }) =>
    services.flatMap(({ names }) => {
      const variable = declared.find(({ name }) => name === names.kebab)?.url ?? names.variable;
      const wrong = names.variable.replace("MICROSERVICE_", "MICROSERVICES_");
      return appEnvironment
        .filter(({ variables }) => variable !== wrong && variables.has(wrong) && !variables.has(variable))
        .map(({ path, text, variables, kind }): Report => {
          const value = variables.get(wrong) ?? "";
          const edit = (now = ""): string => setEnvVariable(unsetEnvVariable(now, wrong, path), variable, value, undefined, path);
          return {
            what: `this key is the variable ${wrong}, and the app looks for ${variable}`,
            path,
            line: findVariableLine(text, wrong, path),
            mend: { by: kind === "example" ? "sync" : "fix", files: [{ path, edit }] },
          };
        });
    }),
};
