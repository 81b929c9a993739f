import { setEnvVariable } from "../env-yml.js";
import type { Deployable } from "../service-model.js";
import type { EnvFile, RuleFacts } from "./facts.js";
import { dropVariable, findVariableLine } from "./locate.js";
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
      facts.appEnvironment.flatMap((file) => facts.listMisspelled(file, service.names.variable).map((wrong) => describeKey(facts, service, file, wrong))),
    ),
};

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
