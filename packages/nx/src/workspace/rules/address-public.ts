import { isIP } from "node:net";
import { findVariableLine } from "./locate.js";
import { isLoopback, readUrl } from "./loopback.js";
import type { RuleFacts } from "./facts.js";
import type { Report, Rule } from "./rule.js";

/** Words by which a name says that it is of a private network, and the endings that no public name has (RFC 2606, 6761, 6762, 8375). */
const PRIVATE = /(?:^|[.-])(?:internal|intern|private|priv|intranet|corp|lan|local|localdomain|svc|cluster|mesh|vpc|vpn|consul|test|invalid)(?:[.-]|$)|\.home\.arpa$/i;

/** Traffic between services then leaves the network, and the service is open to whoever knows its name. */
export const addressPublic: Rule = {
  id: "address-public",
  finds: "a URL of a service whose host looks like a public name",
  severity: "warning",
  mendedBy: "hand",
  check: (facts) => {
    const declaredUrls = facts.services.map(({ names }) => facts.declared.find(({ name }) => name === names.kebab)?.url ?? names.variable);
    return listValues(facts).flatMap(({ variable, value, path, line }): Report[] => {
      const host = readUrl(value)?.hostname ?? "";
      if (!declaredUrls.includes(variable) || !isPublic(host)) return [];
      const remedy = "write the address on the private network, such as a name in compose or in the cluster; nothing is wrong where this name leads into that network";
      return [{ what: `${variable} leads to ${host}, which looks like a name that the world can reach`, path, line: line(), remedy }];
    });
  },
};

interface Value {
  readonly variable: string;
  readonly value: string;
  readonly path: string;
  readonly line: () => number | undefined;
}

/** What `.env.yml` says is a developer's own. */
function listValues({ workspace, appEnvironment }: RuleFacts): Value[] {
  const environments = appEnvironment
    .filter(({ kind }) => kind !== "local")
    .flatMap(({ path, text, variables }) => [...variables].map(([variable, value]) => ({ variable, value, path, line: () => findVariableLine(text, variable, path) })));
  const deployed = workspace.readDeployed(workspace).flatMap(({ variables }) => variables.map(({ line, ...rest }) => ({ ...rest, line: () => line })));
  return [...environments, ...deployed];
}

function isPublic(host: string): boolean {
  return host.includes(".") && isIP(host) === 0 && !isLoopback(host) && !PRIVATE.test(host);
}
