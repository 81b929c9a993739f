import type { Deployable } from "../service-model.js";
import type { EnvFile, RuleFacts } from "./facts.js";
import { findVariableLine, replaceVariable } from "./locate.js";
import { localUrl, readLocalPort } from "./loopback.js";
import { PORT } from "./ports.js";
import type { Report, Rule } from "./rule.js";

/** Only a plain address of this machine is taken for the one of a port: what has a path or another host is somebody's decision. */
export const urlMismatch: Rule = {
  id: "url-mismatch",
  finds: "a URL on this machine with another port than the service's",
  severity: "error",
  exception: "warning in `.env.yml`",
  mendedBy: "sync",
  check: (facts) =>
    facts.services.flatMap((service) => {
      const variable = facts.declared.find(({ name }) => name === service.names.kebab)?.url ?? service.names.variable;
      return facts.appEnvironment.flatMap((file): Report[] => {
        const expected = file.kind === "named" ? undefined : readPort(facts, service, file);
        const actual = readLocalPort(file.variables.get(variable) ?? "");
        if (expected === undefined || actual === undefined || actual === expected) return [];
        const { path, text, kind } = file;
        const isPlain = file.variables.get(variable) === localUrl(actual);
        return [
          {
            what: `${variable} leads to port ${actual}, and ${service.names.kebab} listens on ${expected}`,
            path,
            line: findVariableLine(text, variable, path),
            severity: kind === "example" ? "error" : "warning",
            remedy: isPlain ? undefined : `write port ${expected}`,
            mend: isPlain
              ? { by: kind === "example" ? "sync" : "fix", files: [{ path, edit: (now = "") => replaceVariable(now, variable, localUrl(expected), path) }] }
              : undefined,
          },
        ];
      });
    }),
};

/** On this machine a service listens where its own environment there says. */
function readPort({ readEnvironment }: RuleFacts, { names, port }: Deployable, { kind }: EnvFile): number | undefined {
  const own = readEnvironment(names.root).find((file) => file.kind === "local")?.variables.get(PORT);
  return kind === "local" && own !== undefined ? Number(own) : port;
}
