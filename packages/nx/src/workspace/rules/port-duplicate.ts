import type { WorkspaceModule } from "../service-model.js";
import type { RuleFacts } from "./facts.js";
import { listTakenPorts, locatePort, planMove, takeFreePort } from "./ports.js";
import type { Report, Rule } from "./rule.js";

/** Of two services on one port the later one in app.yml moves. Which one it is takes judgement, so no sync does it. */
export const portDuplicate: Rule = {
  id: "port-duplicate",
  finds: "two modules on one port, as after a merge of two branches that each added a service",
  severity: "error",
  mendedBy: "fix",
  check: (facts) => {
    const owners = new Map<number, WorkspaceModule>();
    const duplicates = sortBySeniority(facts).filter((module) => {
      if (module.port === undefined) return false;
      if (owners.has(module.port)) return true;
      owners.set(module.port, module);
      return false;
    });
    if (duplicates.length === 0) return [];
    const taken = listTakenPorts(facts);
    return duplicates.map((module): Report => {
      const owner = owners.get(module.port as number) as WorkspaceModule;
      return {
        what: `${module.names.kebab} is on port ${module.port}, which is ${owner.names.kebab}'s`,
        ...locatePort(facts, module),
        mend: { by: "fix", files: planMove(facts, module, takeFreePort(taken)) },
      };
    });
  },
};

/** The API, the services in the order in which app.yml declares them, and the others by name. */
function sortBySeniority({ modules, declared }: RuleFacts): WorkspaceModule[] {
  const rank = ({ type, names }: WorkspaceModule): number => {
    const index = declared.findIndex(({ name }) => name === names.kebab);
    return type === "api" ? -1 : index === -1 ? declared.length : index;
  };
  return modules.toSorted((a, b) => rank(a) - rank(b));
}
