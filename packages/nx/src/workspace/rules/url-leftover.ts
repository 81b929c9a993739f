import { spellRight } from "./env-key-unmatched.js";
import { dropVariable, findVariableLine, listVariables } from "./locate.js";
import type { Report, Rule } from "./rule.js";

const URL_OF_SERVICE = /^MICROSERVICES?_.+_URL$/;

/** Source may read a variable that app.yml does not name, so no sync takes one away. */
export const urlLeftover: Rule = {
  id: "url-leftover",
  finds: "a URL in the app's environment of a service that there is no more",
  severity: "warning",
  mendedBy: "fix",
  check: ({ services, declared, appEnvironment }) => {
    const known = new Set([...declared.map(({ url }) => url), ...services.map(({ names }) => names.variable)]);
    return appEnvironment.flatMap(({ path, text }) =>
      [...new Set(listVariables(text, path))]
        .filter((variable) => URL_OF_SERVICE.test(variable) && !known.has(variable) && !known.has(spellRight(variable)))
        .map((variable): Report => ({
          what: `${variable} belongs to no service that app.yml declares`,
          path,
          line: findVariableLine(text, variable, path),
          mend: { by: "fix", files: [{ path, edit: (now = "") => dropVariable(now, variable, path) }] },
        })),
    );
  },
};
