import { APP_YML, declareMicroservice } from "../app-yml.js";
import { findLine } from "./locate.js";
import type { Report, Rule } from "./rule.js";

export const serviceUndeclared: Rule = {
  id: "service-undeclared",
  finds: "a service that app.yml does not declare",
  severity: "error",
  mendedBy: "sync",
  check: ({ services, declared, hasApp, workspace }) =>
    services
      .filter(({ names }) => hasApp && !declared.some(({ name }) => name === names.kebab))
      .map(({ names, manifest }): Report => ({
        what: `${names.kebab} is a microservice that ${APP_YML} does not declare`,
        path: manifest,
        line: findLine(workspace.read(manifest), /^type\s*:/m),
        mend: { by: "sync", files: [{ path: APP_YML, edit: (text) => declareMicroservice(text, { name: names.kebab, url: names.variable }) }] },
      })),
};
