import { isSourceFile } from "../source-file.js";
import type { EnvFile, RuleFacts } from "./facts.js";
import { dropVariable, findVariableLine, listVariables } from "./locate.js";
import { readLocalPort } from "./loopback.js";
import { spellRight } from "./misspelled.js";
import type { Mend, Report, Rule } from "./rule.js";

const URL_OF_SERVICE = /^MICROSERVICES?_.+_URL$/;

/** Source may read a variable that app.yml does not name, so no sync takes one away. */
export const urlLeftover: Rule = {
  id: "url-leftover",
  finds: "a URL in the app's environment of a service that there is no more",
  severity: "warning",
  mendedBy: "fix",
  check: (facts) => {
    const { services, declared, appEnvironment } = facts;
    const known = new Set([...declared.map(({ url }) => url), ...services.map(({ names }) => names.variable)]);
    return appEnvironment.flatMap((file) =>
      [...new Set(listVariables(file.text, file.path))]
        .filter((variable) => URL_OF_SERVICE.test(variable) && !known.has(variable) && !known.has(spellRight(variable)))
        .map((variable): Report => ({
          what: `${variable} belongs to no service that app.yml declares`,
          path: file.path,
          line: findVariableLine(file.text, variable, file.path),
          ...judge(facts, file, variable),
        })),
    );
  },
};

/** Nothing is taken away that something reads, or that nobody could have back. */
function judge({ workspace }: RuleFacts, { path, kind, variables }: EnvFile, variable: string): Pick<Report, "mend" | "remedy"> {
  const reader = workspace.listFiles().find((file) => isSourceFile(file) && names(workspace.read(file) ?? "", variable));
  if (reader !== undefined) return { remedy: `${reader} reads it: declare the service in modules/app/app.yml, or take both out by hand` };
  const mend: Mend = { by: "fix", files: [{ path, edit: (now = "") => dropVariable(now, variable, path) }] };
  const value = variables.get(variable) ?? "";
  if (value === "") return { mend };
  if (readLocalPort(value) === undefined) return { remedy: "its value leads out of this machine: take it out by hand, if nothing reads it" };
  const tracked = workspace.listTracked();
  const isKept = tracked === undefined ? kind === "example" : tracked.has(path);
  return isKept ? { mend } : { remedy: "git does not have this file: take it out by hand, if nothing reads it" };
}

/** As a word of its own: one name may begin as another one does. */
function names(text: string, variable: string): boolean {
  return text.includes(variable) && new RegExp(`(?<![\\w$])${variable}(?![\\w$])`).test(text);
}
