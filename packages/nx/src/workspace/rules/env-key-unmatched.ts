import { setEnvVariable } from "../env-yml.js";
import type { Deployable } from "../service-model.js";
import type { EnvFile, RuleFacts } from "./facts.js";
import { dropVariable, findVariableLine, listVariables } from "./locate.js";
import { localUrl } from "./loopback.js";
import type { Report, Rule } from "./rule.js";

/** `microservices.billing.url`, which the framework's command writes, is not the variable that app.yml names. */
export const envKeyUnmatched: Rule = {
  id: "env-key-unmatched",
  finds: "a key such as `microservices.billing.url`, which never becomes the variable that app.yml names",
  severity: "error",
  mendedBy: "sync",
  check: (facts) =>
    facts.services.flatMap((service) =>
      facts.appEnvironment.flatMap((file) => listMisspelled(file, service.names.variable).map((wrong) => describeKey(facts, service, file, wrong))),
    ),
};

/**
 * The variables of a file, those without a value included, that are meant for a service and are not what it is called: the
 * framework's command writes the plural and the folder's name, `microservices.order-history.url`.
 *
 * @param variable - such as `MICROSERVICE_ORDER_HISTORY_URL`
 */
export function listMisspelled(file: EnvFile, variable: string): readonly string[] {
  const known = MISSPELLED.get(file) ?? groupMisspelled(file);
  MISSPELLED.set(file, known);
  return known.get(variable) ?? [];
}

/** Each service asks of the same few files, which hold a variable of each service. */
const MISSPELLED = new WeakMap<EnvFile, ReadonlyMap<string, readonly string[]>>();

/** The variables that are not what they are meant for, by what that is called. */
function groupMisspelled({ path, text }: EnvFile): Map<string, string[]> {
  const groups = new Map<string, string[]>();
  for (const name of new Set(listVariables(text, path))) {
    const right = spellRight(name);
    if (right === name) continue;
    const group = groups.get(right);
    if (group === undefined) groups.set(right, [name]);
    else group.push(name);
  }
  return groups;
}

/** What a variable is called that the framework's command meant. */
export function spellRight(variable: string): string {
  return variable.replace(/^MICROSERVICES_/, "MICROSERVICE_").replaceAll("-", "_");
}

function describeKey({ declared }: RuleFacts, { names, port }: Deployable, { path, text, variables, kind }: EnvFile, wrong: string): Report {
  const variable = declared.find(({ name }) => name === names.kebab)?.url ?? names.variable;
  const report: Report = { what: `this key is the variable ${wrong}, and the app looks for ${variable}`, path, line: findVariableLine(text, wrong, path) };
  const [written, known] = [variables.get(wrong), variables.get(variable)];
  // The framework's command writes no address, and only on this machine the port is one.
  const value = written ?? (kind === "named" || port === undefined ? undefined : localUrl(port));
  if (known !== undefined && written !== undefined && written !== known) return { ...report, remedy: `take it out, or give ${variable} its value: the two differ` };
  const edit = (now = ""): string => {
    const rest = dropVariable(now, wrong, path);
    return known !== undefined || value === undefined ? rest : setEnvVariable(rest, variable, value, undefined, path);
  };
  return { ...report, mend: { by: kind === "example" ? "sync" : "fix", files: [{ path, edit }] } };
}
