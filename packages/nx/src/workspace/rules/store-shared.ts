import type { RuleFacts } from "./facts.js";
import { findVariableLine } from "./locate.js";
import { isLoopback, readUrl } from "./loopback.js";
import type { Report, Rule } from "./rule.js";

/** Who was first to name a store. */
interface Owner {
  readonly kebab: string;
  readonly path: string;
}

/** A store that a service uses. */
interface Use extends Owner {
  /** Environment and store, so that the same store of another environment is another. No file of a module is called as what deploys is. */
  readonly key: string;
  readonly line: () => number | undefined;
}

/** Each service owns its data: services talk over HTTP, not by a schema that they share. */
export const databaseShared: Rule = {
  id: "database-shared",
  finds: "two services on one DATABASE_URL",
  severity: "error",
  mendedBy: "hand",
  check: (facts) => findShared(facts, ["DATABASE_URL"], "database", readStore),
};

/** On a developer's machine one Redis does for all. */
export const redisShared: Rule = {
  id: "redis-shared",
  finds: "two services on one Redis that is not this machine's",
  severity: "warning",
  mendedBy: "hand",
  check: (facts) => findShared(facts, ["CACHE_REDIS_URL", "PUBSUB_REDIS_URL", "RATE_LIMIT_REDIS_URL"], "Redis", (url) => (isLoopback(readUrl(url)?.hostname ?? "") ? undefined : readStore(url))),
};

/**
 * Compares files of one name with each other, the compose file's services, and those on Kubernetes: what an example says and
 * what production says are two environments, and so are two networks, on each of which a host such as `redis` is another.
 */
function findShared(facts: RuleFacts, variables: readonly string[], store: string, identify: (url: string) => string | undefined): Report[] {
  const owners = new Map<string, Owner>();
  return [...listOwn(facts, variables, identify), ...listDeployed(facts, variables, identify)].flatMap(({ kebab, path, key, line }): Report[] => {
    const owner = owners.get(key);
    if (owner === undefined) owners.set(key, { kebab, path });
    if (owner === undefined || owner.kebab === kebab) return [];
    const remedy = `give ${kebab} a ${store} of its own, and let it ask ${owner.kebab} over HTTP`;
    return [{ what: `${kebab} uses the ${store} of ${owner.kebab} (${owner.path})`, path, line: line(), remedy }];
  });
}

function listOwn({ deployables, readEnvironment }: RuleFacts, names: readonly string[], identify: (url: string) => string | undefined): Use[] {
  const files = deployables.flatMap(({ names: { root, kebab } }) => readEnvironment(root).map((file) => ({ ...file, kebab })));
  return files.flatMap(({ path, text, variables, kebab }) =>
    names.flatMap((variable): Use[] => {
      const store = identify(variables.get(variable) ?? "");
      return store === undefined ? [] : [{ kebab, path, key: `${path.slice(path.lastIndexOf("/") + 1)} ${store}`, line: () => findVariableLine(text, variable, path) }];
    }),
  );
}

/** In a container this machine is the container's own, and what a variable stands for is said elsewhere. */
function listDeployed({ deployables, workspace }: RuleFacts, names: readonly string[], identify: (url: string) => string | undefined): Use[] {
  const services = workspace.readDeployed(workspace).filter(({ name }) => deployables.some((deployable) => deployable.names.kebab === name));
  return services.flatMap(({ by, name, variables }) =>
    variables.flatMap(({ variable, value, path, line }): Use[] => {
      if (!names.includes(variable) || value.includes("$") || isLoopback(readUrl(value)?.hostname ?? "")) return [];
      const store = identify(value);
      return store === undefined ? [] : [{ kebab: name, path, key: `${by} ${store}`, line: () => line }];
    }),
  );
}

/** Server and database, whoever signs in. */
function readStore(text: string): string | undefined {
  if (text.trim() === "") return undefined;
  const url = readUrl(text);
  return url === undefined ? text : `${url.protocol}//${url.host}${url.pathname}`;
}
