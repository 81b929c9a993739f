import { unsetEnvVariable } from "../env-yml.js";
import { findVariableLine } from "./locate.js";
import type { Report, Rule } from "./rule.js";

const URL_OF_SERVICE = /^MICROSERVICE_.+_URL$/;

/** Source may read a variable that app.yml does not name, so no sync takes one away. */
export const urlLeftover: Rule = {
  id: "url-leftover",
  finds: "a URL in the app's environment of a service that there is no more",
  severity: "warning",
  mendedBy: "fix",
  check: ({ services, declared, appEnvironment }) => {
    const known = new Set([...declared.map(({ url }) => url), ...services.map(({ names }) => names.variable)]);
    return appEnvironment.flatMap(({ path, text, variables }) =>
      [...variables.keys()]
        .filter((variable) => URL_OF_SERVICE.test(variable) && !known.has(variable))
        .map((variable): Report => ({
          what: `${variable} belongs to no service that app.yml declares`,
          path,
          line: findVariableLine(text, variable, path),
          mend: { by: "fix", files: [{ path, edit: (now = "") => unsetEnvVariable(now, variable, path) }] },
        })),
    );
  },
};
