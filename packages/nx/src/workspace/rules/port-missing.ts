import { listTakenPorts, takeFreePort, writeManifestPort } from "./ports.js";
import type { Report, Rule } from "./rule.js";

/** A port that stands only in `.env.yml` does not survive a clone. */
export const portMissing: Rule = {
  id: "port-missing",
  finds: "a service whose port nothing that is committed names",
  severity: "error",
  mendedBy: "sync",
  check: (facts) => {
    const missing = facts.services.filter(({ manifest, names }) => {
      const committed = facts.readEnvironment(names.root).some(({ kind, variables }) => kind === "example" && variables.has("PORT"));
      return !committed && !/^port\s*:/m.test(facts.workspace.read(manifest) ?? "");
    });
    if (missing.length === 0) return [];
    const taken = listTakenPorts(facts);
    return missing.map(({ names, manifest, port: known }): Report => {
      const isOwn = known !== undefined && facts.deployables.every((other) => other.names.kebab === names.kebab || other.port !== known);
      const what = `${names.kebab} has no port in its manifest, and .env.yml does not survive a clone`;
      // Another one would only be in the manifest, and on this machine the two would stay on one port.
      if (known !== undefined && !isOwn) return { what, path: manifest, remedy: "nx g @ooneex/nx:doctor --fix=port-duplicate, and then nx sync" };
      const port = known ?? takeFreePort(taken);
      return {
        what,
        path: manifest,
        mend: { by: "sync", files: [{ path: manifest, edit: (text = "") => writeManifestPort(text, port, manifest) }] },
      };
    });
  },
};
