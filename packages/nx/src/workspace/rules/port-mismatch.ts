import { findVariableLine, replaceVariable } from "./locate.js";
import { PORT, readManifestPort } from "./ports.js";
import type { Report, Rule } from "./rule.js";

/** The manifest decides: it is what every other file of the workspace is written from. */
export const portMismatch: Rule = {
  id: "port-mismatch",
  finds: "an env example with another port than the manifest's",
  severity: "error",
  mendedBy: "sync",
  check: (facts) =>
    facts.deployables.flatMap((module) => {
      const port = readManifestPort(facts, module);
      if (port === undefined) return [];
      return facts
        .readEnvironment(module.names.root)
        .filter(({ kind, variables }) => kind === "example" && (variables.get(PORT) ?? String(port)) !== String(port))
        .map(({ path, text, variables }): Report => ({
          what: `port ${variables.get(PORT)} is not the ${port} of ${module.manifest}`,
          path,
          line: findVariableLine(text, PORT, path),
          mend: { by: "sync", files: [{ path, edit: (now = "") => replaceVariable(now, PORT, port, path) }] },
        }));
    }),
};
