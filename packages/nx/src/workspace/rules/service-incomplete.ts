import type { Report, Rule } from "./rule.js";

/** Each with what goes wrong without it. */
const OWN_FILES = [
  ["package.json", "it is no package of the workspace"],
  ["src/index.ts", "there is nothing to start"],
  ["roles.yml", "the runtime reads it at boot"],
] as const;

export const serviceIncomplete: Rule = {
  id: "service-incomplete",
  finds: "a service without its package.json, entrypoint or roles.yml",
  severity: "error",
  mendedBy: "hand",
  check: ({ services, workspace }) =>
    services.flatMap(({ names, manifest }) =>
      OWN_FILES.filter(([file]) => workspace.read(`${names.root}/${file}`) === undefined).map(([file, why]): Report => ({
        what: `${names.kebab} has no ${file}: ${why}`,
        path: manifest,
        remedy: `write ${names.root}/${file}; nx g @ooneex/nx:microservice makes one for a new service`,
      })),
    ),
};
