import type { EnvFile, RuleFacts } from "./facts.js";
import { findVariableLine } from "./locate.js";
import { isLoopback, readUrl } from "./loopback.js";
import type { Report, Rule } from "./rule.js";

/** Who was first to name a store. */
interface Owner {
  readonly kebab: string;
  readonly path: string;
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

/** Compares files of one name with each other: what an example says and what production says are two environments. */
function findShared(facts: RuleFacts, variables: readonly string[], store: string, identify: (url: string) => string | undefined): Report[] {
  const owners = new Map<string, Owner>();
  const files = facts.deployables.flatMap(({ names }) => facts.readEnvironment(names.root).map((file) => ({ file, kebab: names.kebab })));
  return files.flatMap(({ file, kebab }) =>
    listStores(file, variables, identify).flatMap(({ variable, key }): Report[] => {
      const owner = owners.get(key);
      if (owner === undefined) owners.set(key, { kebab, path: file.path });
      if (owner === undefined || owner.kebab === kebab) return [];
      return [
        {
          what: `${kebab} uses the ${store} of ${owner.kebab} (${owner.path})`,
          path: file.path,
          line: findVariableLine(file.text, variable, file.path),
          remedy: `give ${kebab} a ${store} of its own, and let it ask ${owner.kebab} over HTTP`,
        },
      ];
    }),
  );
}

function listStores({ path, variables }: EnvFile, names: readonly string[], identify: (url: string) => string | undefined): { variable: string; key: string }[] {
  return names.flatMap((variable) => {
    const store = identify(variables.get(variable) ?? "");
    return store === undefined ? [] : [{ variable, key: `${path.slice(path.lastIndexOf("/") + 1)} ${store}` }];
  });
}

/** Server and database, whoever signs in. */
function readStore(text: string): string | undefined {
  if (text.trim() === "") return undefined;
  const url = readUrl(text);
  return url === undefined ? text : `${url.protocol}//${url.host}${url.pathname}`;
}
