import { addCommitScope, COMMITLINT_FILES } from "../commit-scopes.js";
import type { Report, Rule } from "./rule.js";

export const scopeMissing: Rule = {
  id: "scope-missing",
  finds: "a service that commitlint's scopes do not list",
  severity: "warning",
  mendedBy: "sync",
  check: ({ services, workspace }) =>
    COMMITLINT_FILES.flatMap((path) => {
      const text = workspace.read(path);
      if (text === undefined) return [];
      return services
        // Parsing the file once for each of a thousand services would take longer than the rest of the check.
        .filter(({ names }) => !isQuoted(text, names.kebab) && addCommitScope(text, names.kebab, path).text !== text)
        .map(({ names }): Report => ({
          what: `the scopes do not list ${names.kebab}, so a commit about it is refused`,
          path,
          mend: { by: "sync", files: [{ path, edit: (now = "") => addCommitScope(now, names.kebab, path).text }] },
        }));
    }),
};

/** A name in quotes is a scope in all likelihood; one elsewhere in the file costs no more than a warning. */
function isQuoted(text: string, name: string): boolean {
  return [`"${name}"`, `'${name}'`].some((quoted) => text.includes(quoted));
}
