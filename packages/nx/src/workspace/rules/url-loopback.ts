import { findVariableLine } from "./locate.js";
import { isLoopback, readUrl } from "./loopback.js";
import type { Report, Rule } from "./rule.js";

const DEPLOYED = /\.env\.(?:prod|production|staging|stage|preprod|live)\.ya?ml$/;

export const urlLoopback: Rule = {
  id: "url-loopback",
  finds: "a deployed environment whose URL of a service is `localhost`",
  severity: "error",
  mendedBy: "hand",
  check: ({ services, declared, appEnvironment }) =>
    services.flatMap(({ names }) => {
      const variable = declared.find(({ name }) => name === names.kebab)?.url ?? names.variable;
      return appEnvironment
        .filter(({ path, variables }) => DEPLOYED.test(path) && isLoopback(readUrl(variables.get(variable) ?? "")?.hostname ?? ""))
        .map(({ path, text }): Report => ({
          what: `${variable} leads to the app's own container, and not to ${names.kebab}`,
          path,
          line: findVariableLine(text, variable, path),
          remedy: `write the address of ${names.kebab} on the private network`,
        }));
    }),
};
