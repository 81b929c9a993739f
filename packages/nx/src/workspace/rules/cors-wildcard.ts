import { findVariableLine } from "./locate.js";
import type { Report, Rule } from "./rule.js";

const ORIGINS = ["CORS_ORIGINS", "CORS_ORIGIN"];
const CREDENTIALS = ["CORS_CREDENTIALS", "CORS_ALLOW_CREDENTIALS"];

export const corsWildcard: Rule = {
  id: "cors-wildcard-with-credentials",
  finds: "CORS for every origin, with credentials",
  severity: "error",
  mendedBy: "hand",
  check: ({ deployables, readEnvironment }) =>
    deployables
      .flatMap(({ names }) => readEnvironment(names.root))
      .flatMap(({ path, text, variables }): Report[] => {
        const open = ORIGINS.find((name) => variables.get(name)?.split(",").some((origin) => origin.trim() === "*"));
        const isSignedIn = CREDENTIALS.some((name) => variables.get(name)?.toLowerCase() === "true");
        if (open === undefined || !isSignedIn) return [];
        return [
          {
            what: `${open} is * with credentials, so every site acts in a visitor's name`,
            path,
            line: findVariableLine(text, open, path),
            remedy: "list the origins whose browsers call this service, or none if only services call it",
          },
        ];
      }),
};
