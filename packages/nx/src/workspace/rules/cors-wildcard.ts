import type { RuleFacts } from "./facts.js";
import { findVariableLine } from "./locate.js";
import type { Report, Rule } from "./rule.js";

const ORIGINS = ["CORS_ORIGINS", "CORS_ORIGIN"];
const CREDENTIALS = ["CORS_CREDENTIALS", "CORS_ALLOW_CREDENTIALS"];

/** What one place lets browsers do that calls a module. */
interface OpenCors {
  /** Folder of the module. */
  readonly kebab: string;
  readonly isService: boolean;
  readonly path: string;
  readonly line: () => number | undefined;
  readonly variable: string;
  readonly hasCredentials: boolean;
}

export const corsWildcard: Rule = {
  id: "cors-wildcard-with-credentials",
  finds: "CORS for every origin, with credentials",
  severity: "error",
  mendedBy: "hand",
  check: (facts) =>
    listOpen(facts)
      .filter(({ hasCredentials }) => hasCredentials)
      .map(({ path, line, variable, isService }): Report => ({
        what: `${variable} is * with credentials, so every site acts in a visitor's name`,
        path,
        line: line(),
        remedy: `list the origins whose browsers call ${isService ? "this service, or none if only services call it" : "the app"}`,
      })),
};

/** Whoever lists origins has browsers in mind. CORS is of no use to a service that others call. */
export const corsService: Rule = {
  id: "cors-service-open",
  finds: "CORS for every origin on a service, which needs none where only the app calls it",
  severity: "warning",
  mendedBy: "hand",
  check: (facts) =>
    listOpen(facts)
      .filter(({ isService, hasCredentials }) => isService && !hasCredentials)
      .map(({ path, line, variable, kebab }): Report => ({
        what: `${variable} of ${kebab} is *, so every site's browser may read what it answers`,
        path,
        line: line(),
        remedy: `take ${variable} out if only the app and services call ${kebab}, or list the origins whose browsers do`,
      })),
};

/** Files of a module's environment, the one that the app takes another folder's of, and what is deployed. */
function listOpen({ deployables, appEnvironment, readEnvironment, workspace }: RuleFacts): OpenCors[] {
  const own = deployables.flatMap(({ names: { kebab, root }, type }) => {
    const files = readEnvironment(root);
    const borrowed = type === "api" ? appEnvironment.filter(({ path }) => !files.some((file) => file.path === path)) : [];
    return [...files, ...borrowed].flatMap(({ path, text, variables }) => judge(variables, { kebab, isService: type === "microservice" }, () => path, (variable) => findVariableLine(text, variable, path)));
  });
  const deployed = workspace.readDeployed(workspace).flatMap(({ name, variables }) => {
    const deployable = deployables.find(({ names }) => names.kebab === name);
    if (deployable === undefined) return [];
    const find = (wanted: string) => variables.find(({ variable }) => variable === wanted);
    const values = new Map(variables.map(({ variable, value }) => [variable, value]));
    return judge(values, { kebab: name, isService: deployable.type === "microservice" }, (variable) => find(variable)?.path ?? "", (variable) => find(variable)?.line);
  });
  return [...own, ...deployed];
}

function judge(
  variables: ReadonlyMap<string, string>,
  of: Pick<OpenCors, "kebab" | "isService">,
  placeOf: (variable: string) => string,
  lineOf: (variable: string) => number | undefined,
): OpenCors[] {
  const variable = ORIGINS.find((name) => variables.get(name)?.split(",").some((origin) => origin.trim() === "*"));
  if (variable === undefined) return [];
  const hasCredentials = CREDENTIALS.some((name) => variables.get(name)?.toLowerCase() === "true");
  return [{ ...of, path: placeOf(variable), line: () => lineOf(variable), variable, hasCredentials }];
}
